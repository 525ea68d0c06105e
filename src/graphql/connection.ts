import type { DisclosedEvent } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Cursor, encodeCursor } from '../events/cursor.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Context, Range } from '../execution/context.ts';
import { cursorArgument } from './cursor-argument.ts';
import { LARGEST_PAGE, READ } from '../execution/cost.ts';
import { type Listed, listed } from './filter.ts';

/** Events on a page when nobody says how many. */
const DEFAULT_PAGE = 20;

/** How every page of events is described. */
export const ORDER =
  'In log order, oldest first. Ask for the latest twenty by `last: 20`. Without `first` and `last`, the oldest 20. At most 100; 0 returns only `head`.';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The log gives up a page for each value that a filter lists, and merges them. */
export function costOfPage({ first, last, filter }: PageArguments & { readonly filter?: Listed }) {
  // A page that is too long is refused for what it is.
  const size = Math.min(Math.max(first ?? last ?? DEFAULT_PAGE, 0), LARGEST_PAGE);
  // An empty page is read as well: whether there are more stands in it.
  return { field: Math.max(size, 1) * (READ + listed(filter)), multiplier: size };
}

/** A page as Relay has it. */
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
  /** Where to follow from after the page. */
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
  /** Whether it was not cut off before its range's end. */
  readonly reachesEnd: boolean;
  readonly last: DisclosedEvent | undefined;
  readonly head: Cursor;
}

/**
 * Where a subscription goes on after the page, so that nothing is skipped. The log's head would skip what lies between the page's end
 * and the head, of every page but the last.
 */
function followFrom({ range: { before }, size, reachesEnd, last, head }: Reached): Cursor {
  // If no event is asked for, then the head is.
  if (size === 0 || (reachesEnd && !before)) return head;
  if (last || !before) return last?.cursor ?? head;
  // Nothing was found before it; what stands at it is the first that follows.
  return { epoch: before.epoch, seq: Math.max(before.seq - 1, 0) };
}

/**
 * @param read one more than asked for, where there are more.
 * @param isCut whether there are more although fewer were read: of large ones a page may have fewer.
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
 * Which way a page is read, and how many it has.
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
