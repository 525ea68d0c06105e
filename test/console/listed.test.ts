import { expect, it } from 'vitest';
import { daysOf } from '../../console/feed/days.ts';
import { addressNow, eventFilterOf, filterOf, matcherOf } from '../../console/parts/filter.ts';
import { es } from '../../console/words/es.ts';
import { labelsEn } from '../../console/words/labels-en.ts';
import { labelsEs } from '../../console/words/labels-es.ts';
import { labelsPtBr } from '../../console/words/labels-pt-br.ts';
import { en } from '../../console/words/en.ts';
import { ptBR } from '../../console/words/pt-br.ts';
import { canceledRow } from '../support/live-page.ts';

const HOUR = 3_600_000;
const now = new Date(2026, 10, 28, 15, 0).getTime();
const at = (back: number) => new Date(now - back).toISOString();

function row(n: number, occurred: number, received = occurred) {
  return canceledRow(n, { occurredAt: at(occurred), receivedAt: at(received) });
}

it('CON3.5 puts rows under their days, and what came late among those of the day when it came', () => {
  const day = (moment: number) => `on the ${new Date(moment).getDate()}th`;
  // The second came two days late, and the clock of who sent the first is ahead by a day.
  const rows = [row(5, -24 * HOUR, 0), row(4, 50 * HOUR, HOUR), row(3, 2 * HOUR), row(2, 20 * HOUR), row(1, 70 * HOUR)];
  const dayOf = daysOf({ rows, now, words: en, day });
  expect(rows.map(dayOf)).toEqual(['Today', 'Today', 'Today', 'Yesterday', 'on the 25th']);
});

it('CON3.6 asks the gateway for what happened as far as it can, and looks at the rest itself', () => {
  const of = (search: string) => filterOf(new URLSearchParams(search));
  const paid = { ...canceledRow(1).node, __typename: 'OrderChange', orderChange: 'PAID' };
  delete (paid as { kind?: unknown }).kind;
  expect(eventFilterOf(of(''))).toEqual({});
  expect(matcherOf(of(''))).toBeNull();
  // Whatever cancels something cancels it, of a type of one's own as well.
  expect(eventFilterOf(of('what=cancelled'))).toEqual({ kinds: ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] });
  expect(matcherOf(of('what=cancelled'))).toBeNull();
  expect(eventFilterOf(of('what=carts'))).toEqual({ typenames: ['CartAbandonment'] });
  expect(matcherOf(of('what=carts'))).toBeNull();
  expect(eventFilterOf(of('what=refunded&source=eduzz'))).toEqual({
    typenames: ['OrderChange'],
    happened: ['REFUNDED', 'AWAITING_REFUND'],
    sources: ['eduzz'],
  });
  expect(matcherOf(of('what=refunded'))).toBeNull();
  expect(eventFilterOf(of('what=paid&type=BookingChange'))).toEqual({
    typenames: ['BookingChange'],
    happened: ['PAID'],
  });
  expect(eventFilterOf(of('what=paid&type=Parcel'))).toEqual({ typenames: [], happened: ['PAID'] });
  expect(eventFilterOf(of('what=other'))).toEqual({});
  expect(matcherOf(of('what=other'))!({ ...paid, orderChange: 'OPENED' })).toBe(true);
  expect(matcherOf(of('what=other'))!(paid)).toBe(false);
  expect(eventFilterOf(of('source=eduzz&text=+joao '))).toEqual({ sources: ['eduzz'], search: 'joao' });
  expect(matcherOf(of('text=joao'))).toBeNull();
});

it.each([
  ['', '?what=cancelled'],
  ['open=x', '?open=x&what=cancelled'],
  ['kind=TICKET&from=2026-03-01T12:10Z', '?kind=TICKET&from=2026-03-01T12%3A10Z'],
  ['type=*&at=c', '?at=c'],
  ['type=OrderChange', '?type=OrderChange'],
])('CON3.6 leads addresses of before to what they showed: %s', (search, expected) => {
  expect(addressNow(new URLSearchParams(search))).toBe(expected);
});

/** Paths to words. Lists of providers' words are left out, since English needs fewer. */
function keysOf(words: object, path = ''): string[] {
  return Object.entries(words).flatMap(([name, value]) => {
    const key = path ? `${path}.${name}` : name;
    return typeof value === 'object' && value !== null ? keysOf(value, key) : [key];
  });
}

it.each([
  ['Portuguese', ptBR, labelsPtBr],
  ['Spanish', es, labelsEs],
] as const)('CON6.9 says in %s all that it says in English, and nothing in English', (_name, words, labels) => {
  const theirs = new Set(keysOf(words));
  expect(keysOf(en).filter((key) => !theirs.has(key))).toEqual([]);
  // Types are called by their names in English where those are words already.
  const english = new Set(keysOf(en));
  expect([...theirs].filter((key) => !english.has(key) && !key.startsWith('types.'))).toEqual([]);
  const known = new Set([...keysOf(labels.fields), ...keysOf(labels.enums)]);
  expect([...keysOf(labelsEn.fields), ...keysOf(labelsEn.enums)].filter((key) => !known.has(key))).toEqual([]);
  expect(known).toEqual(new Set([...keysOf(labelsPtBr.fields), ...keysOf(labelsPtBr.enums)]));
});
