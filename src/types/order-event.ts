import { z } from 'zod';
import { interfaceType } from '../declaration/event-type.ts';
import { id, instant, json, listOf, objectType, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { money } from './money.ts';
import { person } from './person.ts';

const refundPeriod = objectType('OrderRefundPeriod', 'For how long the customer may ask for the money back.', {
  unit: open(text).describe('Such as `days`.'),
  count: whole.nullable(),
});

export const orderItem = objectType('OrderItem', 'A product that was ordered.', {
  productId: id.nullable(),
  name: open(text).nullable(),
  price: money.nullable(),
  billingType: open(text)
    .nullable()
    .describe('In the provider’s words, which vary for the same thing: `single`, `Única`.'),
  sku: open(text).nullable(),
  couponId: id.nullable().describe('The coupon that it was bought with.'),
  discount: money.nullable().describe('What the coupon took off.'),
  refundPeriod: refundPeriod.nullable(),
});

/** An order in the state after the event. */
export const OrderEvent = interfaceType('OrderEvent', {
  description: 'Something happened to an order. The fields show the order after the event.',
  fields: z.object({
    orderId: id,
    title: open(text).nullable().describe('What was ordered, in words for people.'),
    customer: orBlank(person),
    quantity: whole.nullable(),
    status: open(text).nullable(),
    items: listOf(orderItem),
    total: money.nullable(),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    installments: whole.nullable(),
    // Not named `subscriptionId`, which a SubscriptionCancellation has and is never null: so one query can ask for both.
    parentSubscriptionId: id.nullable().describe('The subscription that it belongs to.'),
    mainOrderId: id.nullable().describe('The order that it was added to at the checkout.'),
    offerName: open(text).nullable(),
    createdAt: instant.nullable().describe('When it was ordered.'),
    dueAt: instant.nullable(),
    sentAt: instant.nullable(),
    isLive: z.boolean().nullable().describe('False if the provider sent the event as a test. Null if it did not say.'),
    customerAddress: json.describe('Personal.'),
    producerEmail: text.nullable().describe('Personal.'),
    utm: json.describe('Where the customer came from. Personal, since it is free text.'),
    tracker: json.describe("The producer's own codes for the order. Personal, since they are free text."),
  }),
});
