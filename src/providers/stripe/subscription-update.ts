import type { Instant } from '../../events/instant.ts';
import type { SubscriptionChanged } from '../../events/subscription-change.ts';
import { NOBODY } from '../cancellation.ts';
import { type Said, event, otherEvent } from '../define-provider.ts';
import { type End, type Subscription, type SubscriptionUpdated, subscriptionUpdated } from './payload.ts';
import { subscriptionCancellation } from './subscription-cancellation.ts';
import { peopleOf, periodEndOf, subscriptionData } from './subscription.ts';

/**
 * `customer.subscription.updated`, which comes for every change and says in `previous_attributes` what was changed. That a
 * cancellation stands is told with each of them; it is decided only once.
 */
export const updated = event(subscriptionUpdated, (sent: SubscriptionUpdated): Said => {
  const { object: subscription, previous_attributes: changed } = sent.data;
  const [was, is] = [endOf(subscription, { ...endIn(subscription), ...changed }), endOf(subscription, subscription)];
  // Of what has ended, only notes are changed any more.
  if (subscription.ended_at) return otherEvent(peopleOf(subscription.customer));
  if (!was && is) {
    const occurredAt = subscription.canceled_at ?? null;
    return subscriptionCancellation(subscription, sent, { isScheduled: true, occurredAt, endsAt: is.at });
  }
  if (was && !is) return change('CANCELLATION_UNDONE', sent, { before: was.at, now: null });
  if (was && is && was.at?.at !== is.at?.at) {
    return change('CANCELLATION_RESCHEDULED', sent, { before: was.at, now: is.at });
  }
  return otherEvent(peopleOf(subscription.customer));
});

function change(
  what: SubscriptionChanged,
  sent: SubscriptionUpdated,
  { before, now }: { readonly before: Instant | null; readonly now: Instant | null },
): Said {
  const { object: subscription } = sent.data;
  const people = peopleOf(subscription.customer);
  const [customer = NOBODY] = people;
  return {
    shape: 'SubscriptionChange',
    kind: null,
    data: {
      ...subscriptionData(subscription, sent),
      change: what,
      endsAt: now,
      previousEndsAt: before,
      paymentMethod: null,
      updatedAt: null,
    },
    personal: { tenantName: null, customer, payer: null, producerEmail: null },
    people,
  };
}

/** The two members alone, since the rest of what was before has not been checked. */
function endIn({ cancel_at, cancel_at_period_end }: End): End {
  return { cancel_at, cancel_at_period_end };
}

/** When it is to end, which not every version of Stripe's API says; null where it goes on. */
function endOf(
  subscription: Subscription,
  { cancel_at: at, cancel_at_period_end: atPeriodEnd }: End,
): { readonly at: Instant | null } | null {
  if (at) return { at };
  return atPeriodEnd ? { at: periodEndOf(subscription) } : null;
}
