import { z } from 'zod';
import { amountOf } from '../coins.ts';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/** What Square sends. https://developer.squareup.com/reference/square/webhooks */

const text = secondary(z.string());
const secondaryId = secondary(id);
const instant = secondary(optionalInstant);
const whole = secondary(z.int());
const money = secondary(z.looseObject({ amount: whole, currency: text })).transform((value) =>
  amountOf(value?.amount, value?.currency),
);

export const envelope = z.object({
  event_id: secondaryId,
  type: z.string().min(1).max(256),
  merchant_id: secondaryId,
  created_at: instant,
  data: secondary(z.looseObject({ type: text, object: secondary(z.record(z.string(), z.unknown())) })),
});

/** What any object may say of the people that it is about. */
export const anyObject = z.object({
  id: secondaryId,
  order_id: secondaryId,
  customer_id: secondaryId,
  email_address: text,
  buyer_email_address: text,
  primary_recipient: secondary(z.looseObject({ customer_id: secondaryId, email_address: text })),
});

export const booked = about({
  booking: z.looseObject({
    id,
    version: whole,
    status: text,
    created_at: instant,
    updated_at: instant,
    start_at: instant,
    customer_id: secondaryId,
    location_id: secondaryId,
    location_type: text,
    all_day: secondary(z.boolean()),
    address: z.unknown().optional(),
    creator_details: secondary(
      z.looseObject({ creator_type: text, team_member_id: secondaryId, customer_id: secondaryId }),
    ),
    appointment_segments: secondaryList(
      z.looseObject({
        duration_minutes: whole,
        intermission_minutes: whole,
        service_variation_id: secondaryId,
        team_member_id: secondaryId,
      }),
    ),
  }),
});
export type Booking = z.output<typeof booked>['data']['object']['booking'];

export const charged = about({
  payment: z.looseObject({
    id,
    status: text,
    order_id: secondaryId,
    customer_id: secondaryId,
    buyer_email_address: text,
    billing_address: z.unknown().optional(),
    source_type: text,
    total_money: money,
    created_at: instant,
    updated_at: instant,
    processing_fee: secondaryList(z.unknown()),
    refund_ids: secondaryList(z.unknown()),
  }),
});
export type Payment = z.output<typeof charged>['data']['object']['payment'];

export const refunded = about({
  refund: z.looseObject({
    id,
    status: text,
    payment_id: secondaryId,
    order_id: secondaryId,
    amount_money: money,
    reason: text,
    created_at: instant,
    updated_at: instant,
  }),
});
export type Refund = z.output<typeof refunded>['data']['object']['refund'];

export const disputed = about({
  dispute: z.looseObject({
    state: text,
    amount_money: money,
    created_at: instant,
    due_at: instant,
    disputed_payment: z.looseObject({ payment_id: id }),
  }),
});

const order = z.looseObject({ order_id: id, state: text, version: whole, created_at: instant, updated_at: instant });
export const orderCreated = about({ order_created: order });
export const orderUpdated = about({ order_updated: order });
export type Order = z.output<typeof order>;

export const subscribed = about({
  subscription: z.looseObject({
    id,
    version: whole,
    status: text,
    plan_variation_id: secondaryId,
    customer_id: secondaryId,
    /** Days without a time, in `timezone`. */
    start_date: text,
    canceled_date: text,
    charged_through_date: text,
    timezone: text,
    price_override_money: money,
    created_at: instant,
  }),
});
export type Subscription = z.output<typeof subscribed>['data']['object']['subscription'];

/** The schema of an event and the object that it is about. */
function about<const O extends z.ZodRawShape>(object: O) {
  return z.looseObject({ data: z.looseObject({ object: z.looseObject(object) }) });
}
