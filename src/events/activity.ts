import type { Kind } from './cancellation.ts';
import type { Extent } from './cursor.ts';

/** A minute, and a quarter of an hour: every time zone's offset, and so every day's length, is a multiple of it. */
export const MINUTE = 60_000;
export const QUARTER = 15 * MINUTE;

/** So many spans of the index may lie in what is asked for: a quarter of an hour each, or a minute. */
export const MOST_SPANS = 10_000;

/** Which events are counted. As in an EventFilter, an absent list wants all, and an empty one wants none. */
export interface ActivityFilter {
  readonly providers?: readonly string[];
  readonly sources?: readonly string[];
  readonly tenants?: readonly string[];
  /** See `EventFilter`. */
  readonly typenames?: readonly string[];
  readonly kinds?: readonly Kind[];
}

export interface ActivityRequest {
  /**
   * Where each bucket begins, and where the last one ends: ascending, whole minutes, in milliseconds since 1970. Two at
   * least. Where all are whole quarters of an hour the index is read by quarters.
   */
  readonly edges: readonly number[];
  readonly filter: ActivityFilter;
}

/** The longest span of the index that fits every bucket between these edges, in milliseconds. */
export function spanOf(edges: readonly number[]): number {
  return edges.every((edge) => edge % QUARTER === 0) ? QUARTER : MINUTE;
}

/** How many events of one sort occurred in one bucket. None is not told. */
export interface Tally {
  /** The edge that its bucket begins at. */
  readonly from: number;
  readonly source: string;
  readonly provider: string;
  /** Of cancellations, what was cancelled. */
  readonly kind: Kind | null;
  /** The name of their type. */
  readonly shape: string;
  readonly happened: string | null;
  /** What they are worth is in this currency. Null where they say nothing of that. */
  readonly currency: string | null;
  readonly events: number;
  /** Of cancellations, how many say that the customer gets money back. */
  readonly refundsExpected: number;
  /** How many say an amount that can't be summed: see `Worth`. */
  readonly unsummed: number;
  /** What the others are worth, in units of `Worth`. */
  readonly units: bigint;
}

/** The tallies and the log's extent, both of the same moment. */
export interface Activity extends Extent {
  /** By bucket, then by source, provider, kind, shape, what happened and currency. */
  readonly tallies: readonly Tally[];
}

/** How many events occurred when. Part of the log's port. */
export interface ActivityIndex {
  /**
   * Counts the events that the log retains by when they occurred, from an index that is kept with each append: what
   * it costs depends on the buckets and the sorts in them, and not on how many events there are.
   */
  count(request: ActivityRequest): Promise<Activity>;
}
