import { expect, it } from 'vitest';
import { age } from '../../console/overview/age.ts';
import { RANGES, type Range, type RangeId, askedAsOf, spanBefore, spanOf } from '../../console/overview/range.ts';
import { heightsOf, layersOf } from '../../console/overview/stack.ts';
import { type Bucket, type Tally, added, filtered, growth, shownAt, sum } from '../../console/overview/tally.ts';
import { ticksOf } from '../../console/overview/ticks.ts';
import { edgesBetween } from '../../src/events/buckets.ts';
import { TimeZone } from '../../src/events/time-zone.ts';

process.env['TZ'] = 'America/New_York';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ONE: Tally = { source: 'eduzz', kind: 'TICKET', events: 1, refundsExpected: 0, amounts: [] };
const range = (id: RangeId): Range => RANGES.find((known) => known.id === id)!;

/** What the gateway answers: its buckets of a span, with so many in each. */
function answered(id: RangeId, span: { from: string; to: string }, cancellations: (at: number) => number): Bucket[] {
  const zone = new TimeZone('America/New_York');
  const edges = edgesBetween(zone, range(id).size, Date.parse(span.from), Date.parse(span.to));
  return edges.slice(1).map((endsAt, index) => {
    const startsAt = edges[index]!;
    const count = cancellations(startsAt);
    return { startsAt, endsAt, tallies: count > 0 ? [{ ...ONE, events: count }] : [] };
  });
}

// Clocks are put back on 1 November at 2:00 and forth on 8 March at 2:00.
const MOMENTS = [
  '2026-11-01T05:30:00Z',
  '2026-11-01T06:30:00Z',
  '2026-11-02T00:30:00-05:00',
  '2026-03-09T00:30:00-04:00',
];

it.each(RANGES)('CON4.2 shows as many buckets as it says, until it asks again: $id', ({ id, size, buckets, spare }) => {
  const length = { MINUTE, HOUR, DAY: 24 * HOUR }[size];
  for (const moment of MOMENTS) {
    const opened = Date.parse(moment);
    for (const later of [0, 1, spare / 2, spare - 1 / 60]) {
      const now = opened + later * length;
      expect(askedAsOf(range(id), opened, now)).toBe(opened);
      const shown = shownAt(
        answered(id, spanOf(range(id), opened), () => 0),
        range(id),
        now,
      );
      expect(shown).toHaveLength(buckets);
      expect(shown.at(-1)!.startsAt).toBeLessThanOrEqual(now);
      expect(shown.at(-1)!.endsAt).toBeGreaterThan(now);
      const before = answered(id, spanBefore(range(id), opened), () => 0);
      expect(before.filter(({ startsAt }) => startsAt < shown[0]!.startsAt).length).toBeGreaterThanOrEqual(buckets);
      expect(before.findLast(({ startsAt }) => startsAt < shown[0]!.startsAt)!.endsAt).toBe(shown[0]!.startsAt);
    }
    const period = spare * length;
    expect(askedAsOf(range(id), opened, opened + period)).toBe(opened + period);
  }
});

it('CON4.2 adds a cancellation to the bucket in which it occurred, and to no bucket if that one is not shown', () => {
  const opened = Date.parse('2026-11-02T12:00:00-05:00');
  const days = answered('30d', spanOf(range('30d'), opened), () => 0);
  // A day of 25 hours: its last minute is its own.
  const at = Date.parse('2026-11-01T23:59:00-05:00');
  const changed = added(added(days, at, ONE), at, { ...ONE, refundsExpected: 1 });
  const [day, ...others] = changed.filter(({ tallies }) => tallies.length > 0);
  expect(others).toEqual([]);
  expect(day).toEqual({
    startsAt: Date.parse('2026-11-01T00:00:00-04:00'),
    endsAt: Date.parse('2026-11-02T00:00:00-05:00'),
    tallies: [{ ...ONE, events: 2, refundsExpected: 1 }],
  });
  expect(added(days, days[0]!.startsAt - 1, ONE)).toBe(days);
  expect(added(days, days.at(-1)!.endsAt, ONE)).toBe(days);
  const other = added(changed, at, { ...ONE, kind: 'ORDER' });
  expect(sum(other, 'events')).toBe(3);
  const filter = { source: null, tenant: null, kind: 'ORDER', type: null, what: null, text: null } as const;
  expect(sum(filtered(other, filter), 'events')).toBe(1);
});

it('CON4.2 moves on with the time, and shows events of a provider whose clock is ahead of the viewer’s', () => {
  const opened = Date.parse('2026-11-02T12:00:30Z');
  const minutes = answered('1h', spanOf(range('1h'), opened), () => 0);
  const last = (buckets: readonly Bucket[], now: number) => shownAt(buckets, range('1h'), now).at(-1)!.startsAt;
  expect(last(minutes, opened)).toBe(Date.parse('2026-11-02T12:00:00Z'));
  expect(last(minutes, opened + MINUTE)).toBe(Date.parse('2026-11-02T12:01:00Z'));
  expect(last(added(minutes, opened + 2 * MINUTE, ONE), opened)).toBe(Date.parse('2026-11-02T12:02:00Z'));
  expect(last(added(minutes, opened + 20 * MINUTE, ONE), opened)).toBe(Date.parse('2026-11-02T12:00:00Z'));
});

it('CON4.3 compares with the same time before, if there is enough to compare', () => {
  const opened = Date.parse('2026-11-04T12:30:00Z');
  const compare = (before: number, now: number, oldest: number | null = 0) => {
    const shown = shownAt(
      answered('24h', spanOf(range('24h'), opened), () => now),
      range('24h'),
      opened,
    );
    const earlier = answered('24h', spanBefore(range('24h'), opened), () => before);
    return growth(shown, { buckets: earlier, oldest }, opened);
  };
  // Half of the running hour has passed, so that its counterpart counts half.
  expect(compare(2, 3)).toBeCloseTo(72 / 47 - 1);
  expect(compare(2, 0)).toBe(-1);
  expect(compare(0, 3)).toBeNull();
  // The log begins within the time that it would be compared with.
  expect(compare(2, 3, opened - 40 * HOUR)).toBeNull();
  expect(compare(2, 3, opened - 50 * HOUR)).not.toBeNull();
  expect(compare(2, 3, null)).toBeNull();
});

it('CON4.3 stacks what it tells apart, each in the colour that it always has', () => {
  const bucket = (tallies: Tally[]) => ({ startsAt: 0, endsAt: 1, tallies });
  const buckets = [
    bucket([ONE, { ...ONE, kind: 'ORDER', events: 2 }]),
    bucket([{ ...ONE, source: 'wix', kind: 'ORDER', events: 4 }]),
  ];
  const kinds = layersOf(buckets, 'kind', []);
  expect(kinds).toEqual([
    { name: 'TICKET', colour: 0, counts: [1, 0], total: 1 },
    { name: 'ORDER', colour: 2, counts: [2, 4], total: 6 },
  ]);
  expect(heightsOf(kinds)).toEqual([
    [3, 4],
    [1, null],
  ]);
  expect(layersOf(buckets.slice(1), 'source', ['eduzz', 'wix'])).toEqual([
    { name: 'wix', colour: 1, counts: [4], total: 4 },
  ]);
});

it('CON4.2 says how long ago something was, and that it is now if a clock is ahead', () => {
  const ages = [-5_000, 30_000, MINUTE, 59.9 * MINUTE, HOUR, 47 * HOUR, 48 * HOUR, 24 * 30 * HOUR];
  expect(ages.map((past) => age('en', 1e12, 1e12 + past))).toEqual([
    'now',
    'now',
    '1 minute ago',
    '59 minutes ago',
    '1 hour ago',
    '47 hours ago',
    '2 days ago',
    '30 days ago',
  ]);
  expect(age('pt-BR', 0, 3 * HOUR)).toBe('há 3 horas');
});

it('CON6.4 names round times of the viewer’s clocks on the axis, no more than fit', () => {
  const timeZone = 'America/New_York';
  const named = (id: RangeId, most: number, opened = Date.parse('2026-11-03T12:34:00-05:00')) => {
    const shown = shownAt(
      answered(id, spanOf(range(id), opened), () => 0),
      range(id),
      opened,
    );
    const starts = shown.map(({ startsAt }) => startsAt);
    return ticksOf(starts, range(id).size, timeZone, most).map((index) => new Date(starts[index]!));
  };
  expect(named('1h', 5).map((at) => at.getMinutes())).toEqual([45, 0, 15, 30]);
  expect(named('1h', 20).map((at) => at.getMinutes())).toEqual([35, 40, 45, 50, 55, 0, 5, 10, 15, 20, 25, 30]);
  expect(named('24h', 6).map((at) => at.getHours())).toEqual([18, 0, 6, 12]);
  // Over the night when an hour came twice.
  expect(named('7d', 8).map((at) => `${at.getDate()}. ${at.getHours()}`)).toEqual([
    '28. 0',
    '29. 0',
    '30. 0',
    '31. 0',
    '1. 0',
    '2. 0',
    '3. 0',
  ]);
  expect(named('30d', 5).map((at) => at.getDay())).toEqual([1, 1, 1, 1, 1]);
  expect(named('90d', 4).length).toBeLessThanOrEqual(4);
});
