import { z } from 'zod';
import { id, optionalSeconds, secondary, secondaryList } from '../fields.ts';

/** What Stripe sends, after the typings of its library: an event with the object in it, or a thin one that only names it. */

const text = secondary(z.string());
const seconds = secondary(optionalSeconds);
const wholeNumber = secondary(z.int());

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
});
export const snapshot = z.object({ object });
export const related = z.object({ id, type: z.string() });

/** The id, or the whole of it where the webhook expands it. */
export const customer = z.union([
  id.transform((id) => ({ id, name: null, email: null, phone: null })),
  z.looseObject({ id, name: text, email: text, phone: text }),
]);

const price = z.looseObject({
  nickname: text,
  currency: text,
  unit_amount: secondary(z.number()),
  /** In cents as well, with fractions of them. */
  unit_amount_decimal: secondary(z.string().regex(/^-?\d{1,20}(?:\.\d{1,20})?$/)),
  product: secondary(z.union([id.transform((id) => ({ id, name: null })), z.looseObject({ id, name: text })])),
  recurring: secondary(z.looseObject({ interval: text, interval_count: wholeNumber })),
});

export const subscriptionDeleted = z.looseObject({
  type: z.literal('customer.subscription.deleted'),
  livemode: secondary(z.boolean()),
  created: seconds,
  data: z.looseObject({
    object: z.looseObject({
      id,
      customer: secondary(customer),
      status: text,
      created: seconds,
      start_date: seconds,
      canceled_at: seconds,
      ended_at: seconds,
      cancellation_details: secondary(z.looseObject({ reason: text, feedback: text, comment: text })),
      items: secondary(
        z.looseObject({ data: secondaryList(z.looseObject({ quantity: wholeNumber, price: secondary(price) })) }),
      ),
    }),
  }),
});
export type SubscriptionDeleted = z.infer<typeof subscriptionDeleted>;
export type Price = z.infer<typeof price>;
