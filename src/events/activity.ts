import type { Kind } from './cancellation.ts';
import type { Extent } from './cursor.ts';

/** In milliseconds. The offset of every time zone, and so the length of every day, is a multiple of a quarter of an hour. */
export const MINUTE = 60_000;
export const QUARTER = 15 * MINUTE;

/** How many spans of the index one request may cover. A span is a quarter of an hour or a minute. */
export const MOST_SPANS = 10_000;

/** Which events are counted. As in an `EventFilter`, an absent list wants all events, and an empty list wants none. */
export interface ActivityFilter {
  readonly providers?: readonly string[];
  readonly sources?: readonly string[];
  readonly tenants?: readonly string[];
  /** See `EventFilter`. */
  readonly typenames?: readonly string[];
  readonly happened?: readonly string[];
  readonly kinds?: readonly Kind[];
}

export interface ActivityRequest {
  /**
   * Where each bucket begins, and where the last one ends: at least two moments, ascending, each a whole minute, in
   * milliseconds since 1970. If all of them are whole quarters of an hour, the index is read by quarters.
   */
  readonly edges: readonly number[];
  readonly filter: ActivityFilter;
}

/** The longest span of the index that fits every bucket between these edges, in milliseconds. */
export function spanOf(edges: readonly number[]): number {
  return edges.every((edge) => edge % QUARTER === 0) ? QUARTER : MINUTE;
}

/** How many events of one sort occurred in one bucket. A sort without events has no tally. */
export interface Tally {
  /** The edge at which its bucket begins. */
  readonly from: number;
  readonly source: string;
  readonly provider: string;
  /** What was canceled; null for events that are no cancellations. */
  readonly kind: Kind | null;
  /** The name of their type in GraphQL. */
  readonly shape: string;
  readonly happened: string | null;
  /** The currency of what they are worth; null if they don't say what they are worth. */
  readonly currency: string | null;
  readonly events: number;
  /** How many of them are cancellations that say that the customer gets money back. */
  readonly refundsExpected: number;
  /** How many have an amount that can't be summed: see `Worth`. */
  readonly unsummed: number;
  /** What the others are worth, in units of `Worth`. */
  readonly units: bigint;
}

/** The tallies and the log's extent at the same moment. */
export interface Activity extends Extent {
  /** By bucket, then by source, provider, kind, shape, what happened and currency. */
  readonly tallies: readonly Tally[];
}

/** How many events occurred when. Part of the log's port. */
export interface ActivityIndex {
  /**
   * Counts the events that the log retains by the time at which they occurred. It reads an index that each append updates, so
   * the cost depends on the buckets and the sorts in them, and not on the number of events.
   */
  count(request: ActivityRequest): Promise<Activity>;
}
