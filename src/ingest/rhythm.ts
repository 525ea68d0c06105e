import { HOUR, hourOf } from '../events/answer-count.ts';
import type { Silence } from '../events/told-silence.ts';

/** How many deliveries came in each hour in which any came, by when the hour began. */
export type Heard = ReadonlyMap<number, number>;

const WEEK = 168;
/** What a rhythm is learned from: the four weeks before the last delivery. */
const LEARNED = 4 * WEEK;
/** Of a source with less history than this nothing is said. */
export const LEAST = { hours: 2 * WEEK, deliveries: 50 };
/** How many weeks of hours have to be known for a silence of a month to be told still. */
export const KNOWN_WEEKS = 10;

/**
 * A silence is told when its chance is below e^-12, some one in 160,000, in a source that goes on as it did. It is looked for after each
 * delivery: a source of a hundred a day is told to be silent, though it isn't, about once in four years.
 */
const SURPRISING = 12;
/** Sources come in bursts and lulls of their own: a silence must be longer than those that there were, by as much. */
const LONGER = 1.5;
/** Or several outages of before would hide the next one. */
const MOST_SURPRISING = 4 * SURPRISING;
/** How different the hours of one source may be taken to be: see `spreadOf`. */
const SPREAD = { least: 0.05, most: 50 };

/**
 * Whether a source is silent for longer than its own rhythm lets expect; null where it is not, or where nobody can know.
 *
 * Each hour of the week (UTC) is surprising when it is empty, by how many deliveries it usually has and how much that differs, so that a
 * source that is quiet at night surprises nobody at night. What a silence adds up to is measured in the chance of it, as -ln(p). Only whole
 * hours count, and the last one does not: what comes by the clock may come an hour later, as when summer time ends.
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
  // The second longest: a single earlier outage is no part of the rhythm.
  const longest = earlier.toSorted((one, other) => other - one)[1] ?? 0;
  const limit = Math.min(Math.max(SURPRISING, LONGER * longest), MOST_SURPRISING);
  const present = Math.floor(now / HOUR);
  if (gap(last, present) < limit) return null;
  return { since: lastAt, expected: Math.round(sumOf(usual, last + 1, present)) };
}

interface Rhythm {
  /** For each hour of the week. */
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
 * How even the hours are, as the one number that a negative binomial distribution has for it (its r): large for arrivals that have nothing
 * to do with each other, below one where they come in bursts. Of all hours together, since one alone was seen a few times.
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

/** Of the hours from one on and before another. Many weeks are as many times the sum of one. */
function sumOf(byHour: readonly number[], from: number, before: number): number {
  if (before <= from) return 0;
  const weeks = Math.floor((before - from) / WEEK);
  let sum = weeks === 0 ? 0 : weeks * byHour.reduce((all, one) => all + one, 0);
  for (let hour = from + weeks * WEEK; hour < before; hour += 1) sum += byHour[hour % WEEK]!;
  return sum;
}
