import type { Amount } from '../parts/money.ts';
import type { StoryEvent } from './story-document.ts';

/** Where the money is, as far as events say. `at` is when it was said. */
export type Verdict =
  | { readonly is: 'back'; readonly amount: Amount | null; readonly at: string }
  | { readonly is: 'partlyBack'; readonly amount: Amount; readonly of: Amount; readonly at: string }
  | { readonly is: 'takenBack'; readonly amount: Amount | null; readonly at: string; readonly respondBy: string | null }
  | { readonly is: 'awaited'; readonly amount: Amount | null; readonly at: string }
  /** It was cancelled, and the provider said that money is to go back, that none is, or nothing. */
  | { readonly is: 'promised' | 'refused' | 'unknown'; readonly at: string }
  | { readonly is: 'kept'; readonly amount: Amount | null; readonly at: string }
  | { readonly is: 'unpaid' };

/** @param events of one subject, the oldest first. Null where none of them has to do with money. */
export function verdictOf(events: readonly StoryEvent[]): Verdict | null {
  const paid = events.findLast(isPaid);
  const back = events.findLast(
    ({ orderChange, paymentStatus }) => orderChange === 'REFUNDED' || paymentStatus === 'REFUNDED',
  );
  const taken = events.findLast(({ orderChange }) => orderChange === 'CHARGED_BACK');
  const awaited = events.findLast(({ orderChange }) => orderChange === 'AWAITING_REFUND');
  const cancelled = events.findLast(({ kind, isScheduled, superseded }) => kind && !isScheduled && !superseded);
  const isLater = (one: StoryEvent, other: StoryEvent | undefined) =>
    !other || events.indexOf(one) > events.indexOf(other);
  if (taken && isLater(taken, back)) {
    const respondBy = taken.chargeback?.respondBy?.instant ?? null;
    return { is: 'takenBack', amount: taken.value ?? null, at: taken.occurredAt, respondBy };
  }
  if (back) return backOf(back, paid);
  if (awaited && isLater(awaited, paid)) {
    return {
      is: 'awaited',
      amount: awaited.refund?.amount ?? awaited.paid ?? awaited.value ?? null,
      at: awaited.occurredAt,
    };
  }
  // That it was paid stands in every event of a booking, also when it is canceled: only another payment counts after that.
  if (cancelled && isLater(cancelled, events.findLast(isPayment))) {
    const { refundExpected, paymentStatus, occurredAt: at, kind } = cancelled;
    if (refundExpected !== null) return { is: refundExpected ? 'promised' : 'refused', at };
    const isUnpaid = paymentStatus === 'NOT_PAID' || paymentStatus === 'EXEMPT' || (kind === 'ORDER' && !paid);
    return isUnpaid ? { is: 'unpaid' } : { is: 'unknown', at };
  }
  if (paid) return { is: 'kept', amount: paid.paid ?? paid.value ?? paid.price ?? null, at: paid.occurredAt };
  return events.some(({ orderChange }) => orderChange !== undefined) ? { is: 'unpaid' } : null;
}

function isPayment({ orderChange, bookingChange }: StoryEvent): boolean {
  return orderChange === 'PAID' || bookingChange === 'PAID';
}

function isPaid(event: StoryEvent): boolean {
  return isPayment(event) || event.paymentStatus === 'PAID';
}

function backOf(back: StoryEvent, paid: StoryEvent | undefined): Verdict {
  const whole = back.paid ?? paid?.paid ?? paid?.value ?? null;
  const amount = back.refund?.amount ?? whole ?? back.value ?? null;
  const isPart = amount && whole && amount.currency === whole.currency && Number(amount.amount) < Number(whole.amount);
  if (isPart) return { is: 'partlyBack', amount, of: whole, at: back.occurredAt };
  return { is: 'back', amount, at: back.occurredAt };
}
