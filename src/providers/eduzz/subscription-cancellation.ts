import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { count, customer, delivery, instant, money, producer, secondaryId, text, word } from './payload.ts';
import { toPerson } from './people.ts';

const product = z.object({ id: secondaryId, name: text, price: money });

const contractUpdated = delivery(
  z.object({
    producer,
    products: secondaryList(product),
    contract: z.object({
      id,
      payment: secondary(z.object({ method: text })),
      status: word,
      createdAt: instant,
      updatedAt: instant,
      recurrence: secondary(
        z.object({ frequency: secondary(z.object({ type: z.string(), value: count })), price: money }),
      ),
    }),
    customer,
    financialResponsible: customer,
    reason: word,
  }),
);
type Contract = z.output<typeof contractUpdated>['data'];

/** Reasons that a contract which is cancelled may have come to be so for. With any other it has been for some time. */
const CANCELING = ['cancellation', 'statusupdated', ''];

/** `myeduzz.contract_updated`, the only way in which Eduzz says that a subscription was cancelled, among much else. */
export const subscriptionCancellation = event(contractUpdated, ({ data }, about: EduzzAbout): Said => {
  if (isCancellation(data)) return cancellation(data, about);
  return otherEvent(about.people);
});

function isCancellation({ reason, contract }: Contract): boolean {
  const why = plain(reason);
  return why === 'cancellation' || (plain(contract.status) === 'canceled' && CANCELING.includes(why));
}

/** Eduzz writes the same word as `waiting_refund` and as `waitingRefund`. */
function plain(word: string | null | undefined): string {
  return (word ?? '').replaceAll('_', '').toLowerCase();
}

function cancellation(data: Contract, { people, sentAt }: EduzzAbout): Said {
  const { producer, products, contract, customer, financialResponsible, reason } = data;
  const { frequency = null, price = null } = contract.recurrence ?? {};
  const names = products.flatMap(({ name }) => name ?? []);
  return said(
    SubscriptionCancellation,
    {
      title: names.length > 0 ? names.join(', ') : null,
      status: contract.status ?? null,
      subscriptionId: contract.id,
      products: products.map(({ id, name, price }) => ({ productId: id, name, price })),
      price: price ?? products[0]?.price ?? null,
      interval: frequency && frequency.value !== null ? { unit: frequency.type, count: frequency.value } : null,
      paymentMethod: contract.payment?.method ?? null,
      cause: reason ?? null,
      createdAt: contract.createdAt,
      updatedAt: contract.updatedAt,
      sentAt,
      customer: toPerson(customer),
      payer: financialResponsible ? toPerson(financialResponsible) : null,
      producerEmail: producer.email,
    },
    { people },
  );
}
