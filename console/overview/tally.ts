import type { Kind } from '../parts/event.ts';
import type { Filter } from '../parts/filter.ts';
import { type Amount, amountsOf, plus } from '../parts/money.ts';
import type { Range } from './range.ts';

/** The number of events of one source (for cancellations, of one kind), and their value. */
export interface Tally {
  readonly source: string;
  /** Null if it is no cancellation, or for a custom type. */
  readonly kind: Kind | null;
  readonly events: number;
  readonly refundsExpected: number;
  readonly amounts: readonly Amount[];
}

/** From inclusive, to exclusive, in milliseconds since 1970. */
export interface Bucket {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly tallies: readonly Tally[];
}

/** How far a provider's clock may be ahead of the viewer's, in milliseconds. */
const AHEAD = 5 * 60_000;
/** Below this number, a percentage means nothing. */
const FEWEST_COMPARED = 10;

export function sum(buckets: readonly Bucket[], what: 'events' | 'refundsExpected'): number {
  return buckets.reduce((all, { tallies }) => tallies.reduce((some, tally) => some + tally[what], all), 0);
}

/** The value of the events by currency, the highest first. */
export function worth(buckets: readonly Bucket[]): readonly Amount[] {
  const amounts = buckets.flatMap(({ tallies }) => tallies.flatMap((tally) => tally.amounts));
  return amountsOf(plus(new Map(), amounts))
    .filter(({ amount }) => Number(amount) !== 0)
    .toSorted((one, other) => Number(other.amount) - Number(one.amount));
}

/** The buckets with only the tallies that fit the filter. The gateway filters by tenant. */
export function filtered(buckets: readonly Bucket[], { source, kind }: Filter): readonly Bucket[] {
  if (!source && !kind) return buckets;
  const isWanted = (tally: Tally) => (!source || tally.source === source) && (!kind || tally.kind === kind);
  return buckets.map((bucket) => ({ ...bucket, tallies: bucket.tallies.filter(isWanted) }));
}

/** The buckets of the range up to the running one. A future bucket is shown if it already has an event. */
export function shownAt(buckets: readonly Bucket[], range: Range, now: number): readonly Bucket[] {
  const last = buckets.findLastIndex(
    ({ startsAt, tallies }) => startsAt <= now || (startsAt <= now + AHEAD && tallies.length > 0),
  );
  return buckets.slice(Math.max(0, last + 1 - range.buckets), last + 1);
}

/** Adds one change to the bucket that contains `at`, if there is one. The buckets are ascending, without gaps. */
export function added(buckets: readonly Bucket[], at: number, change: Tally): readonly Bucket[] {
  const index = buckets.findLastIndex(({ startsAt }) => startsAt <= at);
  const bucket = buckets[index];
  if (!bucket || at >= bucket.endsAt) return buckets;
  const known = bucket.tallies.findIndex(({ source, kind }) => source === change.source && kind === change.kind);
  const before = bucket.tallies[known];
  const tallies = before
    ? bucket.tallies.with(known, {
        ...before,
        events: before.events + change.events,
        refundsExpected: before.refundsExpected + change.refundsExpected,
        amounts: amountsOf(plus(plus(new Map(), before.amounts), change.amounts)),
      })
    : [...bucket.tallies, change];
  return buckets.with(index, { ...bucket, tallies });
}

/** The earlier counts for the comparison. */
export interface Before {
  readonly buckets: readonly Bucket[];
  /** When the oldest kept event was received. Null if there is none. */
  readonly oldest: number | null;
}

/**
 * The change of the number of events against the same number of buckets before: 0.12 is 12 % more, and a number below 0 is less. The
 * counterpart of the running bucket counts in proportion to the time that has passed. Null if the comparison means nothing: there were few
 * events before, or the log doesn't go back that far.
 */
export function growth(shown: readonly Bucket[], before: Before, now: number): number | null {
  const [first] = shown;
  const running = shown.at(-1);
  if (!first || !running) return null;
  const earlier = before.buckets.filter(({ startsAt }) => startsAt < first.startsAt).slice(-shown.length);
  const begin = earlier[0]?.startsAt;
  if (begin === undefined || earlier.length < shown.length) return null;
  if (before.oldest === null || before.oldest > begin) return null;
  const passed = Math.min(1, Math.max(0, (now - running.startsAt) / (running.endsAt - running.startsAt)));
  const last = sum(earlier.slice(-1), 'events');
  const count = sum(earlier, 'events') - last * (1 - passed);
  return count < FEWEST_COMPARED ? null : sum(shown, 'events') / count - 1;
}
