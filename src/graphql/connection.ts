import type { DisclosedEvent } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Cursor, encodeCursor } from '../events/cursor.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Context, Range } from '../execution/context.ts';
import { cursorArgument } from './cursor-argument.ts';
import { LARGEST_PAGE, READ } from '../execution/cost.ts';
import { type Listed, listed } from './filter.ts';

/** The number of events on a page if the query doesn't say. */
const DEFAULT_PAGE = 20;

/** The description of every page of events. */
export const ORDER =
  'In log order, oldest first. Ask for the latest twenty by `last: 20`. Without `first` and `last`, the oldest 20. At most 100; 0 returns only `head`.';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The log reads up to a page for each value that a filter lists, and merges them. */
export function costOfPage({ first, last, filter }: PageArguments & { readonly filter?: Listed }) {
  // A page that is too long has an error of its own.
  const size = Math.min(Math.max(first ?? last ?? DEFAULT_PAGE, 0), LARGEST_PAGE);
  // An empty page is read as well, since it says whether there are more events.
  return { field: Math.max(size, 1) * (READ + listed(filter)), multiplier: size };
}

/** A page in Relay's form. */
export interface PageOf<E> {
  edges: { cursor: string; node: E }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

export interface Connection<E> extends PageOf<E> {
  /** The cursor from which a subscription continues after the page. */
  head: string;
}

/** A page of events as a Relay connection. */
export async function connection(
  context: Context,
  args: PageArguments,
  filter: EventFilter,
): Promise<Connection<DisclosedEvent>> {
  const stretch = stretchOf(args);
  const range: Omit<Range, 'limit'> = {
    direction: stretch.direction,
    after: cursorArgument(args.after),
    before: cursorArgument(args.before),
  };
  const { events, head, isCut } = await context.read({ ...range, limit: stretch.size + 1 }, filter);
  const page = pageOf(events, args, isCut, ({ cursor }) => encodeCursor(cursor));
  const reachesEnd = range.direction === 'backward' || !page.pageInfo.hasNextPage;
  const last = page.edges.at(-1)?.node;
  return { ...page, head: encodeCursor(followFrom({ range, size: stretch.size, reachesEnd, last, head })) };
}

interface Reached {
  readonly range: Omit<Range, 'limit'>;
  readonly size: number;
  /** Whether the page reached the end of its range. */
  readonly reachesEnd: boolean;
  readonly last: DisclosedEvent | undefined;
  readonly head: Cursor;
}

/**
 * The cursor from which a subscription continues after the page and skips nothing. The log's head is right only for the last
 * page: for any other it would skip the events between the page and the head.
 */
function followFrom({ range: { before }, size, reachesEnd, last, head }: Reached): Cursor {
  // A page of no events is a request for the head.
  if (size === 0 || (reachesEnd && !before)) return head;
  if (last || !before) return last?.cursor ?? head;
  // No event was found before `before`, so the event at `before` is the first that follows.
  return { epoch: before.epoch, seq: Math.max(before.seq - 1, 0) };
}

/**
 * @param read one item more than requested, if there are more.
 * @param isCut whether there are more although fewer were read: a page of large events may have fewer.
 */
export function pageOf<E>(
  read: readonly E[],
  args: PageArguments,
  isCut: boolean,
  cursorOf: (node: E) => string,
): PageOf<E> {
  const { direction, size } = stretchOf(args);
  const forward = direction === 'forward';
  const more = isCut || read.length > size;
  const page = read.length <= size ? read : forward ? read.slice(0, size) : read.slice(read.length - size);
  const edges = page.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: forward ? more : typeof args.before === 'string',
      hasPreviousPage: forward ? typeof args.after === 'string' : more,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * The direction and the size of a page.
 *
 * @throws {HookcastError} BAD_REQUEST
 */
export function stretchOf({ first, last, before }: PageArguments): Pick<Range, 'direction'> & { size: number } {
  if (typeof first === 'number' && typeof last === 'number') {
    throw new HookcastError('BAD_REQUEST', 'Ask for "first" or for "last", not for both.');
  }
  const size = first ?? last ?? DEFAULT_PAGE;
  if (size < 0 || size > LARGEST_PAGE) {
    throw new HookcastError('BAD_REQUEST', `Ask for 0 to ${LARGEST_PAGE} at a time, and page on with the cursors.`);
  }
  const backward = typeof last === 'number' || (typeof first !== 'number' && typeof before === 'string');
  return { size, direction: backward ? 'backward' : 'forward' };
}
