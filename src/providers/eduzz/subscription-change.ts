import { z } from 'zod';
import { type GivenOf, type Said, said } from '../../declaration/event-type.ts';
import {
  SubscriptionChange,
  type chargeOutcome,
  type subscriptionChangeKind,
} from '../../types/subscription-change.ts';
import { event } from '../definition.ts';
import { secondary } from '../fields.ts';
import type { EduzzAbout } from './about.ts';
import { type Contract, causeOf, contract, plain, toSubscription } from './contract.ts';
import { count, delivery, flag, instant, secondaryId, text } from './payload.ts';

const attempt = z.object({
  id: secondaryId,
  payment: secondary(z.object({ method: text, installments: count })),
  isNegotiation: flag,
  status: text,
  failReason: text,
  failReasonMessage: text,
  dueDate: instant,
  attemptDate: instant,
});
type Attempt = z.output<typeof attempt>;

const contractAttempted = delivery(contract.extend({ invoice: secondary(attempt) }));

/** The events of MyEduzz's contracts, except `contract_updated`, which may be a cancellation. */
export const subscriptionChanges = {
  'myeduzz.contract_created': event(delivery(contract), ({ data }, about: EduzzAbout) =>
    subscriptionChange('CREATED', data, about),
  ),
  'myeduzz.contract_bankslip_attempted': attempted('bankslip'),
  'myeduzz.contract_card_attempted': attempted('creditCard'),
  'myeduzz.contract_eduzz_balance_attempted': attempted('eduzzBalance'),
  'myeduzz.contract_pix_attempted': attempted('pix'),
};

export function subscriptionChange(
  change: z.output<typeof subscriptionChangeKind>,
  data: Contract,
  about: EduzzAbout,
  charge: GivenOf<typeof SubscriptionChange>['charge'] = null,
): Said {
  const { trialDays, recurrence } = data.contract;
  return said(
    SubscriptionChange,
    {
      ...toSubscription(data, about),
      subscriptionChange: change,
      cause: causeOf(data),
      nextDueAt: recurrence?.nextDue,
      trialDays,
      charge,
    },
    { people: about.people },
  );
}

/** @param method the means of payment that the event's name says, in the word that Eduzz uses for it elsewhere. */
function attempted(method: string) {
  return event(contractAttempted, ({ data: { invoice, ...data } }, about: EduzzAbout) =>
    subscriptionChange('CHARGE_ATTEMPTED', data, about, {
      orderId: invoice?.id,
      outcome: invoice ? outcomeOf(invoice) : 'UNKNOWN',
      status: invoice?.status,
      paymentMethod: invoice?.payment?.method ?? method,
      installments: invoice?.payment?.installments,
      isNegotiation: invoice?.isNegotiation,
      failure: invoice?.failReason,
      failureMessage: invoice?.failReasonMessage,
      dueAt: invoice?.dueDate,
      attemptedAt: invoice?.attemptDate,
    }),
  );
}

/** The outcome of an attempt. Eduzz lists no words for its status. The samples have `paid` and `open`; the rest are those of invoices. */
function outcomeOf({ status, failReason }: Attempt): z.output<typeof chargeOutcome> {
  const word = plain(status);
  if (word === 'paid') return 'SUCCEEDED';
  if (failReason || word === 'refused') return 'FAILED';
  return ['open', 'scheduled', 'waitingpayment'].includes(word) ? 'PENDING' : 'UNKNOWN';
}
