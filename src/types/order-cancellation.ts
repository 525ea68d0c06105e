import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, json, listOf, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { money } from './money.ts';

export const orderItem = objectType('OrderItem', 'A product that was ordered.', {
  productId: id.nullable(),
  name: open(text).nullable(),
  price: money.nullable(),
  billingType: open(text)
    .nullable()
    .describe('In the provider’s words, of which it has several for the same: `single`, `Única`.'),
  sku: open(text).nullable(),
});

/** An order that was cancelled before it was paid. */
export const OrderCancellation = eventType('OrderCancellation', {
  description: 'An order was cancelled before it was paid: Eduzz, `myeduzz.invoice_canceled`.',
  implements: [Cancellation],
  fields: z.object({
    ...Cancellation.shape,
    kind: cancellationKind.default('ORDER'),
    reference: open(Cancellation.shape.reference),
    orderId: id,
    items: listOf(orderItem),
    total: money.nullable(),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    installments: whole.nullable(),
    // By another name than that of a SubscriptionCancellation, which is never null: one query can ask for both.
    parentSubscriptionId: id.nullable().describe('The subscription that it belongs to.'),
    mainOrderId: id.nullable().describe('The order that it was added to at the checkout.'),
    offerName: open(text).nullable(),
    createdAt: instant.nullable().describe('When it was ordered.'),
    dueAt: instant.nullable(),
    sentAt: instant.nullable(),
    customerAddress: json.describe('Personal.'),
    producerEmail: text.nullable().describe('Personal.'),
    utm: json.describe('Where the customer came from. Personal, since it is free text.'),
    tracker: json.describe("The producer's own codes for it. Personal, since they are free text."),
  }),
  amount: 'total',
  implied: ({ orderId }) => ({ reference: orderId }),
  subject: ({ orderId }) => orderId && `order/${orderId}`,
});
