import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { instant, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { SubscriptionEvent } from './subscription-event.ts';

/** A subscription that was cancelled. */
export const SubscriptionCancellation = eventType('SubscriptionCancellation', {
  description:
    'A subscription was cancelled: Eduzz, `myeduzz.contract_updated` where it says so; Stripe, ' +
    '`customer.subscription.deleted`.',
  implements: [Cancellation, SubscriptionEvent],
  fields: z.object({
    ...Cancellation.shape,
    ...SubscriptionEvent.shape,
    kind: cancellationKind.default('SUBSCRIPTION'),
    reference: open(Cancellation.shape.reference),
    cause: open(text)
      .nullable()
      .describe("Why, in the provider's own word: one of a closed list, such as `payment_failed`."),
    feedback: open(text).nullable().describe("What the customer chose of the provider's list of complaints."),
    canceledAt: instant.nullable().describe("Eduzz doesn't say."),
  }),
  amount: 'price',
  implied: ({ subscriptionId }) => ({ reference: subscriptionId }),
  subject: ({ subscriptionId }) => subscriptionId && `subscription/${subscriptionId}`,
});
