import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { money } from './money.ts';
import { person } from './person.ts';

export const subscribedProduct = objectType('SubscribedProduct', 'A product that was subscribed to.', {
  productId: id.nullable(),
  name: open(text).nullable(),
});

export const billingInterval = objectType(
  'BillingInterval',
  'How often a subscription renewed: every `count` of `unit`.',
  {
    unit: open(text).describe('Such as `month`.'),
    count: whole.nullable(),
  },
);

/** A subscription that was cancelled. */
export const SubscriptionCancellation = eventType('SubscriptionCancellation', {
  description:
    'A subscription was cancelled: Eduzz, `myeduzz.contract_updated` where it says so; Stripe, ' +
    '`customer.subscription.deleted`.',
  implements: [Cancellation],
  fields: z.object({
    ...Cancellation.shape,
    kind: cancellationKind.default('SUBSCRIPTION'),
    reference: open(Cancellation.shape.reference),
    subscriptionId: id,
    products: listOf(subscribedProduct),
    price: money.nullable().describe('What it cost each time.'),
    interval: billingInterval.nullable(),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    cause: open(text)
      .nullable()
      .describe("Why, in the provider's own word: one of a closed list, such as `payment_failed`."),
    feedback: open(text).nullable().describe("What the customer chose of the provider's list of complaints."),
    createdAt: instant.nullable().describe('When the subscription was made.'),
    updatedAt: instant.nullable(),
    canceledAt: instant.nullable().describe("Eduzz doesn't say."),
    sentAt: instant.nullable(),
    isLive: z.boolean().nullable().describe('False for what a provider sent as a test. Null where it doesn’t say.'),
    payer: person.nullable().describe('Who pays, where that is somebody else. Personal.'),
    producerEmail: text.nullable().describe('Personal.'),
  }),
  amount: 'price',
  implied: ({ subscriptionId }) => ({ reference: subscriptionId }),
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
