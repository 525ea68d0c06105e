import { type Said, said } from '../../declaration/event-type.ts';
import type { Instant } from '../../events/instant.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import type { Meeting, MeetingChanged } from './payload.ts';

/** Members that identify the meeting. They are no changes. */
const NAMING: readonly string[] = ['id', 'uuid', 'host_id', 'type'];
/** The form of a member's name in an API. */
const NAME = /^[a-z_]{1,64}$/;

export function meetingDeleted({ payload }: { readonly payload: MeetingChanged }): Said {
  return said(BookingCancellation, { ...bookingOf(payload), canceledBy: operatorOf(payload) });
}

export function meetingCreated({ payload }: { readonly payload: MeetingChanged }): Said {
  const initiatedBy = operatorOf(payload);
  return said(BookingChange, { ...bookingOf(payload), bookingChange: 'CREATED', initiatedBy, createdBy: initiatedBy });
}

/** Zoom sends only the members that differ, and their former values. */
export function meetingUpdated({ payload }: { readonly payload: MeetingChanged }): Said {
  const { object, old_object: old } = payload;
  const isMoved =
    object.start_time !== null && old?.start_time?.at !== undefined && old.start_time.at !== object.start_time.at;
  return said(BookingChange, {
    ...bookingOf(payload),
    bookingChange: isMoved ? 'RESCHEDULED' : 'UPDATED',
    initiatedBy: operatorOf(payload),
    previousStartsAt: old?.start_time,
    modifiedFields: Object.keys(old ?? {}).filter(
      (name) => NAME.test(name) && !NAMING.includes(name) && isSaid(old, name),
    ),
  });
}

/** If the event is about one meeting of a series, the booking is this meeting, since the others of the series were booked too. */
function bookingOf({ object, operation, scope }: MeetingChanged) {
  const reach = operation ?? scope;
  const [occurrence] = reach === 'single' ? object.occurrences : [];
  const { occurrences } = object;
  return {
    ...meetingOf(object, occurrence),
    bookingId: occurrence ? `${object.id}.${occurrence.occurrence_id}` : object.id,
    series: reach === 'all' ? { seriesId: object.id, occurrences: occurrences.length || null } : null,
  };
}

/** The title and the times of a meeting. */
export function meetingOf(object: Meeting, occurrence?: Meeting['occurrences'][number]) {
  const startsAt = occurrence?.start_time ?? object.start_time;
  const minutes = occurrence?.duration ?? object.duration;
  return {
    title: object.topic,
    startsAt,
    endsAt: minutes !== null && minutes > 0 ? later(startsAt, minutes) : null,
    timeZone: object.timezone,
    slot: {
      sessionId: occurrence?.occurrence_id,
      eventId: object.id,
      startsAt,
      timeZone: object.timezone,
      staff: { staffId: object.host_id },
    },
  };
}

/** The person who changes a meeting is a user of the account. */
function operatorOf({ operator, operator_id: actorId }: MeetingChanged) {
  const isKnown = operator !== null || actorId !== null;
  return { type: isKnown ? ('BUSINESS' as const) : ('UNKNOWN' as const), name: operator, actorId };
}

function later(from: Instant | null, minutes: number): Instant | null {
  if (from === null) return null;
  const at = from.at + minutes * 60_000;
  return Number.isNaN(new Date(at).getTime()) ? null : { at, text: new Date(at).toISOString() };
}

/** A null may come from the schema, so it counts as not sent. */
function isSaid(old: Meeting | null, name: string): boolean {
  const value = (old as Readonly<Record<string, unknown>> | null)?.[name];
  return value !== null && !(Array.isArray(value) && value.length === 0);
}
