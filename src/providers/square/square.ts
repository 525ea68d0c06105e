import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange } from '../../types/order-change.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { body, url } from '../verify/template.ts';
import { bookingCreated, bookingUpdated } from './booking.ts';
import { disputeCreated, orderOpened, orderState, paymentState, refundState } from './order.ts';
import {
  anyObject,
  booked,
  charged,
  disputed,
  envelope,
  orderCreated,
  orderUpdated,
  refunded,
  subscribed,
} from './payload.ts';
import { squareSamples } from './samples.ts';
import { subscriptionCreated, subscriptionUpdated } from './subscription.ts';

const MONEY = new Set(['payment', 'refund', 'dispute']);

/**
 * Square: `x-square-hmacsha256-signature` is the base64 HMAC-SHA256 of the URL that Square calls, followed by the raw body. No time is
 * signed.
 *
 * @param options `secrets` are the signature keys of the webhook subscriptions, the newest first.
 */
export function square(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('square', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'square',
    verify: hmac({ secrets, header: 'x-square-hmacsha256-signature', encoding: 'base64', signed: [url, body] }),
    about: (verified) => about(verified, checks),
    events: {
      'booking.created': event(booked, bookingCreated),
      'booking.updated': event(booked, bookingUpdated),
      'payment.created': event(charged, paymentState),
      'payment.updated': event(charged, paymentState),
      'refund.created': event(refunded, refundState),
      'refund.updated': event(refunded, refundState),
      'dispute.created': event(disputed, disputeCreated),
      'order.created': event(orderCreated, orderOpened),
      'order.updated': event(orderUpdated, orderState),
      'subscription.created': event(subscribed, subscriptionCreated),
      'subscription.updated': event(subscribed, subscriptionUpdated),
    },
    types: [BookingCancellation, BookingChange, OrderCancellation, OrderChange, SubscriptionCancellation],
    samples: squareSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success)
    return unfit(parsed.error, { account: checks.safeParse(id, payload['merchant_id']).data ?? null });
  const { event_id: eventId, type, merchant_id: account, created_at: occurredAt, data } = parsed.data;
  const [name, object] = Object.entries(data?.object ?? {}).find(([, value]) => isObject(value)) ?? ['', {}];
  const sent = anyObject.parse(object);
  const customer = sent.customer_id ?? (name === 'customer' ? sent.id : null);
  const { primary_recipient: recipient } = sent;
  // An object with an order id is about this order. If money has no order id, the event's own type sets the subject.
  const own = sent.order_id === null && !MONEY.has(name) ? subjectOf(name, sent.id) : null;
  return {
    type,
    eventId,
    account,
    occurredAt,
    // The object's own id is used: in `data`, the id of a booking has its version appended.
    subject: own ?? subjectOf('order', sent.order_id),
    people: [
      { email: sent.email_address ?? sent.buyer_email_address, externalId: customer },
      { email: recipient?.email_address, externalId: recipient?.customer_id },
    ],
  };
}
