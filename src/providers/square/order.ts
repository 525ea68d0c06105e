import type { z } from 'zod';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import type { About } from '../about.ts';
import type { Order, Payment, charged, disputed, orderCreated, orderUpdated, refunded } from './payload.ts';
import { versionOf } from './version.ts';

type OrderChangeKind = z.output<typeof orderChangeKind>;

export function paymentState({ data }: z.output<typeof charged>, { people }: About): Said {
  const { payment } = data.object;
  if (payment.status === 'FAILED') return said(OrderChange, { ...paymentOf(payment), orderChange: 'PAYMENT_FAILED' });
  // Square sends the event again after the payment is completed: with its fee, and with each refund.
  const isNew = payment.processing_fee.length === 0 && payment.refund_ids.length === 0;
  if (payment.status !== 'COMPLETED' || !isNew) return otherEvent(people);
  return said(OrderChange, { ...paymentOf(payment), orderChange: 'PAID', paidAt: payment.updated_at });
}

function paymentOf(payment: Payment) {
  return {
    orderId: payment.order_id ?? payment.id,
    customer: { email: payment.buyer_email_address, externalId: payment.customer_id },
    customerAddress: payment.billing_address,
    status: payment.status,
    value: payment.total_money,
    paymentMethod: payment.source_type,
    transactionId: payment.id,
    createdAt: payment.created_at,
  };
}

export function refundState({ data }: z.output<typeof refunded>, { people }: About): Said {
  const { refund } = data.object;
  const orderChange: OrderChangeKind | null =
    refund.status === 'COMPLETED' ? 'REFUNDED' : refund.status === 'PENDING' ? 'AWAITING_REFUND' : null;
  if (orderChange === null) return otherEvent(people);
  return said(OrderChange, {
    orderId: refund.order_id ?? refund.payment_id ?? refund.id,
    orderChange,
    status: refund.status,
    transactionId: refund.payment_id,
    refund: {
      amount: refund.amount_money,
      requestedAt: refund.created_at,
      refundedAt: orderChange === 'REFUNDED' ? refund.updated_at : null,
      reason: refund.reason,
    },
  });
}

/** A dispute names its payment and not the order. */
export function disputeCreated({ data }: z.output<typeof disputed>): Said {
  const { dispute } = data.object;
  // In an inquiry the bank only asks, and no money is taken.
  if (dispute.state?.startsWith('INQUIRY')) return otherEvent();
  const { payment_id: payment } = dispute.disputed_payment;
  return said(OrderChange, {
    orderId: payment,
    orderChange: 'CHARGED_BACK',
    status: dispute.state,
    value: dispute.amount_money,
    transactionId: payment,
    chargeback: { status: dispute.state, createdAt: dispute.created_at, respondBy: dispute.due_at },
  });
}

export function orderOpened({ data }: z.output<typeof orderCreated>): Said {
  const { order_created: order } = data.object;
  if (order.state !== 'OPEN') return otherEvent();
  return said(OrderChange, { ...orderOf(order), orderChange: 'OPENED' }, { version: versionOf(order.version) });
}

/** Square never cancels an order that was paid. */
export function orderState({ data }: z.output<typeof orderUpdated>): Said {
  const { order_updated: order } = data.object;
  const version = versionOf(order.version);
  if (order.state !== 'CANCELED') return { ...otherEvent(), version };
  return said(OrderCancellation, { ...orderOf(order), refundExpected: false }, { version });
}

function orderOf(order: Order) {
  return { orderId: order.order_id, status: order.state, createdAt: order.created_at };
}
