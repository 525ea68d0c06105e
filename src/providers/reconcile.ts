import type { JsonObject } from './payload.ts';
import { isObject } from './payload.ts';
import { ApiError } from './provider-api.ts';

/** A request for one page of a provider's API. Moments are milliseconds since 1970. */
export interface StateRequest {
  /** The source's name, which is the last part of its URL. */
  readonly source: string;
  /** Only what happened from `since` on and before `until`: newer items may still be on their way as webhooks. */
  readonly since: number;
  readonly until: number;
  /** The `next` of the last page; null for the first page. */
  readonly cursor: string | null;
  readonly signal: AbortSignal;
}

/** One page of an API's items. */
export interface StatePage {
  /** Each item has the form of a webhook's payload, so that the same code reads it. The oldest comes first. */
  readonly items: readonly JsonObject[];
  /** The cursor of the next page; null if there is none. It is saved, so that another gateway can continue there. */
  readonly next: string | null;
  /**
   * Whether to take only items whose subject another event is about, since the API may number things differently than webhooks.
   */
  readonly onlyKnown?: boolean;
  /** Whether the provider sends webhooks to this source, if its API says so. */
  readonly webhook?: 'ON' | 'OFF' | null;
}

/**
 * How a source is compared with its provider's API. Items that are not in the log are recorded with the origin RECONCILED.
 *
 * An item must lead to the id that the webhook has, or to an id derived from `derivedFrom`. In the second case `about` returns
 * the same list as `knownAs` for the webhook, which is then recorded under the same id; and every event in the log with the
 * same name and subject counts as the same. Nothing is concluded from what the API does not say: if something is missing from a
 * list, it is not canceled.
 */
export interface Reconcile {
  /** The time between two runs, in milliseconds: at least a minute. */
  readonly every: number;
  /** How far back each run looks, in milliseconds. After an outage it looks back to the last finished run. */
  readonly lookBack: number;
  /** How far back the API can look at most, in milliseconds. If it is left out, there is no limit. */
  readonly longest?: number;
  /** How long a webhook may be on its way, in milliseconds. The default is ten minutes. */
  readonly settle?: number;
  /** @throws {ApiError} for an answer that can't be used; any other error counts as NONSENSE. */
  readonly list: (request: StateRequest) => Promise<StatePage>;
}

const MINUTE = 60_000;
const SETTLE = 10 * MINUTE;
/** The limits of a page. */
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
    // The error's message is left out, since it may quote the answer.
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
