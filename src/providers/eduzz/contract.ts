import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import type { EduzzAbout } from './about.ts';
import { count, customer, instant, money, producer, secondaryId, text, word } from './payload.ts';
import { toPerson } from './people.ts';

const product = z.object({ id: secondaryId, name: text, price: money });

/** How often a contract renews. */
const period = secondary(z.object({ type: z.string(), value: count }));

/**
 * What the events of a MyEduzz contract say of it. In 2024 the reason was `changeType`, the frequency was `interval`, and the contract
 * itself had `paymentMethod`: https://github.com/eduzz/eduzz-webhook-docs/tree/main/events/myeduzz
 */
export const contract = z.object({
  producer,
  products: secondaryList(product),
  contract: z.object({
    id,
    payment: secondary(z.object({ method: text })),
    paymentMethod: text,
    status: word,
    trialDays: count,
    createdAt: instant,
    updatedAt: instant,
    contentAccess: secondary(z.object({ accessExpirationDate: instant })),
    recurrence: secondary(
      z.object({
        startsAt: instant,
        finishesAt: instant,
        nextDue: instant,
        frequency: period,
        interval: period,
        price: money,
      }),
    ),
  }),
  customer,
  financialResponsible: customer,
  reason: word,
  changeType: word,
});
export type Contract = z.output<typeof contract>;

export function toSubscription(data: Contract, { sentAt }: EduzzAbout) {
  const { producer, products, contract, customer, financialResponsible } = data;
  const { recurrence } = contract;
  const interval = recurrence?.frequency ?? recurrence?.interval ?? null;
  const names = products.flatMap(({ name }) => name ?? []);
  return {
    title: names.length > 0 ? names.join(', ') : null,
    status: contract.status ?? null,
    // The last due date is not used as the end, since the last payment gives access for some time after it.
    startsAt: recurrence?.startsAt,
    endsAt: contract.contentAccess?.accessExpirationDate ?? recurrence?.finishesAt,
    subscriptionId: contract.id,
    products: products.map(({ id, name, price }) => ({ productId: id, name, price })),
    price: recurrence?.price ?? products[0]?.price,
    interval: interval && interval.value !== null ? { unit: interval.type, count: interval.value } : null,
    paymentMethod: contract.payment?.method ?? contract.paymentMethod,
    createdAt: contract.createdAt,
    updatedAt: contract.updatedAt,
    sentAt,
    customer: toPerson(customer),
    payer: financialResponsible ? toPerson(financialResponsible) : null,
    producerEmail: producer.email,
  };
}

/** Why the contract was changed, in Eduzz's own word. */
export function causeOf({ reason, changeType }: Contract): string | null {
  return reason ?? changeType ?? null;
}

/** Eduzz writes the same word as `waiting_refund` and as `waitingRefund`. */
export function plain(word: string | null | undefined): string {
  return (word ?? '').replaceAll('_', '').toLowerCase();
}
