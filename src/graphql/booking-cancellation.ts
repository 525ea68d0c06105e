import type { BookingTypes } from './booking.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';

/** `BookingCancellation`: a booking that was cancelled. */
export function addBookingCancellation(
  builder: Builder,
  { Event }: EventTypes,
  { Cancellation }: CancellationTypes,
  { BookingEvent }: BookingTypes,
): void {
  builder.objectRef<Of<'BookingCancellation'>>('BookingCancellation').implement({
    description:
      'A booking was cancelled: Wix, `wix.bookings.v2.booking_canceled`; Cal.com, `BOOKING_CANCELLED`; Calendly, ' +
      '`invitee.canceled`; or a provider of your own. What a provider doesn’t say is null.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, BookingEvent, Event],
    fields: (t) => ({
      ignoreCancellationPolicy: t.boolean({
        nullable: true,
        description: 'Whether it was cancelled even where the policy forbids it.',
        resolve: ({ data }) => data.ignoreCancellationPolicy,
      }),
      waiveCancellationFee: t.boolean({
        nullable: true,
        description: 'Whether the customer is spared the fee.',
        resolve: ({ data }) => data.waiveCancellationFee,
      }),
    }),
  });
}
