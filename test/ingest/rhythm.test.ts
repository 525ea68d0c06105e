import { expect, it } from 'vitest';
import { HOUR, hourOf } from '../../src/events/answer-count.ts';
import { silenceOf } from '../../src/ingest/rhythm.ts';

const WEEK = 168 * HOUR;
/** A Monday, in milliseconds. */
const BEGIN = Date.UTC(2026, 0, 5);

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When deliveries come, if so many an hour are usual at each moment: Poisson, by thinning. */
function arrivals(rate: (at: number) => number, most: number, weeks: number, seed: number): number[] {
  const next = random(seed);
  const times: number[] = [];
  for (let at = BEGIN; ;) {
    at += (-Math.log(1 - next()) / most) * HOUR;
    if (at >= BEGIN + weeks * WEEK) return times;
    if (next() < rate(at) / most) times.push(at);
  }
}

function heardOf(times: readonly number[]): Map<number, number> {
  const heard = new Map<number, number>();
  for (const at of times) heard.set(hourOf(at), (heard.get(hourOf(at)) ?? 0) + 1);
  return heard;
}

/** How often a silence is told while deliveries come, looked for just before each that comes after an empty hour. */
function alarmsIn(times: readonly number[]): number {
  const heard = new Map<number, number>();
  let alarms = 0;
  for (const [index, at] of times.entries()) {
    const before = times[index - 1];
    if (before !== undefined && at - before > 2 * HOUR && silenceOf(heard, before, at)) alarms += 1;
    heard.set(hourOf(at), (heard.get(hourOf(at)) ?? 0) + 1);
  }
  return alarms;
}

const isDay = (at: number) => new Date(at).getUTCHours() >= 10 && new Date(at).getUTCHours() < 22;
const isWorkday = (at: number) => ![0, 6].includes(new Date(at).getUTCDay());
/** Each with what it has in its busiest hour. */
const sources = {
  'one a day': [() => 1 / 24, 1 / 24],
  'ten a day': [() => 10 / 24, 10 / 24],
  'two hundred a day': [() => 200 / 24, 200 / 24],
  'by day alone': [(at: number) => (isDay(at) ? 10 : 0), 10],
  'by day, and a little at night': [(at: number) => (isDay(at) ? 5 : 0.1), 5],
  'on workdays alone': [(at: number) => (isDay(at) && isWorkday(at) ? 4 : 0), 4],
} as const;

it.each(Object.entries(sources))(
  'OPS14.1 hardly ever takes a source for silent that goes on as usual: %s',
  (_name, [rate, most]) => {
    const alarms = [1, 2].map((seed) => alarmsIn(arrivals(rate, most, 26, seed)));
    // A year together.
    expect(alarms.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
  },
);

it.each([
  ['ten a day', 48],
  ['two hundred a day', 8],
  ['by day alone', 36],
  ['by day, and a little at night', 36],
  ['on workdays alone', 96],
] as const)('OPS14.1 tells of a source that has gone silent: %s, within %i hours', (name, within) => {
  const [rate, most] = sources[name];
  for (const seed of [1, 2, 3, 4, 5]) {
    const times = arrivals(rate, most, 8, seed);
    const heard = heardOf(times);
    const last = times.at(-1)!;
    const silence = silenceOf(heard, last, last + within * HOUR);
    expect(silence, `seed ${seed}`).toMatchObject({ since: last });
    expect(silence!.expected).toBeGreaterThan(3);
    // Once silent it stays so, also when it has been for weeks.
    expect(silenceOf(heard, last, last + 3 * WEEK)).not.toBeNull();
  }
});

it('OPS14.1 takes no night, no weekend and no hour by which summer time moves a batch for a silence', () => {
  const times = arrivals(...sources['on workdays alone'], 8, 7);
  const friday = times.filter((at) => new Date(at).getUTCDay() === 5).at(-1)!;
  const until = times.filter((at) => at <= friday);
  expect(silenceOf(heardOf(until), friday, friday + 60 * HOUR)).toBeNull();
  // A thousand at once, each day at one time, and from one day on an hour later.
  const batches = (days: number) => Array.from({ length: days }, (_, day) => BEGIN + day * 24 * HOUR + 3.9 * HOUR);
  const heard = new Map(batches(40).map((at) => [hourOf(at), 1_000]));
  const last = batches(40).at(-1)!;
  expect(silenceOf(heard, last, last + 25 * HOUR)).toBeNull();
  expect(silenceOf(heard, last, last + 27 * HOUR)).not.toBeNull();
});

it('OPS14.1 says nothing of a source with too little history, and is not misled by an outage that it was told of before', () => {
  const [rate, most] = sources['two hundred a day'];
  const times = arrivals(rate, most, 8, 3);
  const young = times.filter((at) => at > times.at(-1)! - 1.9 * WEEK);
  expect(silenceOf(heardOf(young), times.at(-1)!, times.at(-1)! + WEEK)).toBeNull();
  expect(silenceOf(new Map(), BEGIN, BEGIN + WEEK)).toBeNull();
  const rare = arrivals(() => 1 / 72, 1 / 72, 8, 3);
  expect(silenceOf(heardOf(rare), rare.at(-1)!, rare.at(-1)! + 8 * WEEK)).toBeNull();
  const outage = times.filter((at) => at < BEGIN + 6 * WEEK || at > BEGIN + 6 * WEEK + 3 * 24 * HOUR);
  const last = outage.at(-1)!;
  expect(silenceOf(heardOf(outage), last, last + 12 * HOUR)).not.toBeNull();
});
