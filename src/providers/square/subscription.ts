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
 * `subscription.updated`. Square cancels to the end of what is paid for: until then the subscription is as before, with a day on which
 * it ends.
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

/** What was subscribed to, Square says by its id alone. */
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

/** The beginning of a day where the business is. */
function dayOf(day: string | null, zone: string | null) {
  const start = day === null ? null : parseInstant(`${day}T00:00:00`, zone ?? 'UTC');
  return start && { at: start.at, text: day! };
}
