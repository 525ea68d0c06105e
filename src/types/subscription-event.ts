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
  price: money.nullable().describe('What one of it costs each time.'),
  quantity: whole.nullable(),
  interval: billingInterval.nullable(),
});

const feedbackOption = objectType(
  'FeedbackOption',
  'One of the answers that a business offers to the question why somebody cancels.',
  {
    feedbackOptionId: id.nullable(),
    description: open(text).nullable().describe('As the customer read it. Null where the provider only says the id.'),
  },
);

/** A subscription as an event left it. */
export const SubscriptionEvent = interfaceType('SubscriptionEvent', {
  description: 'Something that happened to a subscription. Its fields are the subscription as it was left.',
  fields: z.object({
    subscriptionId: id,
    title: open(text).nullable().describe('What was subscribed to, as a person would name it; else by its id.'),
    customer: orBlank(person),
    quantity: whole.nullable().describe('Null where there are several products: each has its own.'),
    status: open(text).nullable(),
    startsAt: moment.nullable(),
    endsAt: moment.nullable().describe('When it ended, or is to end.'),
    products: listOf(subscribedProduct),
    price: money
      .nullable()
      .describe('What it costs each time. Null where there are several prices: each product has its own.'),
    interval: billingInterval.nullable(),
    paymentMethod: open(text).nullable().describe('Such as `creditCard`.'),
    cause: open(text)
      .nullable()
      .describe(
        "Why it was changed or cancelled, or is to be, in the provider's own word: one of a closed list, such as " +
          '`payment_failed` or `upgrade`.',
      ),
    feedback: open(text).nullable().describe("What the customer chose of the provider's list of complaints."),
    feedbackOption: feedbackOption
      .nullable()
      .describe('What the customer chose of a list that the business wrote itself.'),
    reason: text.nullable().describe('Free text. Personal.'),
    createdAt: instant.nullable().describe('When the subscription was made.'),
    canceledAt: instant.nullable().describe("When it was decided that it ends. Eduzz doesn't say."),
    updatedAt: instant.nullable(),
    sentAt: instant.nullable(),
    isLive: z.boolean().nullable().describe('False for what a provider sent as a test. Null where it doesn’t say.'),
    payer: person.nullable().describe('Who pays, where that is somebody else. Personal.'),
    producerEmail: text.nullable().describe('Personal.'),
  }),
});
