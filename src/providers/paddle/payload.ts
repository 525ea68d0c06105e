import { z } from 'zod';
import { amountOf } from '../coins.ts';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/** What Paddle Billing sends. https://developer.paddle.com/webhooks */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);
const whole = secondary(z.int());
const money = secondary(z.looseObject({ amount: text, currency_code: text })).transform((value) =>
  amountOf(value?.amount, value?.currency_code),
);

export const envelope = z.object({
  event_id: secondaryId,
  event_type: z.string().min(1).max(256),
  occurred_at: instant,
});

/** What any object may say of itself and of the person that it is about. */
export const anyObject = z.object({
  id: secondaryId,
  customer_id: secondaryId,
  transaction_id: secondaryId,
  email: text,
  updated_at: instant,
});

const product = secondary(z.looseObject({ id: secondaryId, name: text }));
const cycle = secondary(z.looseObject({ interval: z.string(), frequency: whole }));
const price = secondary(
  z.looseObject({ product_id: secondaryId, name: text, unit_price: money, billing_cycle: cycle, product }),
);

export const subscribed = z.looseObject({
  data: z.looseObject({
    id,
    status: text,
    customer_id: secondaryId,
    started_at: instant,
    next_billed_at: instant,
    canceled_at: instant,
    created_at: instant,
    updated_at: instant,
    billing_cycle: cycle,
    scheduled_change: secondary(z.looseObject({ action: text, effective_at: instant })),
    items: secondaryList(z.looseObject({ quantity: whole, price, product })),
  }),
});
export type Subscription = z.output<typeof subscribed>['data'];

export const transacted = z.looseObject({
  data: z.looseObject({
    id,
    status: text,
    customer_id: secondaryId,
    subscription_id: secondaryId,
    created_at: instant,
    items: secondaryList(z.looseObject({ quantity: whole, price })),
    details: secondary(
      z.looseObject({
        totals: secondary(z.looseObject({ total: text, grand_total: text, currency_code: text })),
        line_items: secondaryList(z.looseObject({ product })),
      }),
    ),
    payments: secondaryList(
      z.looseObject({
        payment_attempt_id: secondaryId,
        status: text,
        captured_at: instant,
        method_details: secondary(z.looseObject({ type: text })),
      }),
    ),
  }),
});
export type Transaction = z.output<typeof transacted>['data'];

export const adjusted = z.looseObject({
  data: z.looseObject({
    id,
    action: text,
    type: text,
    status: text,
    transaction_id: id,
    subscription_id: secondaryId,
    customer_id: secondaryId,
    reason: text,
    totals: secondary(z.looseObject({ total: text, currency_code: text })),
    created_at: instant,
    updated_at: instant,
  }),
});
export type Adjustment = z.output<typeof adjusted>['data'];
