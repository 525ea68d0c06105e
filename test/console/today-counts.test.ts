import { expect, it } from 'vitest';
import { HAPPENINGS, happeningOf, toldBy } from '../../console/parts/happened.ts';
import { amountsOf, plus } from '../../console/parts/money.ts';
import { type CountedHour, type TypeCount, added, growth, totalsOf, until } from '../../console/today/counts.ts';
import { daysAt, sameTime } from '../../console/today/days.ts';
import { type Disputed, courseOf, disputesOf } from '../../console/today/dispute.ts';
import { ledgerOf } from '../../console/today/ledger.ts';
import { SHIPPED } from '../../src/types/shipped.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function count(typename: string, happened: string | null, amount?: string, events = 1): TypeCount {
  const amounts = amount === undefined ? [] : [{ amount, currency: 'BRL' }];
  return { typename, happened, events, amounts, unsummed: 0 };
}

function bucket(startsAt: number, length: number, ...types: TypeCount[]): CountedHour {
  return { startsAt, endsAt: startsAt + length, types };
}

it('CON9.1 counts a day until the same minute, and sums money exactly, each currency for itself', () => {
  const paid = count('OrderChange', 'PAID', '0.1');
  const hours = [bucket(0, HOUR, paid), bucket(HOUR, HOUR, paid, paid), bucket(2 * HOUR, HOUR, paid)];
  const minutes = [0, 1, 2].map((minute) => bucket(HOUR + minute * MINUTE, MINUTE, paid));
  const counted = until(HOUR + 2 * MINUTE, hours, minutes);
  expect(totalsOf(counted).paid.events).toBe(3);
  // 0.1 three times is 0.3 and not 0.30000000000000004.
  expect(amountsOf(totalsOf(counted).paid.sums)).toEqual([{ currency: 'BRL', amount: '0.3000' }]);
  // At the full hour there is no minute to add, and no hour is counted twice.
  expect(totalsOf(until(HOUR, hours, minutes)).paid.events).toBe(1);
  expect(totalsOf(until(0, hours, minutes)).paid.events).toBe(0);

  const two = plus(plus(new Map(), [{ amount: '12.5', currency: 'BRL' }]), [{ amount: '-2', currency: 'EUR' }]);
  expect(amountsOf(plus(two, [{ amount: 'many', currency: 'EUR' }, null]))).toEqual([
    { currency: 'BRL', amount: '12.5000' },
    { currency: 'EUR', amount: '-2.0000' },
  ]);
});

it('CON9.2 adds what happens now to its hour, and a check-in that is undone takes one back', () => {
  let hours: readonly CountedHour[] = [bucket(0, HOUR), bucket(HOUR, HOUR)];
  for (let round = 0; round < 3; round += 1) hours = added(hours, HOUR + 5, count('TicketChange', 'CHECKED_IN'));
  hours = added(hours, HOUR + 9, count('TicketChange', 'CHECK_IN_UNDONE'));
  // Of another day.
  hours = added(hours, 2 * HOUR, count('TicketChange', 'CHECKED_IN'));
  expect(totalsOf(hours).checkedIn.events).toBe(2);
  // However many come, there is one line of a sort.
  expect(hours.map(({ types }) => types.length)).toEqual([0, 2]);
  expect(growth(12, 10, 10)).toBeCloseTo(0.2);
  expect(growth(12, 2, 2)).toBeNull();
});

it('CON9.1 takes yesterday and the week before by the date, also where a day has another length', () => {
  const now = new Date(2026, 10, 28, 21, 4, 30).getTime();
  const { today, yesterday, week } = daysAt(now);
  expect([today, yesterday, week].map(({ from }) => new Date(from).getDate())).toEqual([28, 27, 21]);
  expect(yesterday.to).toBe(today.from);
  expect(sameTime(now, week)).toBe(new Date(2026, 10, 21, 21, 4, 30).getTime());
});

it('CON9.3 tells by what was sold and by service what happened to it, and until when a charge can be answered', () => {
  const value = { amount: '90', currency: 'BRL' };
  const order = (orderChange: string) => ({
    __typename: 'OrderChange',
    id: orderChange,
    title: 'Choro',
    orderChange,
    value,
  });
  const ticket = (ticketChange: string) => ({
    __typename: 'TicketChange',
    id: ticketChange,
    occasion: { name: 'Choro' },
    ticketChange,
  });
  const dispute = { ...order('CHARGED_BACK'), chargeback: { respondBy: { instant: '2026-12-05T12:00:00.000Z' } } };
  const events = [
    order('PAID'),
    order('REFUNDED'),
    dispute,
    ticket('ADDED'),
    ticket('CHECKED_IN'),
    { __typename: 'TicketCancellation', id: 'c', title: 'Choro' },
    { __typename: 'BookingChange', id: 'b', title: 'Yoga', bookingChange: 'CREATED' },
    // Nothing says what it was.
    { __typename: 'BookingChange', id: 'n', title: null, bookingChange: 'CREATED' },
  ];
  const { sold, services } = ledgerOf(events);
  expect(sold).toMatchObject([{ name: 'Choro', paid: 1, refunded: 1, tickets: 1, checkedIn: 1, cancelled: 1 }]);
  expect(amountsOf(sold[0]!.sums)).toEqual([{ currency: 'BRL', amount: '90.0000' }]);
  expect(services).toMatchObject([{ name: 'Yoga', booked: 1 }]);
});

it('CON9.5 says of a charge back whether the deadline is soon or over, and what became of it, by what was told last', () => {
  const now = Date.parse('2026-12-01T12:00:00.000Z');
  const day = (days: number) => new Date(now + days * 86_400_000).toISOString();
  const event = (orderChange: string, subject: string, chargeback: object | null, more = {}) => ({
    __typename: 'OrderChange',
    id: `${orderChange} ${subject}`,
    subject,
    orderChange,
    chargeback: chargeback && { respondBy: null, ...chargeback },
    ...more,
  });
  const by = (days: number) => ({ respondBy: { instant: day(days) } });
  // Newest first.
  const events = [
    event('PAID', 'order/won', { status: 'WON', finishedAt: { instant: day(-1) } }),
    event('REFUNDED', 'order/lost', { status: 'lost', finishedAt: { instant: day(-2) } }),
    event('PAID', 'order/closed', { status: 'arquivado', finishedAt: { instant: day(-3) } }),
    event('PAID', 'order/none', null),
    event('CHARGED_BACK', 'order/later', by(10)),
    event('CHARGED_BACK', 'order/soon', by(2)),
    event('CHARGED_BACK', 'order/passed', by(-1)),
    event('CHARGED_BACK', 'order/long-over', by(-8)),
    event('CHARGED_BACK', 'order/undated', null),
    event('CHARGED_BACK', 'order/won', by(20), { title: 'Choro' }),
    event('CHARGED_BACK', 'order/lost', by(20)),
    event('CHARGED_BACK', 'order/closed', by(20)),
    event('CHARGED_BACK', 'order/long-won', { status: 'won', finishedAt: { instant: day(-8) } }),
  ];
  const told = disputesOf(events, now);
  expect(told.map((one: Disputed) => [one.subject, courseOf(one, now)])).toEqual([
    ['order/passed', 'passed'],
    ['order/soon', 'soon'],
    ['order/later', 'open'],
    ['order/undated', 'undated'],
    ['order/won', 'won'],
    ['order/lost', 'lost'],
    ['order/closed', 'closed'],
  ]);
  // What only the first event said is not forgotten.
  expect(told.find(({ subject }) => subject === 'order/won')).toMatchObject({ title: 'Choro', respondBy: day(20) });
});

it('CON9.4 sorts events of every type by what happened', () => {
  expect(happeningOf('OrderChange', 'PAID')).toBe('paid');
  expect(happeningOf('SubscriptionCancellation', undefined)).toBe('cancelled');
  expect(happeningOf('TicketChange', 'PRINTED')).toBe('other');
  // Names of somebody's own types, which may be those of an object's members.
  expect(happeningOf('constructor', null)).toBe('other');
});

it('CON9.4 asks the gateway for each happening, and for nothing else', () => {
  const wordsOf = (name: string): readonly (string | null)[] => {
    const { happened, members } = SHIPPED.find((type) => type.name === name)!;
    const of = members.find((member) => member.name === happened)?.of;
    return of?.is === 'enum' ? of.words : [null];
  };
  for (const happening of HAPPENINGS) {
    if (happening === 'other') continue;
    const { typenames, happened } = toldBy(happening);
    const told = typenames.flatMap((name) => wordsOf(name).map((word) => ({ name, word })));
    const found = told.filter(({ word }) => !happened || (word !== null && happened.includes(word)));
    expect(found, happening).toEqual(told.filter(({ name, word }) => happeningOf(name, word) === happening));
    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(typenames));
  }
});
