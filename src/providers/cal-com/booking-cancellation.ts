import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { bookingOf } from './booking.ts';
import type { BookingCancelled } from './payload.ts';

/** The cancellation of a booking, of one seat of it, or of the rest of a series. */
export function bookingCancellation({ payload: booking }: BookingCancelled): Said {
  const { members, people, actorOf } = bookingOf(booking);
  if (booking.requestReschedule) return otherEvent(people);
  return said(
    BookingCancellation,
    {
      ...members,
      canceledBy: actorOf(booking.cancelledBy),
      reason: booking.cancellationReason,
      series: seriesOf(booking),
    },
    { people: people.slice(1) },
  );
}

/** The units of rrule's `freq`, by its number. */
const UNITS = ['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR'];

function seriesOf({ recurringEvent, existingRecurringEvent }: BookingCancelled['payload']) {
  if (!recurringEvent) return null;
  const { freq, interval, count, until } = recurringEvent;
  return {
    seriesId: existingRecurringEvent?.recurringEventId ?? null,
    unit: UNITS[freq ?? -1] ?? null,
    every: interval,
    occurrences: count,
    until: until ?? null,
  };
}
