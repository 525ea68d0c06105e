import type { ActorType } from '../../events/cancellation.ts';
import type { Instant } from '../../events/instant.ts';
import { cancellation } from '../cancellation.ts';
import { type Said, event } from '../define-provider.ts';
import { type Subscription, type SubscriptionDeleted, subscriptionDeleted } from './payload.ts';
import { peopleOf, subscriptionData } from './subscription.ts';

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
  sent: Parameters<typeof subscriptionData>[1],
  when: { readonly isScheduled: boolean; readonly occurredAt: Instant | null; readonly endsAt: Instant | null },
): Said {
  const { cancellation_details: why } = subscription;
  return cancellation({
    kind: 'SUBSCRIPTION',
    ...subscriptionData(subscription, sent),
    ...when,
    canceledBy: actorOf(why?.reason),
    reason: why?.comment ?? null,
    customer: peopleOf(subscription.customer)[0] ?? {},
  });
}

/** `cancellation_requested` is true of the customer's portal and of the business's own dashboard. */
function actorOf(reason: string | null | undefined): ActorType {
  return reason && BY_ITSELF.has(reason) ? 'APP' : 'UNKNOWN';
}
