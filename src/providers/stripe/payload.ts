import { z } from 'zod';
import { id, optionalSeconds, secondary, secondaryList } from '../fields.ts';

/** Stripe's payloads, after the typings of its library. An event either has the whole object, or is thin and only names it. */

export const text = secondary(z.string());
export const seconds = secondary(optionalSeconds);
export const wholeNumber = secondary(z.int());
/** The id of an object. The webhook has the id, or the whole object if it was expanded. */
export const idOf = secondary(z.union([id, z.looseObject({ id }).transform(({ id }) => id)]));

export const envelope = z.object({
  id,
  type: z.string().min(1).max(256),
  /** The id of a connected account. */
  account: secondary(id),
  /** The account of thin events and of organizations. */
  context: secondary(id),
  created: z.unknown().optional(),
  data: z.unknown().optional(),
  related_object: z.unknown().optional(),
});

/** What any object may say of itself. */
const object = z.object({
  id: secondary(id),
  object: text,
  customer: z.unknown().optional(),
  /** Only subscriptions have it. */
  ended_at: seconds,
});
export const snapshot = z.object({ object });
export const related = z.object({ id, type: z.string() });

/** The customer's id, or the whole customer if it was expanded. */
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
  /** In cents too, but with fractions of a cent. */
  unit_amount_decimal: decimal,
  product,
  recurring: secondary(z.looseObject({ interval: text, interval_count: wholeNumber })),
});

/** Older events have a plan in place of a price. Newer ones have both. */
const plan = z.looseObject({
  nickname: text,
  /** Sent until 2018. Since then the product has the name. */
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
  /** Sent since 2025-03-31. Before, the subscription had it. */
  current_period_end: seconds,
});

/** Custom options exist since 2026-09-30: the id of one, or the whole option if it was expanded. */
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
  /** Only set if the subscription has no items or a single one. */
  plan: secondary(plan),
  quantity: wholeNumber,
};

/**
 * The members that say whether a subscription is to be canceled. Classic billing sets both. Flexible billing and the customer's portal set
 * `cancel_at` alone: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
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
    /** The earlier values of the members that were changed. */
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
