import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingChange, type bookingChangeKind } from '../../types/booking-change.ts';
import { bookingOf, personOf } from './booking.ts';
import type { BookingChanged, NoShowUpdated } from './payload.ts';

type ChangeKind = z.output<typeof bookingChangeKind>;

/** A change of a booking. The trigger alone says what happened. */
export function bookingChange(what: ChangeKind): (body: BookingChanged) => Said {
  return ({ payload: booking }) => {
    if (booking === null) return otherEvent();
    const { members, people, actorOf } = bookingOf(booking);
    // If a slot is booked seat by seat, the event names all attendees and doesn't say which of them it is about.
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

/** The attendees didn't come, or came after all. If the event says both of different attendees, it has no type. */
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
