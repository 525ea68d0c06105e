import { z } from 'zod';
import { id, optionalSeconds, secondary, secondaryList } from '../fields.ts';

/** What Stripe sends, after the typings of its library: an event with the object in it, or a thin one that only names it. */

export const text = secondary(z.string());
export const seconds = secondary(optionalSeconds);
export const wholeNumber = secondary(z.int());
/** Of what the webhook names by its id, or has whole where it expands it. */
export const idOf = secondary(z.union([id, z.looseObject({ id }).transform(({ id }) => id)]));

export const envelope = z.object({
  id,
  type: z.string().min(1).max(256),
  /** Of a connected account. */
  account: secondary(id),
  /** The same for thin events, and for organisations. */
  context: secondary(id),
  created: z.unknown().optional(),
  data: z.unknown().optional(),
  related_object: z.unknown().optional(),
});

/** What an event is about, as far as any object says it. */
const object = z.object({
  id: secondary(id),
  object: text,
  customer: z.unknown().optional(),
  /** Of a subscription. */
  ended_at: seconds,
});
export const snapshot = z.object({ object });
export const related = z.object({ id, type: z.string() });

/** The id, or the whole of it where the webhook expands it. */
export const customer = z.union([
  id.transform((id) => ({ id, name: null, email: null, phone: null })),
  z.looseObject({ id, name: text, email: text, phone: text }),
]);

const decimal = secondary(z.string().regex(/^-?\d{1,20}(?:\.\d{1,20})?$/));
export const product = secondary(
  z.union([id.transform((id) => ({ id, name: null })), z.looseObject({ id, name: text })]),
);

const price = z.looseObject({
  nickname: text,
  lookup_key: text,
  currency: text,
  unit_amount: secondary(z.number()),
  /** In cents as well, with fractions of them. */
  unit_amount_decimal: decimal,
  product,
  recurring: secondary(z.looseObject({ interval: text, interval_count: wholeNumber })),
});

/** What stood in a price's place before there were prices, and stands beside it since. */
const plan = z.looseObject({
  nickname: text,
  /** Until 2018, when it went to the product. */
  name: text,
  currency: text,
  amount: secondary(z.number()),
  amount_decimal: decimal,
  product,
  interval: text,
  interval_count: wholeNumber,
});

const item = z.looseObject({
  quantity: wholeNumber,
  price: secondary(price),
  plan: secondary(plan),
  /** Since 2025-03-31; before, it was the subscription's. */
  current_period_end: seconds,
});

/** Custom ones since 2026-09-30: the id of one, or the whole of it where it was expanded. */
const feedbackOption = z.union([
  id.transform((id) => ({ id, description: null })),
  z.looseObject({ id, description: text }),
]);

const subscription = {
  id,
  customer: secondary(customer),
  status: text,
  created: seconds,
  start_date: seconds,
  canceled_at: seconds,
  ended_at: seconds,
  current_period_end: seconds,
  cancellation_details: secondary(
    z.looseObject({ reason: text, feedback: text, feedback_option: secondary(feedbackOption), comment: text }),
  ),
  items: secondary(z.looseObject({ data: secondaryList(item) })),
  /** Of a subscription without items, or with a single one. */
  plan: secondary(plan),
  quantity: wholeNumber,
};

/**
 * What says that a subscription is to be cancelled. With classic billing both of it stand, with flexible billing and from the
 * customer's portal `cancel_at` alone: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
const end = { cancel_at: optionalSeconds, cancel_at_period_end: z.boolean().nullish() };

export const around = { livemode: secondary(z.boolean()), created: seconds };

export const subscriptionDeleted = z.looseObject({
  ...around,
  type: z.literal('customer.subscription.deleted'),
  data: z.looseObject({ object: z.looseObject(subscription) }),
});

export const subscriptionUpdated = z.looseObject({
  ...around,
  type: z.literal('customer.subscription.updated'),
  data: z.looseObject({
    object: z.looseObject({ ...subscription, ...end }),
    /** What the members that were changed were before. */
    previous_attributes: z.looseObject(end).nullish(),
  }),
});

export type SubscriptionDeleted = z.infer<typeof subscriptionDeleted>;
export type SubscriptionUpdated = z.infer<typeof subscriptionUpdated>;
export type Subscription = SubscriptionDeleted['data']['object'];
export type End = z.infer<z.ZodObject<typeof end>>;
export type Item = z.infer<typeof item>;
export type Price = z.infer<typeof price>;
export type Plan = z.infer<typeof plan>;
