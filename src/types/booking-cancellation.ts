import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { open } from '../declaration/mark.ts';
import { BookingEvent } from './booking-event.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';

/** A booking that was cancelled. */
export const BookingCancellation = eventType('BookingCancellation', {
  description:
    'A booking was cancelled: Wix, `wix.bookings.v2.booking_canceled`; Cal.com, `BOOKING_CANCELLED`; Calendly, ' +
    '`invitee.canceled`; or a provider of your own. What a provider doesn’t say is null.',
  implements: [Cancellation, BookingEvent],
  fields: z.object({
    ...Cancellation.shape,
    ...BookingEvent.shape,
    kind: cancellationKind.default('BOOKING'),
    reference: open(Cancellation.shape.reference),
    ignoreCancellationPolicy: z
      .boolean()
      .nullable()
      .describe('Whether it was cancelled even where the policy forbids it.'),
    waiveCancellationFee: z.boolean().nullable().describe('Whether the customer is spared the fee.'),
  }),
  amount: 'price',
  implied: ({ bookingId }) => ({ reference: bookingId }),
  subject: ({ bookingId }) => bookingId && `booking/${bookingId}`,
});
