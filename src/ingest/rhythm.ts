import { HOUR, hourOf } from '../events/answer-count.ts';
import type { Silence } from '../events/told-silence.ts';

/** How many deliveries came in each hour, by the beginning of the hour. Hours without deliveries are left out. */
export type Heard = ReadonlyMap<number, number>;

const WEEK = 168;
/** A rhythm is learned from the four weeks before the last delivery. */
const LEARNED = 4 * WEEK;
/** The least history of a source. With less, no silence is reported. */
export const LEAST = { hours: 2 * WEEK, deliveries: 50 };
/** How many weeks of hours must be known so that a silence of a month is still reported. */
export const KNOWN_WEEKS = 10;

/**
 * A silence is reported if its chance is below e^-12, about one in 160,000, for a source whose rhythm doesn't change. The
 * chance is taken after each delivery. So for a source with a hundred deliveries a day, a false report comes about once in four
 * years.
 */
const SURPRISING = 12;
/** Sources have bursts and lulls of their own: a silence must be longer than earlier ones, by this factor. */
const LONGER = 1.5;
/** The upper bound, since otherwise several earlier outages would hide the next one. */
const MOST_SURPRISING = 4 * SURPRISING;
/** The bounds of how much the hours of one source may differ: see `spreadOf`. */
const SPREAD = { least: 0.05, most: 50 };

/**
 * Returns the silence of a source that is silent for longer than its own rhythm suggests; null if it is not, or if nobody can
 * know.
 *
 * Each empty hour of the week (UTC) adds surprise, depending on how many deliveries it usually has and how much that number
 * varies. So a source that is quiet at night causes no report at night. The surprise of a silence is the negative logarithm of
 * its chance, -ln(p). Only whole hours count, and the last one does not: deliveries that come by the clock may come an hour
 * later, as when summer time ends.
 */
export function silenceOf(heard: Heard, lastAt: number, now: number): Silence | null {
  const last = hourOf(lastAt) / HOUR;
  const hours = [...heard]
    .map(([hour, count]) => [hour / HOUR, count] as const)
    .toSorted(([one], [other]) => one - other);
  const first = Math.max(hours[0]?.[0] ?? last, last - LEARNED);
  const learned = hours.filter(([hour]) => hour >= first && hour <= last);
  const deliveries = learned.reduce((sum, [, count]) => sum + count, 0);
  if (last - first < LEAST.hours || deliveries < LEAST.deliveries) return null;
  const { surprise, usual } = rhythmOf(new Map(learned), first, last);
  const gap = (from: number, to: number) => sumOf(surprise, from + 1, to - 1);
  const earlier = learned.map(([hour], index) => (index === 0 ? 0 : gap(learned[index - 1]![0], hour)));
  // The second longest silence counts: a single earlier outage is no part of the rhythm.
  const longest = earlier.toSorted((one, other) => other - one)[1] ?? 0;
  const limit = Math.min(Math.max(SURPRISING, LONGER * longest), MOST_SURPRISING);
  const present = Math.floor(now / HOUR);
  if (gap(last, present) < limit) return null;
  return { since: lastAt, expected: Math.round(sumOf(usual, last + 1, present)) };
}

interface Rhythm {
  /** One value for each hour of the week. */
  readonly surprise: readonly number[];
  readonly usual: readonly number[];
}

function rhythmOf(heard: ReadonlyMap<number, number>, first: number, last: number): Rhythm {
  const counts: number[][] = Array.from({ length: WEEK }, () => []);
  for (let hour = first; hour <= last; hour += 1) counts[hour % WEEK]!.push(heard.get(hour) ?? 0);
  const usual = counts.map((some) => some.reduce((sum, count) => sum + count, 0) / some.length);
  const spread = spreadOf(counts, usual);
  const surprise = counts.map((some, hour) => {
    const empty = some.filter((count) => count === 0).length;
    const byMean = spread * Math.log1p(usual[hour]! / spread);
    return empty === 0 ? byMean : Math.min(byMean, -Math.log((empty + 0.5) / (some.length + 1)));
  });
  return { surprise, usual };
}

/**
 * How evenly deliveries come, as the parameter r of a negative binomial distribution: large if arrivals are independent, below
 * one if they come in bursts. It is computed from all hours together, since a single hour of the week was observed only a few
 * times.
 */
function spreadOf(counts: readonly (readonly number[])[], usual: readonly number[]): number {
  let [squares, excess] = [0, 0];
  for (const [hour, some] of counts.entries()) {
    if (some.length < 2) continue;
    const mean = usual[hour]!;
    const variance = some.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (some.length - 1);
    squares += mean ** 2;
    excess += variance - mean;
  }
  return Math.min(Math.max(excess > 0 ? squares / excess : SPREAD.most, SPREAD.least), SPREAD.most);
}

/** The sum of the hours from `from` until before `before`. Each whole week adds the same sum. */
function sumOf(byHour: readonly number[], from: number, before: number): number {
  if (before <= from) return 0;
  const weeks = Math.floor((before - from) / WEEK);
  let sum = weeks === 0 ? 0 : weeks * byHour.reduce((all, one) => all + one, 0);
  for (let hour = from + weeks * WEEK; hour < before; hour += 1) sum += byHour[hour % WEEK]!;
  return sum;
}
