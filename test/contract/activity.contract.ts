import { expect, it } from 'vitest';
import { type ActivityFilter, type Tally, MINUTE, QUARTER } from '../../src/events/activity.ts';
import { KINDS } from '../../src/events/cancellation.ts';
import type { AnswerCount } from '../../src/events/answer-count.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { NewEvent, RecordedEvent } from '../../src/events/event.ts';
import { worthOf } from '../../src/events/worth.ts';
import { Dice } from '../faults/dice.ts';
import { bySubject } from './erasure.contract.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';

const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 2, 29, 0, 59, 59, 999);
/** Round about them things occur: the first and the last moment that a date can say, both sides of 1970, and now. */
const MOMENTS = [Date.UTC(2000, 0) - 63_082_281_600_000, -QUARTER, 0, NOW, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];
const WHOLE = [-1e9 * QUARTER, 1e9 * QUARTER];
const FILTERS: readonly ActivityFilter[] = [
  {},
  { tenants: ['t1'] },
  { tenants: ['t0', 't2', 't0', 'nobody'] },
  { sources: ['a', 'c'] },
  { providers: ['p'], kinds: ['TICKET', 'ORDER'] },
  { tenants: ['t1', 't2'], sources: ['b'], providers: ['p', 'q'], kinds: ['TICKET', 'BOOKING', 'ORDER'] },
  { tenants: [] },
  { tenants: ['t1'], kinds: [] },
  { typenames: ['TicketChange'] },
  { tenants: ['t0', 't1'], typenames: ['OrderCancellation', 'TicketChange'], kinds: KINDS },
  { happened: ['PAID'] },
  { tenants: ['t0', 't2'], typenames: ['TicketChange'], happened: ['SCHEDULED', 'PAID'] },
  { happened: [] },
  { sources: ["'; DROP TABLE activity; --"] },
];

/** The promises of every adapter about activity, and about the counts of answers. */
export function describeActivity({ open, again }: LogUnderTest): void {
  it('LOG7.1 counts exactly what the log retains, after events were appended, refused, repeated, erased and deleted', async () => {
    let log = await open();
    const other = await again(log);
    const dice = new Dice(7);
    const given: NewEvent[] = [];
    for (let step = 0; step < 15; step += 1) {
      const events = Array.from({ length: dice.between(1, 30) }, () => eventOf(dice, step));
      const repeated = [dice.pick([...given, events[0]!]), events.at(-1)!];
      given.push(...events);
      const batch = dice.chance(0.3)
        ? [...events, newEvent({ receivedAt: Number.NaN, kind: 'TICKET' } as never)]
        : events;
      await Promise.all([log.append([...batch, ...repeated]), other.append(repeated)]);
      if (dice.chance(0.2))
        await other.erase(bySubject('s1', { source: 'a' }), { at: step, orderedBy: 'operator ana' });
      if (dice.chance(0.3)) await other.trim(step - dice.between(0, 4));
      if (dice.chance(0.2)) {
        await log.close();
        log = await again(log);
      }
      if (step % 2 === 0) continue;
      const kept = await everything(log);
      for (const [place, filter] of FILTERS.entries()) {
        const edges = [WHOLE, edgesOf(dice, QUARTER), edgesOf(dice, MINUTE)][(place + step) % 3]!;
        const { tallies } = await log.activity.count({ edges, filter });
        expect(tallies, JSON.stringify({ step, edges, filter })).toEqual(countedByHand(kept, edges, filter));
      }
      const { tallies: _tallies, ...extent } = await log.activity.count({ edges: WHOLE, filter: {} });
      const {
        events: _events,
        erasures: _erasures,
        ...said
      } = await log.read({ direction: 'backward', limit: 1, filter: {} });
      expect(said).toMatchObject(extent);
    }
    expect((await everything(log)).length).toBeGreaterThan(20);
    await log.trim(100);
    expect((await log.activity.count({ edges: WHOLE, filter: {} })).tallies).toEqual([]);
  });

  it('LOG7.2 begins each bucket at its edge and ends it before the next one, for every length, before and after 1970', async () => {
    const log = await open();
    const edges = [-HOUR - 7 * MINUTE, -HOUR, -MINUTE, 0, MINUTE, 2 * HOUR];
    const times = edges.flatMap((edge) => [edge - 1, edge]);
    await log.append(times.map((at) => cancellation({ occurredAt: { at, text: '' } })));
    const tallies = async (of: readonly number[]) =>
      (await log.activity.count({ edges: of, filter: {} })).tallies.map(({ from, events }) => [from, events]);
    expect(await tallies(edges)).toEqual(edges.slice(0, -1).map((edge) => [edge, 2]));
    expect(await tallies([-QUARTER, 0, QUARTER])).toEqual([
      [-QUARTER, 3],
      [0, 3],
    ]);
    expect(await tallies([edges.at(-1)! + MINUTE, edges.at(-1)! + 2 * MINUTE])).toEqual([]);
  });

  it('LOG7.1 takes only what the event says for a refund that is expected, and not what somebody wrote', async () => {
    const log = await open();
    const said = [true, false, null, undefined];
    const data = said.map((refundExpected) => ({
      title: '"refundExpected":true',
      '\\"refundExpected\\"': '"refundExpected":true',
      norefundExpected: true,
      refundExpected,
    }));
    await log.append(data.map((fields) => cancellation({ data: fields })));
    expect((await log.activity.count({ edges: WHOLE, filter: {} })).tallies).toMatchObject([
      { events: 4, refundsExpected: 1 },
    ]);
    // Only of cancellations, whatever others say.
    await log.append([newEvent({ data: { refundExpected: true } })]);
    expect((await log.activity.count({ edges: WHOLE, filter: {} })).tallies).toMatchObject([
      { kind: null, events: 1, refundsExpected: 0 },
      { kind: 'TICKET', events: 4, refundsExpected: 1 },
    ]);
  });

  it('LOG7.9 sums what events are worth exactly, however much it is, and counts what can’t be summed', async () => {
    const log = await open();
    const most = '900719925474.0991';
    const sold = (amount: string, currency = 'BRL') =>
      newEvent({ shape: 'OrderChange', happened: 'PAID', worth: worthOf({ amount, currency }) });
    // As a double, the sum would be off by far more than it should; and each is the largest that there may be.
    await log.append(Array.from({ length: 1_100 }, () => sold(most)));
    await log.append([sold('0.1'), sold('0.2'), sold('-7.25'), sold('1', 'eur'), sold('1', 'EUR')]);
    await log.append([sold('0.00001'), sold('12,50'), sold('900719925474.0992'), sold('1', 'what is it in?')]);
    await log.append([newEvent({ shape: 'OrderChange', happened: 'PAID' })]);
    const all = async () => {
      const { tallies } = await log.activity.count({ edges: WHOLE, filter: {} });
      return tallies.map(({ currency, events, unsummed, units }) => [currency, events, unsummed, units]);
    };
    expect(await all()).toEqual([
      [null, 2, 1, 0n],
      ['BRL', 1_106, 3, 1_100n * 9_007_199_254_740_991n - 69_500n],
      ['EUR', 2, 0, 20_000n],
    ]);
    await log.append([newEvent({ receivedAt: 3_000 })]);
    await log.trim(3_000);
    expect(await all()).toEqual([[null, 1, 0, 0n]]);
  });

  it('LOG7.10 does not count a scheduled cancellation as a cancellation, nor subtract it as one, whatever text the event has', async () => {
    const log = await open();
    const data = { title: 'SCHEDULED', refundExpected: true };
    const said = ['SCHEDULED', 'CANCELED', null].map((happened) => cancellation({ data, happened, receivedAt: 5 }));
    await log.append([...said, cancellation({ happened: 'CANCELED', receivedAt: 6 })]);
    const counts = async () => {
      const { tallies } = await log.activity.count({ edges: WHOLE, filter: {} });
      return tallies.map(({ kind, happened, events, refundsExpected }) => [kind, happened, events, refundsExpected]);
    };
    expect(await counts()).toEqual([
      [null, 'SCHEDULED', 1, 0],
      ['TICKET', null, 1, 1],
      ['TICKET', 'CANCELED', 2, 1],
    ]);
    await log.trim(6);
    expect(await counts()).toEqual([['TICKET', 'CANCELED', 1, 0]]);
  });

  it('LOG7.1 counts for a thousand tenants as for one', async () => {
    const log = await open();
    const tenants = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
    for (let from = 0; from < tenants.length; from += 250) {
      const some = tenants.slice(from, from + 250);
      await log.append(some.map((tenant) => cancellation({ tenant, occurredAt: { at: NOW, text: '' } })));
    }
    const count = async (filter: ActivityFilter) =>
      (await log.activity.count({ edges: WHOLE, filter })).tallies.map(({ events }) => events);
    expect(await count({})).toEqual([1_000]);
    expect(await count({ tenants: tenants.slice(500) })).toEqual([500]);
  });

  it('LOG8.1 adds up how deliveries were answered, by source, outcome and hour, in all processes and when it is opened again', async () => {
    const log = await open();
    const other = await again(log);
    const answer = (source: string, outcome: string, hour: number, count: number, minute: number): AnswerCount => ({
      source,
      outcome,
      hour: hour * HOUR,
      count,
      lastAt: hour * HOUR + minute * MINUTE,
    });
    await log.answers.add([]);
    await Promise.all([
      log.answers.add([answer('wix', 'accepted', 5, 3, 9), answer('wix', 'accepted', 5, 1, 8)]),
      other.answers.add([answer('wix', 'accepted', 5, 10, 7), answer('eduzz', 'duplicate', 6, 2, 1)]),
    ]);
    await other.answers.add([answer('wix', 'accepted', 6, 1, 0), answer('wix', 'accepted', 4, 1, 0)]);
    await log.close();
    const reopened = await again(log);
    expect(await reopened.answers.list(5 * HOUR)).toEqual([
      answer('eduzz', 'duplicate', 6, 2, 1),
      answer('wix', 'accepted', 5, 14, 9),
      answer('wix', 'accepted', 6, 1, 0),
    ]);
    expect(await reopened.answers.list(0)).toHaveLength(4);
    // An hour goes when all of it is over.
    await reopened.trim(6 * HOUR - 1);
    expect((await reopened.answers.list(0)).map(({ hour }) => hour / HOUR)).toEqual([6, 5, 6]);
    await reopened.trim(6 * HOUR);
    expect((await reopened.answers.list(0)).map(({ hour }) => hour / HOUR)).toEqual([6, 6]);
  });
}

function cancellation(fields: Partial<NewEvent> = {}): NewEvent {
  return newEvent({ shape: 'TicketCancellation', kind: 'TICKET', ...fields });
}

function eventOf(dice: Dice, receivedAt: number): NewEvent {
  const source = dice.pick(['a', 'b', 'c']);
  const near = dice.pick([1_000, QUARTER, 3 * HOUR]);
  return newEvent({
    source,
    provider: source === 'b' ? 'q' : 'p',
    tenant: `t${dice.between(0, 3)}`,
    subject: `s${dice.between(0, 3)}`,
    kind: dice.pick([null, 'TICKET', 'BOOKING', 'ORDER']),
    shape: dice.pick(['TicketChange', 'OrderCancellation']),
    happened: dice.pick([null, 'PAID', 'SCHEDULED']),
    worth: dice.pick([
      null,
      worthOf({
        amount: `${dice.between(-1e12, 1e12)}.${dice.between(0, 9_999)}`,
        currency: dice.pick(['BRL', 'eur']),
      }),
    ]),
    occurredAt: { at: dice.pick(MOMENTS) + dice.between(-near, near), text: '' },
    receivedAt,
    data: {
      title: '"refundExpected":true',
      refundExpected: dice.pick([true, false, null]),
    },
  } as never);
}

/** Of odd lengths, round about one of the moments. */
function edgesOf(dice: Dice, unit: number): number[] {
  const edges = [Math.floor(dice.pick(MOMENTS) / unit) * unit - dice.between(0, 20) * unit];
  while (edges.length < 12) edges.push(edges.at(-1)! + dice.between(1, 8) * unit);
  return edges;
}

async function everything(log: EventLog): Promise<readonly RecordedEvent[]> {
  return (await log.read({ direction: 'forward', limit: 10_000, filter: {} })).events;
}

function countedByHand(events: readonly RecordedEvent[], edges: readonly number[], filter: ActivityFilter): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { occurredAt, source, provider, kind: said, shape, happened, worth, tenant, data } of events) {
    const kind = happened === 'SCHEDULED' ? null : said;
    const from = edges.findLast((edge) => edge <= occurredAt.at);
    if (from === undefined || occurredAt.at >= edges.at(-1)!) continue;
    if (filter.tenants?.includes(tenant) === false || filter.sources?.includes(source) === false) continue;
    if (filter.providers?.includes(provider) === false || filter.typenames?.includes(shape) === false) continue;
    if (filter.happened && (happened === null || !filter.happened.includes(happened))) continue;
    if (filter.kinds && (kind === null || !filter.kinds.includes(kind))) continue;
    const currency = worth?.currency || null;
    const sort = [source, provider, kind ?? '', shape, happened ?? '', currency ?? ''];
    const key = JSON.stringify([edges.indexOf(from) + 1e6, ...sort]);
    const before = tallies.get(key) ?? { events: 0, refundsExpected: 0, unsummed: 0, units: 0n };
    const refund = kind !== null && (data as { readonly refundExpected?: unknown }).refundExpected === true ? 1 : 0;
    tallies.set(key, {
      from,
      source,
      provider,
      kind,
      shape,
      happened,
      currency,
      events: before.events + 1,
      refundsExpected: before.refundsExpected + refund,
      unsummed: before.unsummed + (worth && worth.units === null ? 1 : 0),
      units: before.units + BigInt(worth?.units ?? 0),
    });
  }
  return [...tallies].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, tally]) => tally);
}
