const MINUTE = 60_000;
const LENGTH = { MINUTE, HOUR: 60 * MINUTE, DAY: 24 * 60 * MINUTE };

export type BucketSize = keyof typeof LENGTH;
export type RangeId = '1h' | '3h' | '24h' | '7d' | '30d' | '90d';

/** How much time is shown, in buckets of one size. The newest bucket is the running one. */
export interface Range {
  readonly id: RangeId;
  readonly size: BucketSize;
  readonly buckets: number;
  /** The number of future buckets that are asked for too, so that none has to be loaded when it begins. */
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

/** The range in the address. */
export function rangeOf(search: URLSearchParams): Range {
  return RANGES.find(({ id }) => id === search.get('range')) ?? FIRST_SHOWN;
}

/** The next longer range. Null for the last. */
export function longerThan(range: Range): Range | null {
  return RANGES[RANGES.indexOf(range) + 1] ?? null;
}

/**
 * The moment for which the counts are asked. It is the time when the page was opened, and changes once all spare buckets have begun. It is
 * counted from there and not by the clock, so that not all viewers ask again in the same moment.
 */
export function askedAsOf({ size, spare }: Range, opened: number, now: number): number {
  const period = spare * LENGTH[size];
  return opened + Math.floor((now - opened) / period) * period;
}

/** `from` is inclusive and `to` is exclusive, in the gateway's form. The gateway moves both to the starts of its buckets. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** All buckets that are shown until the counts are asked for again. One more is added, so that days of 23 hours don't leave one out. */
export function spanOf({ size, buckets, spare }: Range, asOf: number): Span {
  return spanBetween(asOf - buckets * LENGTH[size], asOf + (spare + 1) * LENGTH[size]);
}

/** The same for the buckets before them, as many. */
export function spanBefore({ size, buckets, spare }: Range, asOf: number): Span {
  return spanBetween(asOf - 2 * buckets * LENGTH[size], asOf + (spare + 1 - buckets) * LENGTH[size]);
}

function spanBetween(from: number, to: number): Span {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
