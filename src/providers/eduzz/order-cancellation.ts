import { z } from 'zod';
import { said } from '../../declaration/event-type.ts';
import { OrderCancellation } from '../../types/order-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { invoice, toOrder } from './invoice.ts';
import { delivery, money } from './payload.ts';

/** Whatever they are: an order that says anything of a payment is not known to be unpaid. */
const payment = { paid: z.unknown().optional(), paidAt: z.unknown().optional() };

const invoiceCanceled = delivery(invoice.extend(payment));

/** `myeduzz.invoice_canceled`. What is refunded or charged back has been paid, and is no cancellation. */
export const orderCancellation = event(invoiceCanceled, ({ data }, about: EduzzAbout) =>
  said(
    OrderCancellation,
    // Of one that was paid Eduzz doesn't say here whether the money goes back.
    { ...toOrder(data, about), refundExpected: isUnpaid(data) ? false : null },
    { people: about.people },
  ),
);

function isUnpaid({ paid, paidAt }: z.output<typeof invoiceCanceled>['data']): boolean {
  return isNothing(paidAt) && (isNothing(paid) || Number(money.parse(paid)?.amount ?? Number.NaN) === 0);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
