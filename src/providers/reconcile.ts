import type { JsonObject } from './payload.ts';
import { isObject } from './payload.ts';
import { ApiError } from './provider-api.ts';

/** What of a provider's API is asked for. Moments are milliseconds since 1970. */
export interface StateRequest {
  /** The source, which is the last part of its URL. */
  readonly source: string;
  /** Only what happened from this moment on, and before the other: what is newer may still be on its way as a webhook. */
  readonly since: number;
  readonly until: number;
  /** What the last page gave as `next`; null for the first. */
  readonly cursor: string | null;
  readonly signal: AbortSignal;
}

/** One page of what an API knows. */
export interface StatePage {
  /** Each as a webhook would say it, the oldest first: the same code reads it. */
  readonly items: readonly JsonObject[];
  /** Where the next page begins; null when there is none. It is kept, so that another gateway can go on there. */
  readonly next: string | null;
  /** Whether only those are taken whose subject some other event is about, since the API may number things otherwise than webhooks do. */
  readonly onlyKnown?: boolean;
  /** Whether the provider sends webhooks to this source, where its API says so. */
  readonly webhook?: 'ON' | 'OFF' | null;
}

/**
 * How a source is compared with its provider's API: what is there and not in the log is recorded, with the origin RECONCILED.
 *
 * What the API gives must lead to the id that the webhook has, or to an id made of `derivedFrom`; in the latter case `about` gives the
 * same list as `knownAs` for the webhook, which is then recorded under the same id, and everything that the log has of the same name and
 * subject counts as the same. Nothing is made of what the API does not say: that something is missing from a list is no cancellation.
 */
export interface Reconcile {
  /** How often, in milliseconds: a minute at least. */
  readonly every: number;
  /** How far back each run looks, in milliseconds. After an outage it looks back to the last run that came to its end. */
  readonly lookBack: number;
  /** How far back the API can look at most, in milliseconds; any time when it is left out. */
  readonly longest?: number;
  /** For how long a webhook may be on its way, in milliseconds; ten minutes when it is left out. */
  readonly settle?: number;
  /** @throws {ApiError} for an answer that can't be used; any other error counts as NONSENSE. */
  readonly list: (request: StateRequest) => Promise<StatePage>;
}

const MINUTE = 60_000;
const SETTLE = 10 * MINUTE;
/** What a page may have at most. */
const MOST_ITEMS = 1_000;
const LONGEST_CURSOR = 4_000;

/** @throws {Error} for what can't be done. */
export function checkReconcile(provider: string, { every, lookBack, list }: Reconcile): void {
  const areTimes = [every, lookBack].every((time) => Number.isFinite(time) && time >= MINUTE);
  if (!areTimes) throw new Error(`${provider}: reconcile: every and lookBack are milliseconds, a minute at least`);
  if (typeof list !== 'function') throw new Error(`${provider}: reconcile: list must be a function`);
}

export function settleOf({ settle = SETTLE }: Reconcile): number {
  return settle;
}

/** One page, of any form. @throws {ApiError} */
export async function listState({ list }: Reconcile, request: StateRequest): Promise<StatePage> {
  let page: unknown;
  try {
    page = await list(request);
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof Error && error.name === 'ApiError') throw error;
    // Its message may hold what was answered.
    throw new ApiError(
      'NONSENSE',
      `The code that reads the API failed (${error instanceof Error ? error.name : 'Error'}).`,
    );
  }
  if (!isPage(page)) throw new ApiError('NONSENSE', 'The code that reads the API returned no page.');
  return page;
}

function isPage(page: unknown): page is StatePage {
  if (!isObject(page)) return false;
  const { items, next } = page;
  const isNext = next === null || (typeof next === 'string' && next.length <= LONGEST_CURSOR);
  return isNext && Array.isArray(items) && items.length <= MOST_ITEMS && items.every(isObject);
}
