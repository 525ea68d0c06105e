import type { ActorType } from '../../events/cancellation.ts';
import type { Instant } from '../../events/instant.ts';
import { type Said, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import { type Subscription, type SubscriptionDeleted, subscriptionDeleted } from './payload.ts';
import { subscriptionMembers } from './subscription.ts';

/** What Stripe itself does when nobody has asked for it. */
const BY_ITSELF = new Set(['payment_failed', 'payment_disputed', 'canceled_by_retention_policy']);

/** `customer.subscription.deleted`: a subscription has ended, whether that had been decided before or not. */
export const deleted = event(subscriptionDeleted, (sent: SubscriptionDeleted): Said => {
  const { object: subscription } = sent.data;
  // It happened when it ended: `canceled_at` may be a year before.
  const endedAt = subscription.ended_at ?? null;
  return subscriptionCancellation(subscription, sent, { isScheduled: false, occurredAt: endedAt, endsAt: endedAt });
});

/** A cancellation, of what has ended or of what is to end. */
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

/** `cancellation_requested` is true of the customer's portal and of the business's own dashboard. */
function actorOf(reason: string | null | undefined): ActorType {
  return reason && BY_ITSELF.has(reason) ? 'APP' : 'UNKNOWN';
}
