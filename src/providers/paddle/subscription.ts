import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { About } from '../about.ts';
import type { Subscription } from './payload.ts';

type Subscribed = { readonly data: Subscription };

export function subscriptionCanceled({ data }: Subscribed): Said {
  return said(
    SubscriptionCancellation,
    { ...subscriptionOf(data), endsAt: data.canceled_at, canceledAt: data.canceled_at },
    { occurredAt: data.canceled_at },
  );
}

/** `subscription.updated` comes for every change. The last one comes with `subscription.canceled`, which is the cancellation. */
export function subscriptionUpdated({ data }: Subscribed, { people }: About): Said {
  const change = data.scheduled_change;
  if (change?.action !== 'cancel' || data.status === 'canceled') return otherEvent(people);
  return said(SubscriptionCancellation, { ...subscriptionOf(data), isScheduled: true, endsAt: change.effective_at });
}

export function subscriptionOf(data: Subscription) {
  const products = data.items.map(({ quantity, price, product }) => ({
    productId: price?.product_id ?? product?.id,
    name: product?.name ?? price?.product?.name ?? price?.name,
    price: price?.unit_price ?? null,
    quantity,
    interval: cycleOf(price?.billing_cycle ?? null),
  }));
  const names = products.flatMap(({ name }) => name ?? []);
  // If there are several products, none stands for the whole subscription.
  const only = products.length === 1 ? products[0] : undefined;
  return {
    subscriptionId: data.id,
    title: [...new Set(names)].join(', ') || null,
    customer: { externalId: data.customer_id },
    quantity: only?.quantity ?? null,
    status: data.status,
    startsAt: data.started_at,
    products,
    price: only?.price ?? null,
    interval: cycleOf(data.billing_cycle),
    createdAt: data.created_at,
    updatedAt: data.updated_at,
  };
}

function cycleOf(cycle: Subscription['billing_cycle']) {
  return cycle && { unit: cycle.interval, count: cycle.frequency };
}
