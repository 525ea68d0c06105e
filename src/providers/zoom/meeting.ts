import { type Said, said } from '../../declaration/event-type.ts';
import type { Instant } from '../../events/instant.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import type { Meeting, MeetingChanged } from './payload.ts';

/** Members that say which meeting it is, and not what was changed. */
const NAMING: readonly string[] = ['id', 'uuid', 'host_id', 'type'];
/** What a programmer calls a member. */
const NAME = /^[a-z_]{1,64}$/;

export function meetingDeleted({ payload }: { readonly payload: MeetingChanged }): Said {
  return said(BookingCancellation, { ...bookingOf(payload), canceledBy: operatorOf(payload) });
}

export function meetingCreated({ payload }: { readonly payload: MeetingChanged }): Said {
  const initiatedBy = operatorOf(payload);
  return said(BookingChange, { ...bookingOf(payload), bookingChange: 'CREATED', initiatedBy, createdBy: initiatedBy });
}

/** Zoom says what is another only, and what it was before. */
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

/** Of one meeting of several that repeat, the booking is that one: what was booked are the others as well. */
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

/** What a meeting says of when it is. */
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

/** The person who deletes a meeting is a user of the account. */
function operatorOf({ operator, operator_id: actorId }: MeetingChanged) {
  const isKnown = operator !== null || actorId !== null;
  return { type: isKnown ? ('BUSINESS' as const) : ('UNKNOWN' as const), name: operator, actorId };
}

function later(from: Instant | null, minutes: number): Instant | null {
  if (from === null) return null;
  const at = from.at + minutes * 60_000;
  return Number.isNaN(new Date(at).getTime()) ? null : { at, text: new Date(at).toISOString() };
}

/** What the schema has put there as null, nobody said. */
function isSaid(old: Meeting | null, name: string): boolean {
  const value = (old as Readonly<Record<string, unknown>> | null)?.[name];
  return value !== null && !(Array.isArray(value) && value.length === 0);
}
