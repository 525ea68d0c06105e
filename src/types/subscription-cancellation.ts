import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { SubscriptionEvent } from './subscription-event.ts';

/** A subscription that was canceled, or is to be. */
export const SubscriptionCancellation = eventType('SubscriptionCancellation', {
  description:
    'A subscription was canceled: Eduzz, `myeduzz.contract_updated` if it says so; Stripe, ' +
    '`customer.subscription.deleted`, and before it `customer.subscription.updated` with `isScheduled` if the ' +
    'cancellation is decided and the subscription goes on until then.',
  implements: [Cancellation, SubscriptionEvent],
  fields: z.object({
    ...Cancellation.shape,
    ...SubscriptionEvent.shape,
    kind: cancellationKind.default('SUBSCRIPTION'),
    reference: open(Cancellation.shape.reference),
  }),
  amount: 'price',
  implied: ({ subscriptionId }) => ({ reference: subscriptionId }),
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
