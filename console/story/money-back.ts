import type { Amount } from '../parts/money.ts';
import type { StoryEvent } from './story-document.ts';

/** Where the money is, according to the events. `at` is the time of the event that says so. */
export type Verdict =
  | { readonly is: 'back'; readonly amount: Amount | null; readonly at: string }
  | { readonly is: 'partlyBack'; readonly amount: Amount; readonly of: Amount; readonly at: string }
  | { readonly is: 'takenBack'; readonly amount: Amount | null; readonly at: string; readonly respondBy: string | null }
  | { readonly is: 'awaited'; readonly amount: Amount | null; readonly at: string }
  /** It was canceled, and the provider said that money goes back, that none does, or nothing. */
  | { readonly is: 'promised' | 'refused' | 'unknown'; readonly at: string }
  | { readonly is: 'kept'; readonly amount: Amount | null; readonly at: string }
  | { readonly is: 'unpaid' };

/** @param events of one subject, the oldest first. Returns null if none of them is about money. */
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
  // Every event of a paid booking says that it was paid, even its cancellation. So after a cancellation only another payment counts.
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
