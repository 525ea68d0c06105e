import type { z } from 'zod';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import { amountOf } from '../coins.ts';
import { event } from '../definition.ts';
import { type Transaction, transacted } from './payload.ts';

export function changed(orderChange: z.output<typeof orderChangeKind>) {
  return event(transacted, OrderChange, ({ data }) => {
    const captured = data.payments.find(({ status }) => status === 'captured');
    return {
      ...transactionOf(data),
      orderChange,
      ...(orderChange === 'PAID' && {
        paid: amountOf(data.details?.totals?.grand_total, data.details?.totals?.currency_code),
        paidAt: captured?.captured_at,
        transactionId: captured?.payment_attempt_id,
      }),
    };
  });
}

export function transactionOf(data: Transaction) {
  const { details } = data;
  const totals = details?.totals ?? null;
  const names = new Map(details?.line_items.map(({ product }) => [product?.id, product?.name]));
  const items = data.items.map(({ price }) => ({
    productId: price?.product_id,
    name: (price && names.get(price.product_id)) ?? price?.name,
    price: price?.unit_price ?? null,
  }));
  const titles = items.flatMap(({ name }) => name ?? []);
  const [only = null] = data.items.length === 1 ? data.items : [];
  return {
    orderId: data.id,
    title: [...new Set(titles)].join(', ') || null,
    customer: { externalId: data.customer_id },
    quantity: only?.quantity ?? null,
    status: data.status,
    items,
    total: amountOf(totals?.total, totals?.currency_code),
    // The list begins with the last attempt.
    paymentMethod: data.payments[0]?.method_details?.type,
    parentSubscriptionId: data.subscription_id,
    createdAt: data.created_at,
  };
}
