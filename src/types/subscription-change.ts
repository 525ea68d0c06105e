import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, id, instant, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { SubscriptionEvent } from './subscription-event.ts';

export const subscriptionChangeKind = enumType(
  'SubscriptionChangeKind',
  {
    CREATED: 'It was made.',
    UPDATED: 'Something was changed: `cause` says what, in the provider’s word.',
    CHARGE_ATTEMPTED: 'A payment was tried, or the customer was told how to pay: `charge` has the result.',
    CANCELLATION_UNDONE: 'A scheduled cancellation was undone, and the subscription goes on.',
    CANCELLATION_RESCHEDULED: 'The cancellation was moved to another time: `endsAt`.',
    CANCELLATION_EXPLAINED: 'The reason for the cancellation was added or changed afterwards.',
  },
  'What happened to a subscription.',
);

export const chargeOutcome = enumType(
  'ChargeOutcome',
  {
    SUCCEEDED: 'It was paid.',
    PENDING: 'It is not paid yet: the customer or a bank still has to act.',
    FAILED: 'It was refused.',
    UNKNOWN: 'hookcast does not know the provider’s word for it: see `status`.',
  },
  'The result of an attempt to charge somebody.',
);

const charge = objectType('SubscriptionCharge', 'An attempt to charge for a subscription.', {
  orderId: id.nullable().describe('The order that the charge pays.'),
  outcome: chargeOutcome.default('UNKNOWN'),
  status: open(text).nullable().describe('In the provider’s word, such as `paid`.'),
  paymentMethod: open(text).nullable().describe('Such as `pix`.'),
  installments: whole.nullable(),
  isNegotiation: z.boolean().nullable().describe('Whether the charge belongs to a debt that was renegotiated.'),
  failure: open(text).nullable().describe('Why it failed, in the provider’s own word.'),
  failureMessage: text.nullable().describe('The reason in a sentence. Personal.'),
  dueAt: instant.nullable(),
  attemptedAt: instant.nullable(),
});

/** Anything that happened to a subscription and did not cancel it. */
export const SubscriptionChange = eventType('SubscriptionChange', {
  description:
    'A subscription was made or changed, but not canceled, or a payment for it was tried: Eduzz, `myeduzz.contract_created`, `…_attempted`, and `…_updated` if it does not cancel; Stripe, `customer.subscription.updated` if a scheduled cancellation is undone, gets another date, or is explained.',
  implements: [SubscriptionEvent],
  fields: z.object({
    ...SubscriptionEvent.shape,
    subscriptionChange: subscriptionChangeKind,
    nextDueAt: instant.nullable().describe('When the next payment is due.'),
    trialDays: whole.nullable(),
    previousEndsAt: instant.nullable().describe('The former date on which it would have ended.'),
    charge: charge.nullable().describe('The attempt, if `change` is `CHARGE_ATTEMPTED`.'),
  }),
  happened: 'subscriptionChange',
  amount: 'price',
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
