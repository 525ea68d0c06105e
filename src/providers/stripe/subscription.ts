import type { Instant } from '../../events/instant.ts';
import type { Person } from '../../events/person.ts';
import { moneyOf } from './amount.ts';
import { type Item, type Plan, type Price, type Subscription, customer } from './payload.ts';

/** One item with its price. A plan is converted into a price. */
interface Priced {
  readonly price: Price;
  readonly quantity: number | null;
}

/** What every event of a subscription says of it. */
export function subscriptionMembers(
  subscription: Subscription,
  { created, livemode }: { readonly created: Instant | null; readonly livemode: boolean | null },
) {
  const items = itemsOf(subscription);
  const products = items.map(productOf);
  const { cancellation_details: why } = subscription;
  const option = why?.feedback_option ?? null;
  // If there are several items, none stands for the whole subscription.
  const only = products.length === 1 ? products[0] : undefined;
  return {
    subscriptionId: subscription.id,
    title: [...new Set(items.flatMap(({ price }) => titleOf(price) ?? []))].join(', ') || null,
    quantity: only?.quantity ?? null,
    status: subscription.status,
    startsAt: subscription.start_date ?? null,
    products,
    price: only?.price ?? null,
    interval: commonInterval(products),
    cause: why?.reason ?? null,
    feedback: why?.feedback ?? null,
    feedbackOption: option && { feedbackOptionId: option.id, description: option.description },
    createdAt: subscription.created ?? null,
    canceledAt: subscription.canceled_at ?? null,
    reason: why?.comment ?? null,
    sentAt: created,
    isLive: livemode,
    customer: peopleOf(subscription.customer)[0],
  };
}

/** The end of the period that is paid for. Null if the items have different ends. */
export function periodEndOf({ current_period_end: end, items }: Subscription): Instant | null {
  if (end) return end;
  const [first, ...others] = (items?.data ?? []).map((item) => item.current_period_end ?? null);
  return first && others.every((other) => other?.at === first.at) ? first : null;
}

export function peopleOf(value: unknown): Person[] {
  const { id, name, email, phone } = customer.safeParse(value).data ?? {};
  return id ? [{ name: name ?? null, email: email ?? null, phone: phone ?? null, externalId: id }] : [];
}

function itemsOf({ items, plan, quantity }: Subscription): Priced[] {
  const listed = items?.data ?? [];
  if (listed.length > 0) return listed.map(({ price, plan, quantity }) => ({ price: priceOf(price, plan), quantity }));
  return plan ? [{ price: priceOf(null, plan), quantity }] : [];
}

function priceOf(price: Item['price'], plan: Plan | null): Price {
  return {
    nickname: price?.nickname ?? plan?.nickname ?? plan?.name ?? null,
    lookup_key: price?.lookup_key ?? null,
    currency: price?.currency ?? plan?.currency ?? null,
    unit_amount: price ? price.unit_amount : (plan?.amount ?? null),
    unit_amount_decimal: price ? price.unit_amount_decimal : (plan?.amount_decimal ?? null),
    product: price?.product ?? plan?.product ?? null,
    recurring: price?.recurring ?? (plan && { interval: plan.interval, interval_count: plan.interval_count }),
  };
}

/** A readable name. A nickname is optional, and a webhook only has the product's id, unless it was expanded. */
function titleOf({ nickname, product, lookup_key: key }: Price): string | null {
  return nickname || product?.name || key || product?.id || null;
}

function productOf({ price, quantity }: Priced) {
  const { product, recurring } = price;
  return {
    productId: product?.id ?? null,
    name: product?.name ?? null,
    price: moneyOf(price),
    quantity,
    interval: recurring?.interval ? { unit: recurring.interval, count: recurring.interval_count ?? 1 } : null,
  };
}

/** How often the items renew. Null if they differ. */
function commonInterval(products: readonly ReturnType<typeof productOf>[]) {
  const [first = null, ...others] = products.map(({ interval }) => interval);
  const isCommon = others.every((other) => other?.unit === first?.unit && other?.count === first?.count);
  return isCommon ? first : null;
}
