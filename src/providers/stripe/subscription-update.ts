import type { Instant } from '../../events/instant.ts';
import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { SubscriptionChange, type subscriptionChangeKind } from '../../types/subscription-change.ts';
import { event } from '../definition.ts';
import { isObject } from '../payload.ts';
import { type End, type Subscription, type SubscriptionUpdated, subscriptionUpdated } from './payload.ts';
import { subscriptionCancellation } from './subscription-cancellation.ts';
import { peopleOf, periodEndOf, subscriptionMembers } from './subscription.ts';

/**
 * `customer.subscription.updated` comes for every change and has the former values in `previous_attributes`. After a cancellation is
 * decided, every later update still contains it, so only the first one counts. The customer's portal asks for the reason afterwards, which
 * is another update: https://github.com/better-auth/better-auth/issues/9321
 */
export const updated = event(subscriptionUpdated, (sent: SubscriptionUpdated): Said => {
  const { object: subscription, previous_attributes: changed } = sent.data;
  const isExplained = isObject(changed?.['cancellation_details']);
  const endedAt = subscription.ended_at ?? null;
  if (endedAt) return isExplained ? change('CANCELLATION_EXPLAINED', sent, endedAt) : other(subscription);
  const [was, is] = [endOf(subscription, { ...endIn(subscription), ...changed }), endOf(subscription, subscription)];
  if (!was && !is) return other(subscription);
  if (!was && is) {
    const occurredAt = subscription.canceled_at ?? null;
    return subscriptionCancellation(subscription, sent, { isScheduled: true, occurredAt, endsAt: is.at });
  }
  const [before, now] = [was?.at ?? null, is?.at ?? null];
  if (!is) return change('CANCELLATION_UNDONE', sent, null, before);
  if (before?.at !== now?.at) return change('CANCELLATION_RESCHEDULED', sent, now, before);
  return isExplained ? change('CANCELLATION_EXPLAINED', sent, now) : other(subscription);
});

function change(
  what: z.output<typeof subscriptionChangeKind>,
  sent: SubscriptionUpdated,
  endsAt: Instant | null,
  previousEndsAt: Instant | null = null,
): Said {
  return said(SubscriptionChange, {
    ...subscriptionMembers(sent.data.object, sent),
    subscriptionChange: what,
    endsAt,
    previousEndsAt,
  });
}

function other({ customer }: Subscription): Said {
  return otherEvent(peopleOf(customer));
}

/** Only these two members of the former values, since the others have not been checked. */
function endIn({ cancel_at, cancel_at_period_end }: End): End {
  return { cancel_at, cancel_at_period_end };
}

/** When the subscription is to end. Some versions of Stripe's API don't say the time. Null if it goes on. */
function endOf(
  subscription: Subscription,
  { cancel_at: at, cancel_at_period_end: atPeriodEnd }: End,
): { readonly at: Instant | null } | null {
  if (at) return { at };
  return atPeriodEnd ? { at: periodEndOf(subscription) } : null;
}
