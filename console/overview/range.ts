const MINUTE = 60_000;
const LENGTH = { MINUTE, HOUR: 60 * MINUTE, DAY: 24 * 60 * MINUTE };

export type BucketSize = keyof typeof LENGTH;
export type RangeId = '1h' | '3h' | '24h' | '7d' | '30d' | '90d';

/** How far back is looked, in buckets of one size. The newest is the one that runs. */
export interface Range {
  readonly id: RangeId;
  readonly size: BucketSize;
  readonly buckets: number;
  /** So many that are still to come are asked for as well, so that none has to be asked for when it begins. */
  readonly spare: number;
}

export const RANGES: readonly Range[] = [
  { id: '1h', size: 'MINUTE', buckets: 60, spare: 60 },
  { id: '3h', size: 'MINUTE', buckets: 180, spare: 60 },
  { id: '24h', size: 'HOUR', buckets: 24, spare: 24 },
  { id: '7d', size: 'HOUR', buckets: 168, spare: 24 },
  { id: '30d', size: 'DAY', buckets: 30, spare: 7 },
  { id: '90d', size: 'DAY', buckets: 90, spare: 7 },
];
const FIRST_SHOWN = RANGES[2]!;

/** The range that the address names. */
export function rangeOf(search: URLSearchParams): Range {
  return RANGES.find(({ id }) => id === search.get('range')) ?? FIRST_SHOWN;
}

/** The next one that goes further back; null for the last. */
export function longerThan(range: Range): Range | null {
  return RANGES[RANGES.indexOf(range) + 1] ?? null;
}

/**
 * The moment that is asked as of: when the page was opened, until all spare buckets have begun. Counted from there and not
 * by the clock, so that not everybody who looks asks again in the same moment.
 */
export function askedAsOf({ size, spare }: Range, opened: number, now: number): number {
  const period = spare * LENGTH[size];
  return opened + Math.floor((now - opened) / period) * period;
}

/** From inclusive, to exclusive, as the gateway takes them. It moves them to where its buckets begin. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** All buckets that are shown until the next time of asking. Days with 23 hours don't make it one less. */
export function spanOf({ size, buckets, spare }: Range, asOf: number): Span {
  return spanBetween(asOf - buckets * LENGTH[size], asOf + (spare + 1) * LENGTH[size]);
}

/** The same for as many buckets before them. */
export function spanBefore({ size, buckets, spare }: Range, asOf: number): Span {
  return spanBetween(asOf - 2 * buckets * LENGTH[size], asOf + (spare + 1 - buckets) * LENGTH[size]);
}

function spanBetween(from: number, to: number): Span {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
