import { otherEvent, said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { About, Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import type { NamedHeaders } from '../kept-headers.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { z } from 'zod';
import { type Order, contract, dispute, order, refund } from './payload.ts';
import { shopifySamples } from './samples.ts';

/** Headers that describe the event. Since 2025 Shopify also sends them without `x-`, and its own library looks at these first. */
const NAMES = ['shopify-topic', 'shopify-webhook-id', 'shopify-shop-domain', 'shopify-triggered-at'];
const DOMAIN = /^[a-z0-9][a-z0-9.-]{0,127}$/;
const NOT_PAID = new Set(['pending', 'authorized', 'voided', 'expired']);
const GOES_BACK = new Set(['refunded', 'partially_refunded']);

/**
 * Shopify: `shopify-hmac-sha256` or `x-shopify-hmac-sha256` is the base64 HMAC-SHA256 of the raw body. No time is signed, nor any header
 * that says what the event is.
 *
 * @param options `secrets` are the client secrets of the app, or what a shop's own page of notifications shows, the newest first.
 */
export function shopify(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('shopify', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'shopify',
    verify: hmac({ secrets, header: ['shopify-hmac-sha256', 'x-shopify-hmac-sha256'], encoding: 'base64' }),
    headers: NAMES.flatMap((name) => [name, `x-${name}`]),
    about: (verified) => about(verified, checks),
    events: {
      'orders/cancelled': event(order, (sent) =>
        said(
          OrderCancellation,
          { ...orderOf(sent), reason: sent.cancel_reason, refundExpected: refundExpected(sent.financial_status) },
          { occurredAt: sent.cancelled_at },
        ),
      ),
      'orders/create': event(order, OrderChange, (sent) => ({ ...orderOf(sent), orderChange: 'OPENED' })),
      'orders/paid': event(order, OrderChange, (sent) => ({ ...orderOf(sent), orderChange: 'PAID' })),
      'refunds/create': event(refund, OrderChange, (sent) => {
        const made = sent.transactions.filter(({ kind, status }) => kind === 'refund' && status === 'success');
        // If several transactions paid the refund, no single amount is what went back.
        const [one] = made.length === 1 ? made : [];
        return {
          orderId: sent.order_id,
          orderChange: 'REFUNDED',
          refund: {
            amount: moneyOf(one?.amount, one?.currency),
            refundedAt: sent.processed_at ?? sent.created_at,
            reason: sent.note,
          },
        };
      }),
      'disputes/create': event(dispute, (sent) =>
        sent.type === 'chargeback' && sent.order_id !== null
          ? said(OrderChange, {
              orderId: sent.order_id,
              orderChange: 'CHARGED_BACK',
              value: moneyOf(sent.amount, sent.currency),
              chargeback: {
                status: sent.status,
                createdAt: sent.initiated_at,
                respondBy: sent.evidence_due_by,
                finishedAt: sent.finalized_on,
              },
            })
          : otherEvent(),
      ),
      'subscription_contracts/cancel': event(contract, SubscriptionCancellation, (sent) => ({
        subscriptionId: sent.id,
        status: sent.status,
        customer: { externalId: sent.customer_id },
        interval: sent.billing_policy?.interval
          ? { unit: sent.billing_policy.interval, count: sent.billing_policy.interval_count }
          : null,
      })),
    },
    types: [OrderCancellation, OrderChange],
    samples: shopifySamples,
  });
}

const named = z.object({ topic: z.string().min(1).max(256) });

function about(
  { payload, headers }: Verified & { readonly headers: NamedHeaders },
  checks: Checks,
): Introduction | Unnormalised {
  const [topic, eventId, domain, triggeredAt] = NAMES.map((name) => headers[name] ?? headers[`x-${name}`]);
  const account = domain !== undefined && DOMAIN.test(domain) ? domain : null;
  const parsed = checks.safeParse(named, { topic });
  if (!parsed.success) return unfit(parsed.error, { account });
  return {
    type: parsed.data.topic,
    eventId: eventId === undefined ? null : (checks.safeParse(id, eventId).data ?? null),
    account,
    occurredAt: triggeredAt === undefined ? null : parseInstant(triggeredAt),
    people: peopleIn(payload),
  };
}

function peopleIn(payload: Verified['payload']): NonNullable<About['people']> {
  const parsed = order.shape.customer.parse(payload['customer']);
  return parsed === null && !isObject(payload['customer'])
    ? []
    : [personOf({ customer: parsed, email: null, phone: null })];
}

function orderOf(sent: Order) {
  const { currency } = sent;
  return {
    orderId: sent.id,
    title: sent.name,
    customer: personOf(sent),
    status: sent.financial_status,
    items: sent.line_items.map((item) => ({
      productId: item.product_id,
      name: item.title,
      price: moneyOf(item.price, currency),
      sku: item.sku,
    })),
    total: moneyOf(sent.total_price, currency),
    createdAt: sent.created_at,
    isLive: sent.test === null ? null : !sent.test,
  };
}

function personOf({ customer, email, phone }: Pick<Order, 'customer' | 'email' | 'phone'>) {
  const names = [customer?.first_name, customer?.last_name].filter((name) => name);
  return {
    name: names.length > 0 ? names.join(' ') : null,
    email: customer?.email ?? email,
    phone: customer?.phone ?? phone,
    externalId: customer?.id ?? null,
  };
}

function moneyOf(amount: string | null | undefined, currency: string | null | undefined) {
  return amount && currency ? { amount, currency } : null;
}

/** If the order was paid and not refunded, nobody says whether the money goes back. */
function refundExpected(status: string | null): boolean | null {
  if (status !== null && GOES_BACK.has(status)) return true;
  return status !== null && NOT_PAID.has(status) ? false : null;
}
