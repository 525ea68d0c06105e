import { z } from 'zod';
import { interfaceType } from '../declaration/event-type.ts';
import { id, instant, listOf, moment, objectType, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { money } from './money.ts';
import { person } from './person.ts';

export const billingInterval = objectType(
  'BillingInterval',
  'How often a subscription renews: every `count` of `unit`.',
  {
    unit: open(text).describe('Such as `month`.'),
    count: whole.nullable(),
  },
);

export const subscribedProduct = objectType('SubscribedProduct', 'A product that was subscribed to.', {
  productId: id.nullable(),
  name: open(text).nullable(),
  price: money.nullable().describe('The price of one unit in each period.'),
  quantity: whole.nullable(),
  interval: billingInterval.nullable(),
});

const feedbackOption = objectType(
  'FeedbackOption',
  'One of the reasons for a cancellation that the business offers to choose from.',
  {
    feedbackOptionId: id.nullable(),
    description: open(text)
      .nullable()
      .describe('The text that the customer saw. Null if the provider sent only the id.'),
  },
);

/** A subscription in the state after the event. */
export const SubscriptionEvent = interfaceType('SubscriptionEvent', {
  description: 'Something happened to a subscription. The fields show the subscription after the event.',
  fields: z.object({
    subscriptionId: id,
    title: open(text)
      .nullable()
      .describe('What was subscribed to, in words for people. If the provider sent no name, its id.'),
    customer: orBlank(person),
    quantity: whole.nullable().describe('Null if there are several products: each has its own.'),
    status: open(text).nullable(),
    startsAt: moment.nullable(),
    endsAt: moment.nullable().describe('When it ended or will end.'),
    products: listOf(subscribedProduct),
    price: money
      .nullable()
      .describe('The price of each period. Null if there are several prices: each product has its own.'),
    interval: billingInterval.nullable(),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    cause: open(text)
      .nullable()
      .describe(
        "Why it was changed or canceled, in the provider's own word from a closed list, such as `payment_failed` or `upgrade`.",
      ),
    feedback: open(text).nullable().describe("The reason that the customer chose from the provider's list."),
    feedbackOption: feedbackOption
      .nullable()
      .describe('The reason that the customer chose from the business’s own list.'),
    reason: text.nullable().describe('Free text. Personal.'),
    createdAt: instant.nullable().describe('When the subscription was made.'),
    canceledAt: instant.nullable().describe('When the cancellation was decided. Eduzz does not say.'),
    updatedAt: instant.nullable(),
    sentAt: instant.nullable(),
    isLive: z.boolean().nullable().describe('False if the provider sent the event as a test. Null if it did not say.'),
    payer: person.nullable().describe('The person who pays, if that is not the customer. Personal.'),
    producerEmail: text.nullable().describe('Personal.'),
  }),
});
