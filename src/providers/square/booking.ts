import type { z } from 'zod';
import type { ActorType } from '../../events/cancellation.ts';
import { type Said, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange, type bookingChangeKind } from '../../types/booking-change.ts';
import type { Booking, booked } from './payload.ts';
import { versionOf } from './version.ts';

type Booked = z.output<typeof booked>;
type Change = z.output<typeof bookingChangeKind>;

/** https://developer.squareup.com/reference/square/enums/BookingStatus */
const CANCELED_BY: Readonly<Record<string, ActorType>> = {
  CANCELLED_BY_CUSTOMER: 'CUSTOMER',
  CANCELLED_BY_SELLER: 'BUSINESS',
};
const CHANGES: Readonly<Record<string, Change>> = { DECLINED: 'DECLINED', NO_SHOW: 'MARKED_AS_NO_SHOW' };
const CREATORS: Readonly<Record<string, ActorType>> = { TEAM_MEMBER: 'BUSINESS', CUSTOMER: 'CUSTOMER' };

export function bookingCreated({ data }: Booked): Said {
  const { booking } = data.object;
  const members = bookingOf(booking);
  const bookingChange = booking.status === 'PENDING' ? 'REQUESTED' : 'CREATED';
  return said(BookingChange, { ...members, bookingChange, initiatedBy: members.createdBy }, known(booking));
}

/** `booking.updated` says the present state of the booking, and not what changed. */
export function bookingUpdated({ data }: Booked): Said {
  const { booking } = data.object;
  const members = bookingOf(booking);
  const canceledBy = wordIn(CANCELED_BY, booking.status);
  if (canceledBy !== null) {
    return said(BookingCancellation, { ...members, canceledBy: { type: canceledBy } }, known(booking));
  }
  return said(
    BookingChange,
    { ...members, bookingChange: wordIn(CHANGES, booking.status) ?? 'UPDATED' },
    known(booking),
  );
}

function known({ version }: Booking) {
  return { version: versionOf(version) };
}

/** Notes of the customer and the seller are about a person, so only `raw` has them. */
function bookingOf(booking: Booking) {
  const { start_at: startsAt, appointment_segments: segments, creator_details: creator } = booking;
  // If there are several services in a row, none stands for the whole booking.
  const [only = null] = segments.length === 1 ? segments : [];
  return {
    bookingId: booking.id,
    customer: { externalId: booking.customer_id },
    status: booking.status,
    startsAt,
    endsAt: endOf(booking),
    createdAt: booking.created_at,
    updatedAt: booking.updated_at,
    createdBy: {
      type: wordIn(CREATORS, creator?.creator_type) ?? 'UNKNOWN',
      actorId: creator?.team_member_id ?? creator?.customer_id ?? null,
    },
    revision: booking.version === null ? null : String(booking.version),
    slot: {
      serviceId: only?.service_variation_id,
      startsAt,
      allDay: booking.all_day,
      staff: { staffId: only?.team_member_id ?? null },
      location: { locationId: booking.location_id, type: booking.location_type },
    },
    customerAddress: booking.address,
  };
}

/** Null if a segment doesn't say how long it takes. */
function endOf({ start_at: start, appointment_segments: segments }: Booking) {
  if (start === null || segments.length === 0) return null;
  let minutes = 0;
  for (const [index, { duration_minutes: duration, intermission_minutes: pause }] of segments.entries()) {
    if (duration === null) return null;
    minutes += duration + (index < segments.length - 1 ? (pause ?? 0) : 0);
  }
  const at = start.at + minutes * 60_000;
  return Math.abs(at) <= 8.64e15 ? { at, text: new Date(at).toISOString() } : null;
}

function wordIn<W>(words: Readonly<Record<string, W>>, word: string | null | undefined): W | null {
  return word && Object.hasOwn(words, word) ? (words[word] ?? null) : null;
}
