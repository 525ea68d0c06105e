import { z } from 'zod';
import { id, secondary, secondaryList } from '../fields.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { SubscriptionCancellation } from '../../types/subscription-cancellation.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { count, customer, delivery, instant, money, producer, secondaryId, text, word } from './payload.ts';
import { toPerson } from './people.ts';

const product = z.object({ id: secondaryId, name: text, price: money });

/** How often a contract renews. */
const period = secondary(z.object({ type: z.string(), value: count }));

const contractUpdated = delivery(
  z.object({
    producer,
    products: secondaryList(product),
    contract: z.object({
      id,
      payment: secondary(z.object({ method: text })),
      paymentMethod: text,
      status: word,
      createdAt: instant,
      updatedAt: instant,
      contentAccess: secondary(z.object({ accessExpirationDate: instant })),
      recurrence: secondary(
        z.object({ startsAt: instant, finishesAt: instant, frequency: period, interval: period, price: money }),
      ),
    }),
    customer,
    financialResponsible: customer,
    reason: word,
    changeType: word,
  }),
);
type Contract = z.output<typeof contractUpdated>['data'];

/** Reasons that a contract which is cancelled may have come to be so for. With any other it has been for some time. */
const CANCELING = ['cancellation', 'statusupdated', ''];

/**
 * `myeduzz.contract_updated`, the only way in which Eduzz says that a subscription was cancelled, among much else. In 2024 the
 * reason was `changeType`, the frequency `interval`, and `paymentMethod` stood in the contract itself:
 * https://github.com/eduzz/eduzz-webhook-docs/tree/main/events/myeduzz
 */
export const subscriptionCancellation = event(contractUpdated, ({ data }, about: EduzzAbout): Said => {
  if (isCancellation(data)) return cancellation(data, about);
  return otherEvent(about.people);
});

function isCancellation({ contract, ...data }: Contract): boolean {
  const why = plain(causeOf(data));
  return why === 'cancellation' || (plain(contract.status) === 'canceled' && CANCELING.includes(why));
}

function causeOf({ reason, changeType }: Pick<Contract, 'reason' | 'changeType'>): string | null {
  return reason ?? changeType ?? null;
}

/** Eduzz writes the same word as `waiting_refund` and as `waitingRefund`. */
function plain(word: string | null | undefined): string {
  return (word ?? '').replaceAll('_', '').toLowerCase();
}

function cancellation(data: Contract, { people, sentAt }: EduzzAbout): Said {
  const { producer, products, contract, customer, financialResponsible } = data;
  const { recurrence } = contract;
  const interval = recurrence?.frequency ?? recurrence?.interval ?? null;
  const names = products.flatMap(({ name }) => name ?? []);
  return said(
    SubscriptionCancellation,
    {
      title: names.length > 0 ? names.join(', ') : null,
      status: contract.status ?? null,
      startsAt: recurrence?.startsAt ?? null,
      // Not the last due date: what was paid last gives access for a while yet.
      endsAt: contract.contentAccess?.accessExpirationDate ?? recurrence?.finishesAt ?? null,
      subscriptionId: contract.id,
      products: products.map(({ id, name, price }) => ({ productId: id, name, price })),
      price: recurrence?.price ?? products[0]?.price ?? null,
      interval: interval && interval.value !== null ? { unit: interval.type, count: interval.value } : null,
      paymentMethod: contract.payment?.method ?? contract.paymentMethod,
      cause: causeOf(data),
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
