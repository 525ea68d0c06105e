import { z } from 'zod';
import { type Said, said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { type Invoice, invoice, toOrder } from './invoice.ts';
import { at, delivery, money } from './payload.ts';

const invoiceCanceled = delivery(invoice.extend({ paid: z.unknown().optional(), paidAt: z.unknown().optional() }));

/** `myeduzz.invoice_canceled`. A refund or a chargeback follows a payment and is no cancellation. */
export const orderCancellation = event(invoiceCanceled, ({ data }, about: EduzzAbout) => canceledOrder(data, about));

export function canceledOrder(data: Invoice, about: EduzzAbout): Said {
  // If the order was paid, Eduzz doesn't say here whether the money goes back.
  const refundExpected = isUnpaid(about.body) ? false : null;
  return said(OrderCancellation, { ...toOrder(data, about), refundExpected }, { people: about.people });
}

/** Reads the raw body: if the order says anything of a payment, in any form, it is not known to be unpaid. */
function isUnpaid(body: unknown): boolean {
  const [paid, paidAt] = [at(body, ['data', 'paid']), at(body, ['data', 'paidAt'])];
  return isNothing(paidAt) && (isNothing(paid) || Number(money.parse(paid)?.amount ?? Number.NaN) === 0);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
