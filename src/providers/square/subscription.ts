import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { SubscriptionChange } from '../../types/subscription-change.ts';
import type { About } from '../about.ts';
import { parseInstant } from '../instant.ts';
import type { Subscription, subscribed } from './payload.ts';
import { versionOf } from './version.ts';

type Subscribed = z.output<typeof subscribed>;

export function subscriptionCreated({ data }: Subscribed): Said {
  const { subscription } = data.object;
  return said(
    SubscriptionChange,
    { ...subscriptionOf(subscription), subscriptionChange: 'CREATED' },
    { version: versionOf(subscription.version) },
  );
}

/**
 * `subscription.updated`. Square cancels at the end of the period that is paid for. Until then the subscription keeps its status and has
 * the day on which it ends.
 */
export function subscriptionUpdated({ data }: Subscribed, { people }: About): Said {
  const { subscription } = data.object;
  const version = versionOf(subscription.version);
  const hasEnded = subscription.status === 'CANCELED';
  const goesOn =
    subscription.status === 'ACTIVE' || subscription.status === 'PAUSED' || subscription.status === 'PENDING';
  const endsAt = dayOf(subscription.canceled_date, subscription.timezone);
  if (!hasEnded && !(goesOn && endsAt)) return { ...otherEvent(people), version };
  return said(
    SubscriptionCancellation,
    { ...subscriptionOf(subscription), isScheduled: !hasEnded, endsAt },
    { version },
  );
}

/** Square names the plan by its id alone. */
function subscriptionOf(subscription: Subscription) {
  const { plan_variation_id: plan, timezone } = subscription;
  return {
    subscriptionId: subscription.id,
    title: plan,
    customer: { externalId: subscription.customer_id },
    status: subscription.status,
    startsAt: dayOf(subscription.start_date, timezone),
    products: plan === null ? [] : [{ productId: plan }],
    price: subscription.price_override_money,
    createdAt: subscription.created_at,
  };
}

/** The beginning of the day in the business's time zone. */
function dayOf(day: string | null, zone: string | null) {
  const start = day === null ? null : parseInstant(`${day}T00:00:00`, zone ?? 'UTC');
  return start && { at: start.at, text: day! };
}
