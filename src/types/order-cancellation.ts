import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { OrderEvent } from './order-event.ts';

/** An order that was canceled before it was paid. */
export const OrderCancellation = eventType('OrderCancellation', {
  description: 'An order was canceled before it was paid: Eduzz, `myeduzz.invoice_canceled`.',
  implements: [Cancellation, OrderEvent],
  fields: z.object({
    ...Cancellation.shape,
    ...OrderEvent.shape,
    kind: cancellationKind.default('ORDER'),
    reference: open(Cancellation.shape.reference),
  }),
  amount: 'total',
  implied: ({ orderId }) => ({ reference: orderId }),
  subject: ({ orderId }) => orderId && `order/${orderId}`,
});
