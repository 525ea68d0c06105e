import type { z } from 'zod';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import type { AboutDelivery, Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { sharedToken } from '../verify/shared-token.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type Purchased, buyer, envelope, purchased, subscriber, subscriptionCancelled } from './payload.ts';
import { hotmartSamples } from './samples.ts';

/**
 * Hotmart, version 2.0.0 of its webhooks: `x-hotmart-hottok` is a token that is the same in every delivery. Hotmart signs nothing.
 *
 * @param options `tokens` are the hottoks of the accounts, the newest first.
 */
export function hotmart(options: { readonly tokens: Secrets }): Provider {
  const tokens = checkSecrets('hotmart', options?.tokens, { member: 'tokens', least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'hotmart',
    verify: sharedToken({ header: 'x-hotmart-hottok', tokens }),
    about: (verified) => about(verified, checks),
    events: {
      PURCHASE_BILLET_PRINTED: changed('AWAITING_PAYMENT'),
      PURCHASE_APPROVED: changed('PAID'),
      PURCHASE_DELAYED: changed('RECOVERING'),
      PURCHASE_EXPIRED: changed('EXPIRED'),
      PURCHASE_PROTEST: changed('AWAITING_REFUND'),
      PURCHASE_REFUNDED: changed('REFUNDED'),
      PURCHASE_CHARGEBACK: changed('CHARGED_BACK'),
      PURCHASE_CANCELED: event(purchased, OrderCancellation, orderOf),
      SUBSCRIPTION_CANCELLATION: event(subscriptionCancelled, SubscriptionCancellation, ({ data }, { occurredAt }) => ({
        // Purchases name the subscription by this id only.
        subscriptionId: data.subscriber.code,
        title: data.subscription?.plan?.name ?? data.product?.name,
        customer: personOf(data.subscriber),
        status: data.subscription?.status,
        canceledAt: data.cancellation_date,
        // The customer has paid until then.
        endsAt: data.date_next_charge,
        products: [{ productId: data.product?.id, name: data.product?.name }],
        sentAt: occurredAt,
      })),
    },
    samples: hotmartSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error);
  const { id: eventId, event: type, creation_date: at, creationDate } = parsed.data;
  const data = isObject(payload['data']) ? payload['data'] : {};
  const people = [data['buyer'], data['user']].filter(isObject).map((one) => personOf(buyer.parse(one)));
  const subscribed = isObject(data['subscriber']) ? [personOf(subscriber.parse(data['subscriber']))] : [];
  return { type, eventId, occurredAt: at ?? creationDate, people: [...people, ...subscribed] };
}

function changed(orderChange: z.output<typeof orderChangeKind>) {
  return event(purchased, OrderChange, (sent, about: AboutDelivery) => ({
    ...orderOf(sent, about),
    orderChange,
    paidAt: sent.data.purchase.approved_date,
    transactionId: sent.data.purchase.transaction,
  }));
}

function orderOf({ data }: Purchased, { occurredAt }: AboutDelivery) {
  const { purchase, product } = data;
  const { payment } = purchase;
  const price = purchase.full_price ?? purchase.price;
  return {
    orderId: purchase.transaction,
    title: product?.name,
    customer: personOf(data.buyer),
    customerAddress: data.buyer?.address,
    status: purchase.status,
    items: product ? [{ productId: product.id, name: product.name, couponId: purchase.offer?.coupon_code }] : [],
    total: price && { amount: String(price.value), currency: price.currency_value },
    paymentMethod: payment?.type,
    installments: payment?.installments_number ?? null,
    parentSubscriptionId: data.subscription?.subscriber?.code,
    mainOrderId: purchase.order_bump?.parent_purchase_transaction,
    createdAt: purchase.order_date,
    sentAt: occurredAt,
  };
}

interface Phone {
  readonly dddCell: string | null;
  readonly cell: string | null;
  readonly dddPhone: string | null;
  readonly phone: string | null;
}

interface Sent {
  readonly name: string | null;
  readonly email: string | null;
  readonly checkout_phone?: string | null;
  readonly phone?: Phone | null;
}

function personOf(sent: Sent | null) {
  return {
    name: sent?.name ?? null,
    email: sent?.email ?? null,
    phone: sent?.checkout_phone ?? numberOf(sent?.phone),
    externalId: null,
  };
}

function numberOf(sent: Phone | null | undefined): string | null {
  if (sent?.cell) return (sent.dddCell ?? '') + sent.cell;
  return sent?.phone ? (sent.dddPhone ?? '') + sent.phone : null;
}
