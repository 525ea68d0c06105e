import { z } from 'zod';
import { id, secondary, sentInstant } from '../fields.ts';

/** What Hotmart sends, version 2.0.0. https://developers.hotmart.com/docs/en/2.0.0/webhook/purchase-webhook */

export const text = secondary(z.string());
export const instant = secondary(sentInstant);
const secondaryId = secondary(id);

export const envelope = z.object({
  id,
  event: z.string().min(1).max(256),
  creation_date: instant,
  /** Events of the members' area have the time here. */
  creationDate: instant,
});

const price = secondary(z.looseObject({ value: z.number(), currency_value: z.string() }));
const product = secondary(z.looseObject({ id: secondaryId, name: text }));
export const buyer = secondary(z.looseObject({ name: text, email: text, checkout_phone: text, address: z.unknown() }));
const phone = secondary(z.looseObject({ dddCell: text, cell: text, dddPhone: text, phone: text }));
export const subscriber = secondary(z.looseObject({ name: text, email: text, phone, code: secondaryId }));

export const purchased = z.looseObject({
  data: z.looseObject({
    product,
    buyer,
    purchase: z.looseObject({
      transaction: id,
      status: text,
      order_date: instant,
      approved_date: instant,
      price,
      full_price: price,
      payment: secondary(z.looseObject({ type: text, installments_number: secondary(z.int()) })),
      offer: secondary(z.looseObject({ coupon_code: secondaryId })),
      order_bump: secondary(z.looseObject({ parent_purchase_transaction: secondaryId })),
    }),
    subscription: secondary(z.looseObject({ subscriber })),
  }),
});
export type Purchased = z.output<typeof purchased>;

export const subscriptionCancelled = z.looseObject({
  data: z.looseObject({
    cancellation_date: instant,
    date_next_charge: instant,
    product,
    subscriber: z.looseObject({ code: id, name: text, email: text, phone }),
    subscription: secondary(
      z.looseObject({ status: text, plan: secondary(z.looseObject({ id: secondaryId, name: text })) }),
    ),
  }),
});
