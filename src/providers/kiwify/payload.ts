import { z } from 'zod';
import { id, optionalInstant, secondary } from '../fields.ts';

/** What Kiwify sends of a sale. https://docs.kiwify.com.br/api-reference/webhooks/receiving */

export const text = secondary(z.string());
const instant = secondary(optionalInstant);
/** Cents, as a number or as digits in text. */
const cents = secondary(z.union([z.int(), z.string().regex(/^\d{1,15}$/)]));
const secondaryId = secondary(id);

export const customer = secondary(z.looseObject({ full_name: text, email: text, mobile: text }));

export const order = z.looseObject({
  order_id: id,
  order_status: text,
  payment_method: text,
  installments: secondary(z.int()),
  created_at: instant,
  updated_at: instant,
  approved_date: instant,
  refunded_at: instant,
  Product: secondary(z.looseObject({ product_id: secondaryId, product_name: text })),
  Customer: customer,
  Commissions: secondary(z.looseObject({ charge_amount: cents, currency: text })),
  TrackingParameters: z.unknown().optional(),
  subscription_id: secondaryId,
});
export type Order = z.output<typeof order>;

export const canceledSubscription = z.looseObject({
  subscription_id: id,
  order_id: secondaryId,
  payment_method: text,
  Product: secondary(z.looseObject({ product_id: secondaryId, product_name: text })),
  Customer: customer,
  Subscription: secondary(
    z.looseObject({
      status: text,
      start_date: instant,
      plan: secondary(z.looseObject({ name: text, frequency: text })),
      customer_access: secondary(z.looseObject({ access_until: instant })),
    }),
  ),
});
