import { HookcastError } from '../errors.ts';
import { MINUTE, MOST_SPANS, spanOf } from './activity.ts';
import type { TimeZone } from './time-zone.ts';

export const BUCKET_SIZES = ['MINUTE', 'HOUR', 'DAY'] as const;
export type BucketSize = (typeof BUCKET_SIZES)[number];

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** How long a bucket is, in milliseconds, if the clocks do not change within it. */
export const LENGTH: Record<BucketSize, number> = { MINUTE, HOUR, DAY };

/** How many buckets one request may ask for: a day of minutes, two months of hours. */
export const MOST_BUCKETS = 1_500;

/** Slightly more than the largest difference that any local time has ever had from UTC. */
const WIDEST = 16 * HOUR;

/** The start is inclusive, the end exclusive. Both are whole minutes, in milliseconds since 1970. */
export interface Bucket {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The bucket that contains the moment. The buckets leave no gap and don't overlap. */
export function bucketAt(zone: TimeZone, size: BucketSize, at: number): Bucket {
  switch (size) {
    case 'MINUTE': {
      const startsAt = floor(at, MINUTE);
      return { startsAt, endsAt: startsAt + MINUTE };
    }
    case 'HOUR':
      return hourAt(zone, floor(at, MINUTE));
    case 'DAY':
      return dayAt(zone, floor(at, MINUTE));
  }
}

/**
 * The edges of the buckets from the one that contains `from` to the last one that begins before `to`.
 *
 * @throws {HookcastError} BAD_REQUEST when there are no buckets, or too many.
 */
export function edgesBetween(zone: TimeZone, size: BucketSize, from: number, to: number): number[] {
  if (to <= from) throw new HookcastError('BAD_REQUEST', '"to" must be later than "from".');
  if ((to - from) / LENGTH[size] > MOST_BUCKETS + 1) throw tooMany();
  const edges = [bucketAt(zone, size, from).startsAt];
  for (let last = edges[0]!; last < to; edges.push(last)) {
    if (edges.length > MOST_BUCKETS) throw tooMany();
    last = bucketAt(zone, size, last).endsAt;
  }
  const span = spanOf(edges);
  if (edges.at(-1)! - edges[0]! > MOST_SPANS * span) {
    const days = Math.floor((MOST_SPANS * span) / DAY);
    const message = `You can ask for these buckets for ${days} days at a time. Ask for a shorter time, in several requests.`;
    throw new HookcastError('BAD_REQUEST', message);
  }
  return edges;
}

/** The bucket ends when the local clock shows the next full hour or changes its offset, so that none is longer than an hour. */
function hourAt(zone: TimeZone, at: number): Bucket {
  const offset = zone.offsetAt(at);
  const startsAt = floor(at + offset, HOUR) - offset;
  const last = startsAt + HOUR - MINUTE;
  return {
    startsAt: zone.changeBetween(startsAt, at) ?? startsAt,
    endsAt: zone.changeBetween(at, last) ?? last + MINUTE,
  };
}

/** If clocks go back over midnight, a date begins twice. The bucket is that of the latest date that the clocks have shown. */
function dayAt(zone: TimeZone, at: number): Bucket {
  let date = floor(at + zone.offsetAt(at), DAY);
  if (beginning(zone, date + DAY) <= at) date += DAY;
  return { startsAt: beginning(zone, date), endsAt: beginning(zone, date + DAY) };
}

/** When clocks first show this date. If they skip midnight or the whole day, this is the moment of the change. */
function beginning(zone: TimeZone, midnight: number): number {
  const [from, to] = [midnight - WIDEST, midnight + WIDEST];
  const change = zone.changeBetween(from, to);
  const before = midnight - zone.offsetAt(from);
  if (change === null || before < change) return before;
  return Math.max(change, midnight - zone.offsetAt(to));
}

function floor(at: number, length: number): number {
  return Math.floor(at / length) * length;
}

function tooMany(): HookcastError {
  return new HookcastError(
    'BAD_REQUEST',
    `An answer may have ${MOST_BUCKETS} buckets. Ask for a shorter time at once, or for larger buckets.`,
  );
}
