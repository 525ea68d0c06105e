import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, instant } from '../declaration/fields.ts';
import { SubscriptionEvent } from './subscription-event.ts';

export const subscriptionChangeKind = enumType(
  'SubscriptionChangeKind',
  ['CANCELLATION_UNDONE', 'CANCELLATION_RESCHEDULED', 'CANCELLATION_EXPLAINED'],
  'What became of a subscription.',
  {
    CANCELLATION_UNDONE: 'It was to be cancelled, and goes on after all.',
    CANCELLATION_RESCHEDULED: 'It is still to be cancelled, at another time: `endsAt`.',
    CANCELLATION_EXPLAINED: 'Why it was cancelled, or is to be, was said afterwards, or said otherwise.',
  },
);

/** Anything that happened to a subscription and did not cancel it. */
export const SubscriptionChange = eventType('SubscriptionChange', {
  description:
    'A subscription was changed and not cancelled: Stripe, `customer.subscription.updated` where a cancellation is ' +
    'undone before it takes effect, has another date, or is explained.',
  implements: [SubscriptionEvent],
  fields: z.object({
    ...SubscriptionEvent.shape,
    subscriptionChange: subscriptionChangeKind,
    previousEndsAt: instant.nullable().describe('When it was to end before.'),
  }),
  happened: 'subscriptionChange',
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
