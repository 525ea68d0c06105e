import { expect, it } from 'vitest';
import { type TicketEvent, ticketsOf } from '../../console/door/missing.ts';
import { askedBy } from '../../console/parts/asked-by.ts';
import { chaptersOf, inOrder, relatedTo } from '../../console/story/chapters.ts';
import { verdictOf } from '../../console/story/money-back.ts';
import type { StoryEvent } from '../../console/story/story-document.ts';
import { canceledRow } from '../support/live-page.ts';

const real = (amount: string) => ({ amount, currency: 'BRL' });
const { kind: _kind, ...anything } = canceledRow(1).node;
let events = 0;
/** What happened, a minute after what was made before it. */
function event(more: Partial<StoryEvent>): StoryEvent {
  events += 1;
  const occurredAt = new Date(Date.UTC(2026, 2, 7) + events * 60_000).toISOString();
  const { refundExpected: _expected, isScheduled: _scheduled, canceledBy: _by, ...bare } = anything;
  return { ...bare, id: `id ${events}`, __typename: 'OrderChange', subject: 'order/1', occurredAt, ...more };
}
const paid = () => event({ orderChange: 'PAID', value: real('90'), paid: real('90') });
const refunded = (amount: string | null, more: Partial<StoryEvent> = {}) =>
  event({ orderChange: 'REFUNDED', refund: { amount: amount === null ? null : real(amount), reason: null }, ...more });
const cancelled = (more: Partial<StoryEvent> = {}) =>
  event({
    __typename: 'TicketCancellation',
    kind: 'TICKET',
    refundExpected: null,
    isScheduled: false,
    subject: 'ticket/1',
    ...more,
  });

it('CON10.2 says where the money is by the last event, and never guesses', () => {
  const is = (...told: StoryEvent[]) => verdictOf(told)?.is ?? null;
  expect(is(paid())).toBe('kept');
  expect(verdictOf([paid(), refunded('90')])).toMatchObject({ is: 'back', amount: real('90') });
  expect(verdictOf([paid(), refunded(null)])).toMatchObject({ is: 'back', amount: real('90') });
  expect(verdictOf([paid(), refunded('40.50')])).toMatchObject({
    is: 'partlyBack',
    amount: real('40.50'),
    of: real('90'),
  });
  expect(is(paid(), event({ orderChange: 'AWAITING_REFUND' }))).toBe('awaited');
  expect(is(paid(), event({ orderChange: 'AWAITING_REFUND' }), refunded('90'))).toBe('back');
  // A bank that takes it back afterwards has the last word, and a refund after that.
  const chargeback = { respondBy: { instant: '2026-03-14T00:00:00.000Z' } };
  const taken = () => event({ orderChange: 'CHARGED_BACK', value: real('90'), chargeback });
  expect(verdictOf([paid(), taken()])).toMatchObject({ is: 'takenBack', respondBy: '2026-03-14T00:00:00.000Z' });
  expect(is(paid(), refunded('90'), taken())).toBe('takenBack');
  expect(is(paid(), taken(), refunded('90'))).toBe('back');
  expect(is(cancelled())).toBe('unknown');
  expect(is(cancelled({ refundExpected: true }))).toBe('promised');
  expect(is(cancelled({ refundExpected: false }))).toBe('refused');
  // Neither what is only to be cancelled nor what was known to be otherwise cancels anything.
  expect(is(paid(), cancelled({ isScheduled: true }))).toBe('kept');
  expect(is(paid(), cancelled({ superseded: true }))).toBe('kept');
  expect(is(event({ orderChange: 'OPENED' }), cancelled({ kind: 'ORDER' }))).toBe('unpaid');
  expect(is(cancelled({ kind: 'BOOKING', paymentStatus: 'NOT_PAID' }))).toBe('unpaid');
  const booked = event({ bookingChange: 'CREATED', paymentStatus: 'PAID' });
  expect(is(booked)).toBe('kept');
  expect(is(booked, cancelled({ kind: 'BOOKING', paymentStatus: 'PAID' }))).toBe('unknown');
  expect(is(cancelled({ kind: 'BOOKING', paymentStatus: 'REFUNDED' }))).toBe('back');
  expect(is(event({ __typename: 'LearnerActivity' }))).toBeNull();
});

it('CON10.3 tells things apart by what they are about and whose they are, and names what an event names', () => {
  const [first, second] = [event({}), event({ subject: 'ticket/7' })];
  const [other, again] = [event({ tenant: { id: 'eduzz:2', name: null } }), event({ mainOrderId: '2', charge: null })];
  expect(inOrder([again, other, second, first])).toEqual([first, second, other, again]);
  const chapters = chaptersOf([first, second, other, again, event({ subject: null })]);
  expect(chapters.map(({ tenant, subject, events: own }) => [tenant, subject, own.length])).toEqual([
    ['eduzz:40021', 'order/1', 2],
    ['eduzz:2', 'order/1', 1],
    ['eduzz:40021', 'ticket/7', 1],
  ]);
  const own = { tenant: 'eduzz:40021', subject: 'order/1' };
  const named = event({ mainOrderId: '1', parentSubscriptionId: '5', previousBookingId: 'b' });
  expect(relatedTo(own, [first, again, named]).map(({ subject }) => subject)).toEqual([
    'order/2',
    'subscription/5',
    'booking/b',
  ]);
});

it('CON10.5 counts a ticket as missing until somebody comes with it, and not when it was cancelled', () => {
  const ticket = (subject: string, ticketChange: string, more: Partial<TicketEvent> = {}): TicketEvent => ({
    ...event({ subject, __typename: 'TicketChange', occasion: { name: 'Noite de Choro' } }),
    ticketChange,
    ...more,
  });
  const told = [
    ...['ticket/1', 'ticket/2', 'ticket/3', 'ticket/4'].map((one) => ticket(one, 'ADDED')),
    ticket('ticket/1', 'CHECKED_IN'),
    ticket('ticket/2', 'CHECKED_IN'),
    ticket('ticket/2', 'CHECK_IN_UNDONE'),
    ticket('ticket/3', 'ADDED', { __typename: 'TicketCancellation' }),
    // Of another account, and of several at once.
    ticket('ticket/1', 'ADDED', { tenant: { id: 'eduzz:2' } }),
    ticket('occasion/9', 'ADDED'),
  ];
  const missing = ticketsOf(told).filter(({ isIn }) => !isIn);
  expect(missing.map(({ tenant, subject }) => [tenant, subject])).toEqual([
    ['eduzz:2', 'ticket/1'],
    ['eduzz:40021', 'ticket/4'],
    ['eduzz:40021', 'ticket/2'],
  ]);
});

it('CON10.6 asks the gateway for numbers, subjects and whole addresses, and for addresses only if people may be known', () => {
  expect(askedBy(' #5500123 ', false)).toMatchObject({ subjects: expect.arrayContaining(['order/5500123']) });
  expect(askedBy('order/5500123', false)).toEqual({ subjects: ['order/5500123'] });
  expect(askedBy('Ana@ficticia.example', true)).toEqual({ email: 'Ana@ficticia.example' });
  expect(askedBy('Ana@ficticia.example', false)).toBeNull();
  for (const text of ['', '12', 'Noite', 'Noite de 2026', 'ana@', '@ficticia.example', '/', 'order/'])
    expect(askedBy(text, true), text).toBeNull();
});
