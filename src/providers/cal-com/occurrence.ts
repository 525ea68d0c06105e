import type { Instant } from '../../events/instant.ts';
import { type JsonObject, isObject } from '../payload.ts';

/** Events that a booking, a seat or a payment has only once for each of its times. */
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

/** In milliseconds. Cal.com sends the copies of one occurrence within milliseconds of each other. */
const COPIES = 10_000;
/** In milliseconds. Nobody leaves a seat, books it again and leaves it again within this time. */
const SEAT = 10 * 60_000;

/** Members that tell occurrences of the same booking apart. Each kind of event has some of them. */
const TOLD_BY = ['startTime', 'rescheduleStartTime', 'paymentId', 'hostEmail', 'message'] as const;

/**
 * What tells an occurrence from all others of its account. Cal.com gives its events no id, and sends each to every webhook that applies:
 * the user's, the event type's, the team's, the organization's. Until 2026 each copy had a time of its own (`handleCancelBooking.ts`:
 * `webhooks.map(… new Date().toISOString() …)`), and copies about somebody who didn't come still have. So the time counts only if the same
 * may happen again, and it is rounded. If the rounding separates two copies, they become two events. This happens once in some thousands.
 *
 * The values may have any form, since they are only compared.
 *
 * @param said the booking, or the other thing that the event is about.
 * @returns null if the event has no time. Then everything that was signed identifies it.
 */
export function occurrenceOf(
  type: string,
  at: Instant | null,
  uid: string | null,
  said: JsonObject,
): readonly unknown[] | null {
  if (at === null) return null;
  // An attendee can be marked as absent and present repeatedly, and a form can be filled in with the same answers again.
  if (uid === null || !ONCE.has(type)) return [type, Math.floor(at.at / COPIES), said];
  const isMove = said['requestReschedule'] === true;
  return [type, uid, isMove, ...TOLD_BY.map((name) => said[name] ?? null), seatOf(said, at)];
}

/**
 * The part of a booking that the event is about. A seat's cancellation names one attendee, and older versions give no seat id. Then ids and
 * addresses tell the attendees apart. A booking without seats leaves the addresses out: so a delivery keeps its id after an erasure removed
 * its people.
 */
function seatOf({ attendeeSeatId, seatsPerTimeSlot, attendees }: JsonObject, at: Instant): readonly unknown[] {
  if (attendeeSeatId) return [attendeeSeatId];
  const people = (Array.isArray(attendees) ? attendees : []).map((one) => (isObject(one) ? one : {}));
  if (!seatsPerTimeSlot) return people.map(({ id }) => id ?? null);
  return [...people.map(({ id, email }) => [id, email]), Math.floor(at.at / SEAT)];
}
