import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingChange, type bookingChangeKind } from '../../types/booking-change.ts';
import { bookingOf, personOf } from './booking.ts';
import type { BookingChanged, NoShowUpdated } from './payload.ts';

type ChangeKind = z.output<typeof bookingChangeKind>;

/** What happened to a booking, by the trigger alone. */
export function bookingChange(what: ChangeKind): (body: BookingChanged) => Said {
  return ({ payload: booking }) => {
    if (booking === null) return otherEvent();
    const { members, people, actorOf } = bookingOf(booking);
    // Where people book seats one by one, all are named, and not which of them this is about.
    const isShared = booking.seatsPerTimeSlot !== null && people.length > 1;
    return said(
      BookingChange,
      {
        ...members,
        ...(isShared && { customer: {}, customerTimeZone: null }),
        bookingChange: what,
        initiatedBy: actorOf(booking.rescheduledBy),
        message: booking.rejectionReason,
        paymentStatus: what === 'PAID' ? 'PAID' : null,
        previousBookingId: booking.rescheduleUid,
        previousStartsAt: booking.rescheduleStartTime,
        previousEndsAt: booking.rescheduleEndTime,
      },
      { people: isShared ? people : people.slice(1) },
    );
  };
}

/** Attendees who didn't come, or did after all. Some of each at once is neither. */
export function noShowChange({ payload }: NoShowUpdated): Said {
  const people = (payload?.attendees ?? []).map(personOf);
  const [absent, another] = new Set(payload?.attendees.map(({ noShow }) => noShow));
  if (payload === null || typeof absent !== 'boolean' || another !== undefined) return otherEvent(people);
  const [customer, ...others] = people;
  return said(
    BookingChange,
    {
      bookingId: payload.bookingUid,
      slot: { eventId: payload.bookingId },
      customer: customer ?? {},
      bookingChange: absent ? 'MARKED_AS_NO_SHOW' : 'UNMARKED_AS_NO_SHOW',
    },
    { people: others },
  );
}
