import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { open } from '../declaration/mark.ts';
import { BookingEvent } from './booking-event.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';

/** A booking that was canceled. */
export const BookingCancellation = eventType('BookingCancellation', {
  description:
    'A booking was canceled: Wix, `wix.bookings.v2.booking_canceled`; Cal.com, `BOOKING_CANCELLED`; Calendly, ' +
    '`invitee.canceled`; or a provider of your own. A field is null if the provider did not say it.',
  implements: [Cancellation, BookingEvent],
  fields: z.object({
    ...Cancellation.shape,
    ...BookingEvent.shape,
    kind: cancellationKind.default('BOOKING'),
    reference: open(Cancellation.shape.reference),
    ignoreCancellationPolicy: z
      .boolean()
      .nullable()
      .describe('Whether it was canceled although the policy forbids it.'),
    waiveCancellationFee: z
      .boolean()
      .nullable()
      .describe('Whether the customer does not have to pay the cancellation fee.'),
  }),
  amount: 'price',
  implied: ({ bookingId }) => ({ reference: bookingId }),
  subject: ({ bookingId }) => bookingId && `booking/${bookingId}`,
});
