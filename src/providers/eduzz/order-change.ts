import type { z } from 'zod';
import type { Instant } from '../../events/instant.ts';
import { type Said, said } from '../../declaration/event-type.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { type Settled, settled, toOrder, toParty } from './invoice.ts';
import { delivery, toMoney } from './payload.ts';

export type Change = z.output<typeof orderChangeKind>;
type Time = Instant | null;
type Money = { readonly amount: string; readonly currency: string } | null;

const invoiceChanged = delivery(settled);

/** The events of MyEduzz's invoices, except the cancellation. */
export const orderChanges = {
  'myeduzz.invoice_opened': changed('OPENED'),
  'myeduzz.invoice_scheduled': changed('SCHEDULED'),
  'myeduzz.invoice_waiting_payment': changed('AWAITING_PAYMENT'),
  'myeduzz.invoice_paid': changed('PAID'),
  'myeduzz.invoice_waiting_refund': changed('AWAITING_REFUND'),
  'myeduzz.invoice_refunded': changed('REFUNDED'),
  'myeduzz.invoice_chargeback': changed('CHARGED_BACK'),
  'myeduzz.invoice_recovering': changed('RECOVERING'),
  'myeduzz.invoice_expired': changed('EXPIRED'),
  'myeduzz.invoice_negotiated': changed('NEGOTIATED'),
};

function changed(change: Change) {
  return event(invoiceChanged, ({ data }, about: EduzzAbout) => changedOrder(change, data, about));
}

export function changedOrder(change: Change, data: Settled, about: EduzzAbout): Said {
  const { student, paid, paidAt, transaction, chargeback, affiliate, gains, fees } = data;
  const installment = data.bankSlipInstallment;
  const refund = refundOf(data);
  return said(
    OrderChange,
    {
      ...toOrder(data, about),
      orderChange: change,
      paid,
      paidAt,
      transactionId: transaction?.id,
      refund,
      chargeback: chargeback && {
        status: chargeback.status,
        createdAt: chargeback.createdAt,
        respondBy: chargeback.limitDate,
        finishedAt: chargeback.finishedAt,
      },
      recoveringSince: data.startRecoveringAt,
      installment: installment && { number: installment.installmentNumber, count: installment.totalInstallments },
      affiliate: affiliate && { affiliateId: affiliate.id, name: affiliate.name, email: affiliate.email },
      recipient: student && toParty(student),
      shares: partsOf(gains),
      fees: partsOf(fees),
    },
    { people: about.people, occurredAt: occurredAt(change, { paidAt, refundedAt: refund?.refundedAt ?? null }) },
  );
}

/**
 * The time when the order was paid or refunded, since sums of a day need that day. Eduzz may send the event days later, from its backup.
 */
function occurredAt(
  change: Change,
  { paidAt, refundedAt }: { readonly paidAt: Time; readonly refundedAt: Time },
): Time {
  if (change === 'PAID') return paidAt;
  return change === 'REFUNDED' ? refundedAt : null;
}

/** The time of the refund is in `refund` or beside it. */
function refundOf({ refund, refundedAt }: Settled) {
  if (refund === null) return refundedAt && { refundedAt };
  const { type, currency, value, createdAt, reason, refundBy } = refund;
  return {
    type,
    amount: currency !== null && value !== null ? toMoney({ currency, value }) : null,
    requestedAt: createdAt,
    refundedAt: refund.refundedAt ?? refundedAt,
    reason,
    refundedBy: refundBy,
  };
}

function partsOf(parts: Readonly<Record<string, Money>> | null) {
  return Object.entries(parts ?? {}).flatMap(([of, amount]) => (amount ? [{ of, amount }] : []));
}
