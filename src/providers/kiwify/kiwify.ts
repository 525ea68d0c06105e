import { z } from 'zod';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { AboutDelivery, Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { amountOf } from '../coins.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { type Secrets, checkSecrets } from '../verify/secrets.ts';
import { query } from '../verify/template.ts';
import { type Order, canceledSubscription, customer, order } from './payload.ts';
import { kiwifySamples } from './samples.ts';

const envelope = z.object({ webhook_event_type: z.string().min(1).max(256) });

/**
 * Kiwify: `signature` in the query is the hex HMAC-SHA1 of the raw body. No time is signed, and there is no id. Its tokens have eleven
 * characters.
 *
 * @param options `secrets` are the tokens of the webhooks, the newest first.
 */
export function kiwify(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('kiwify', options?.secrets);
  const checks = new Checks();
  return defineProvider({
    name: 'kiwify',
    verify: hmac({ secrets, from: query('signature'), encoding: 'hex', algorithm: 'sha1' }),
    about: (verified) => about(verified, checks),
    events: {
      billet_created: changed('AWAITING_PAYMENT'),
      pix_created: changed('AWAITING_PAYMENT'),
      order_approved: changed('PAID'),
      subscription_renewed: changed('PAID'),
      order_rejected: changed('PAYMENT_FAILED'),
      order_refunded: changed('REFUNDED'),
      chargeback: changed('CHARGED_BACK'),
      subscription_canceled: event(canceledSubscription, SubscriptionCancellation, (sent, { occurredAt }) => ({
        subscriptionId: sent.subscription_id,
        title: sent.Product?.product_name,
        customer: personOf(sent.Customer),
        status: sent.Subscription?.status,
        startsAt: sent.Subscription?.start_date,
        endsAt: sent.Subscription?.customer_access?.access_until,
        products: [{ productId: sent.Product?.product_id, name: sent.Product?.product_name }],
        paymentMethod: sent.payment_method,
        interval: sent.Subscription?.plan?.frequency ? { unit: sent.Subscription.plan.frequency } : null,
        sentAt: occurredAt,
      })),
    },
    samples: kiwifySamples,
  });
}

/** The body is the sale. Some webhooks of Kiwify have the sale in a member `order`. */
function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const isInside = isObject(payload['order']);
  const body = isInside ? (payload['order'] as Readonly<Record<string, unknown>>) : payload;
  const account = checks.safeParse(id, body['store_id']).data ?? null;
  // An abandoned cart has no event type, only a status.
  const given = body['webhook_event_type'] ?? (body['status'] === 'abandoned' ? 'abandoned_cart' : undefined);
  const parsed = checks.safeParse(envelope, { webhook_event_type: given });
  if (!parsed.success) return unfit(parsed.error, { account });
  const { webhook_event_type: type } = parsed.data;
  const orderId = checks.safeParse(id, body['order_id']).data;
  return {
    type,
    account,
    subject: orderId === undefined ? null : `order/${orderId}`,
    // These members tell a state of a sale from every other. If there is no order id, everything that was signed identifies the event.
    derivedFrom:
      orderId === undefined
        ? null
        : [type, orderId, body['order_status'] ?? null, body['updated_at'] ?? null, body['refunded_at'] ?? null],
    people: [personOf(customer.parse(body['Customer']))],
    body,
    path: isInside ? ['order'] : [],
  };
}

function changed(orderChange: z.output<typeof orderChangeKind>) {
  return event(order, OrderChange, (sent, about: AboutDelivery) => ({ ...orderOf(sent, about), orderChange }));
}

function orderOf(sent: Order, { occurredAt }: AboutDelivery) {
  const { Product: product, Commissions: money } = sent;
  const total = amountOf(money?.charge_amount, money?.currency);
  return {
    orderId: sent.order_id,
    title: product?.product_name,
    customer: personOf(sent.Customer),
    status: sent.order_status,
    items: product ? [{ productId: product.product_id, name: product.product_name }] : [],
    total,
    paymentMethod: sent.payment_method,
    installments: sent.installments,
    parentSubscriptionId: sent.subscription_id,
    createdAt: sent.created_at,
    paidAt: sent.approved_date,
    refund: sent.refunded_at && { amount: total, refundedAt: sent.refunded_at },
    utm: sent.TrackingParameters,
    sentAt: occurredAt,
  };
}

function personOf(sent: z.output<typeof customer>) {
  return {
    name: sent?.full_name ?? null,
    email: sent?.email ?? null,
    phone: sent?.mobile ?? null,
    externalId: null,
  };
}
