import type { Instant } from '../../events/instant.ts';
import { type JsonObject, isObject } from '../payload.ts';

/** What happens to a booking, a seat or a payment once for each of its times. */
const ONCE: ReadonlySet<string> = new Set([
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_REJECTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_PAYMENT_INITIATED',
  'BOOKING_PAID',
  'MEETING_STARTED',
  'MEETING_ENDED',
  'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
  'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
]);

/** Copies of one occurrence are sent within milliseconds of each other. */
const COPIES = 10_000;
/** Nobody leaves a seat, books it again and leaves it again within this time. */
const SEAT = 10 * 60_000;

/** What tells one of them from another of the same booking. Of each sort of event, some of these are said. */
const TOLD_BY = ['startTime', 'rescheduleStartTime', 'paymentId', 'hostEmail', 'message'] as const;

/**
 * What tells an occurrence from all others of its account. Cal.com gives its events no id, and sends each to every webhook that
 * applies: the user's, the event type's, the team's, the organisation's. Until 2026 each copy had a time of its own
 * (`handleCancelBooking.ts`: `webhooks.map(… new Date().toISOString() …)`), and copies about somebody who didn't come still have.
 * So the time only counts where the same may happen again, and then roughly: two copies on both sides of a border are two events,
 * which happens once in some thousands.
 *
 * Nothing here has a form that it must be of: it is compared, and not understood.
 *
 * @param said the booking, or the other thing that the event is about.
 * @returns null where no time says when: then it is what was signed that counts.
 */
export function occurrenceOf(
  type: string,
  at: Instant | null,
  uid: string | null,
  said: JsonObject,
): readonly unknown[] | null {
  if (at === null) return null;
  // An attendee is marked as absent and as present in turns, and a form may be filled in alike again.
  if (uid === null || !ONCE.has(type)) return [type, Math.floor(at.at / COPIES), said];
  const isMove = said['requestReschedule'] === true;
  return [type, uid, isMove, ...TOLD_BY.map((name) => said[name] ?? null), seatOf(said, at)];
}

/**
 * Whom of a booking it is about. A seat's cancellation names one attendee, and has no seat's id in older versions: then
 * addresses tell one from another. Where there are no seats they are left out, so that the id of a delivery from which an
 * erasure took the people is still the same.
 */
function seatOf({ attendeeSeatId, seatsPerTimeSlot, attendees }: JsonObject, at: Instant): readonly unknown[] {
  if (attendeeSeatId) return [attendeeSeatId];
  const people = (Array.isArray(attendees) ? attendees : []).map((one) => (isObject(one) ? one : {}));
  if (!seatsPerTimeSlot) return people.map(({ id }) => id ?? null);
  return [...people.map(({ id, email }) => [id, email]), Math.floor(at.at / SEAT)];
}
