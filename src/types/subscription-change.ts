import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, id, instant, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { SubscriptionEvent } from './subscription-event.ts';

export const subscriptionChangeKind = enumType(
  'SubscriptionChangeKind',
  {
    CREATED: 'It was made.',
    UPDATED: 'Something about it was changed: `cause` says what, in the provider’s word.',
    CHARGE_ATTEMPTED: 'A payment was tried, or the customer was told how to pay: `charge` says what came of it.',
    CANCELLATION_UNDONE: 'It was to be cancelled, and goes on after all.',
    CANCELLATION_RESCHEDULED: 'It is still to be cancelled, at another time: `endsAt`.',
    CANCELLATION_EXPLAINED: 'Why it was cancelled, or is to be, was said afterwards, or said otherwise.',
  },
  'What became of a subscription.',
);

export const chargeOutcome = enumType(
  'ChargeOutcome',
  {
    SUCCEEDED: 'It was paid.',
    PENDING: 'It is not paid yet: the customer, or a bank, has still to do something.',
    FAILED: 'It was refused.',
    UNKNOWN: 'The provider’s word for it is not known here: see `status`.',
  },
  'What came of an attempt to charge somebody.',
);

const charge = objectType('SubscriptionCharge', 'An attempt to charge for a subscription.', {
  orderId: id.nullable().describe('The order that it is to pay.'),
  outcome: chargeOutcome.default('UNKNOWN'),
  status: open(text).nullable().describe('In the provider’s word, such as `paid`.'),
  paymentMethod: open(text).nullable().describe('Such as `pix`.'),
  installments: whole.nullable(),
  isNegotiation: z.boolean().nullable().describe('Whether it is of a debt that was negotiated.'),
  failure: open(text).nullable().describe('Why it failed, in the provider’s own word.'),
  failureMessage: text.nullable().describe('The same in a sentence. Personal.'),
  dueAt: instant.nullable(),
  attemptedAt: instant.nullable(),
});

/** Anything that happened to a subscription and did not cancel it. */
export const SubscriptionChange = eventType('SubscriptionChange', {
  description:
    'A subscription was made, or changed and not cancelled, or a payment for it was tried: Eduzz, ' +
    '`myeduzz.contract_created`, `…_attempted`, and `…_updated` where it does not cancel; Stripe, ' +
    '`customer.subscription.updated` where a cancellation is undone before it takes effect, has another date, or is explained.',
  implements: [SubscriptionEvent],
  fields: z.object({
    ...SubscriptionEvent.shape,
    subscriptionChange: subscriptionChangeKind,
    nextDueAt: instant.nullable().describe('When the next payment is due.'),
    trialDays: whole.nullable(),
    previousEndsAt: instant.nullable().describe('When it was to end before.'),
    charge: charge.nullable().describe('Of `CHARGE_ATTEMPTED`.'),
  }),
  happened: 'subscriptionChange',
  amount: 'price',
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
