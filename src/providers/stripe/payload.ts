import { z } from 'zod';
import { id, optionalSeconds, optionalText } from '../fields.ts';

/** What Stripe sends, after the typings of its library: an event with the object in it, or a thin one that only names it. */

export const envelope = z.object({
  id,
  type: z.string().min(1).max(256),
  /** Of a connected account. */
  account: id.nullish(),
  /** The same for thin events, and for organisations. */
  context: id.nullish(),
  created: z.unknown().optional(),
  data: z.unknown().optional(),
  related_object: z.unknown().optional(),
});

/** What an event is about, as far as any object says it. */
const object = z.object({
  id: id.nullish().catch(null),
  object: optionalText.catch(null),
  customer: z.unknown().optional(),
});
export const snapshot = z.object({ object });
export const related = z.object({ id, type: z.string() });

/** The id, or the whole of it where the webhook expands it. */
export const customer = z.union([
  id.transform((id) => ({ id, name: null, email: null, phone: null })),
  z.looseObject({ id, name: optionalText, email: optionalText, phone: optionalText }),
]);

const price = z.looseObject({
  nickname: optionalText,
  currency: optionalText,
  unit_amount: z.number().nullish(),
  /** In cents as well, with fractions of them. */
  unit_amount_decimal: z
    .string()
    .regex(/^-?\d{1,20}(?:\.\d{1,20})?$/, { error: 'expected a decimal number' })
    .nullish(),
  product: z.union([id.transform((id) => ({ id, name: null })), z.looseObject({ id, name: optionalText })]).nullish(),
  recurring: z.looseObject({ interval: optionalText, interval_count: z.int().nullish() }).nullish(),
});

export const subscriptionDeleted = z.looseObject({
  type: z.literal('customer.subscription.deleted'),
  livemode: z.boolean().nullish(),
  created: optionalSeconds,
  data: z.looseObject({
    object: z.looseObject({
      id,
      customer: customer.nullish(),
      status: optionalText,
      created: optionalSeconds,
      start_date: optionalSeconds,
      canceled_at: optionalSeconds,
      ended_at: optionalSeconds,
      cancellation_details: z
        .looseObject({ reason: optionalText, feedback: optionalText, comment: optionalText })
        .nullish(),
      items: z
        .looseObject({ data: z.array(z.looseObject({ quantity: z.int().nullish(), price: price.nullish() })) })
        .nullish(),
    }),
  }),
});
export type SubscriptionDeleted = z.infer<typeof subscriptionDeleted>;
export type Price = z.infer<typeof price>;
