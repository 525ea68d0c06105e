import { z } from 'zod';
import { id, optionalInstant, secondary } from '../fields.ts';

/** What Asaas sends. https://docs.asaas.com/docs/payment-events, https://docs.asaas.com/docs/subscription-events */

const text = secondary(z.string());
const secondaryId = secondary(id);
/** Brazilian reais as a number, with cents as decimals. */
const reais = secondary(z.number()).transform((value) =>
  value === null ? null : { amount: String(value), currency: 'BRL' },
);
/** A day without a time: `2024-11-04`. Asaas's subscriptions write `04/11/2024`. */
const day = secondary(
  z.preprocess((value) => {
    const [, date, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(String(value)) ?? [];
    return `${year === undefined ? String(value) : `${year}-${month}-${date}`}T00:00:00-03:00`;
  }, optionalInstant),
).transform((instant) => instant && { at: instant.at, text: instant.text.slice(0, 10) });

export const envelope = z.object({ id, event: z.string().min(1).max(256) });

export const anyObject = z.looseObject({ id: secondaryId, customer: secondaryId });

export const charged = z.looseObject({
  payment: z.looseObject({
    id,
    status: text,
    customer: secondaryId,
    subscription: secondaryId,
    value: reais,
    billingType: text,
    installmentNumber: secondary(z.int()),
    dateCreated: day,
    dueDate: day,
    confirmedDate: day,
    clientPaymentDate: day,
  }),
});
export type Charged = z.output<typeof charged>;

export const subscribed = z.looseObject({
  subscription: z.looseObject({
    id,
    status: text,
    customer: secondaryId,
    value: reais,
    cycle: text,
    billingType: text,
    dateCreated: day,
    nextDueDate: day,
  }),
});
export type Subscribed = z.output<typeof subscribed>;
