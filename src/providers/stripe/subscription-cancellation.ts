import type { ActorType } from '../../events/cancellation.ts';
import type { Instant } from '../../events/instant.ts';
import { type Said, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import { type Subscription, type SubscriptionDeleted, subscriptionDeleted } from './payload.ts';
import { subscriptionMembers } from './subscription.ts';

/** Reasons for which Stripe cancels by itself, without a request. */
const BY_ITSELF = new Set(['payment_failed', 'payment_disputed', 'canceled_by_retention_policy']);

/** `customer.subscription.deleted`: a subscription has ended, whether or not its end was announced before. */
export const deleted = event(subscriptionDeleted, (sent: SubscriptionDeleted): Said => {
  const { object: subscription } = sent.data;
  // The event happened when the subscription ended. `canceled_at` may be a year earlier.
  const endedAt = subscription.ended_at ?? null;
  return subscriptionCancellation(subscription, sent, { isScheduled: false, occurredAt: endedAt, endsAt: endedAt });
});

/** The cancellation of a subscription that has ended or is to end. */
export function subscriptionCancellation(
  subscription: Subscription,
  sent: Parameters<typeof subscriptionMembers>[1],
  {
    occurredAt,
    ...when
  }: { readonly isScheduled: boolean; readonly occurredAt: Instant | null; readonly endsAt: Instant | null },
): Said {
  const { cancellation_details: why } = subscription;
  return said(
    SubscriptionCancellation,
    { ...subscriptionMembers(subscription, sent), ...when, canceledBy: { type: actorOf(why?.reason) } },
    { occurredAt },
  );
}

/** `cancellation_requested` stands for the customer's portal as well as for the business's own dashboard, so it doesn't tell the actor. */
function actorOf(reason: string | null | undefined): ActorType {
  return reason && BY_ITSELF.has(reason) ? 'APP' : 'UNKNOWN';
}
