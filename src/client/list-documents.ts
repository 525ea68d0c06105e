import { type TypedDocument, textOf } from './document.ts';
import type { ListRow } from './rows.ts';

/** A document with the type of its result, as GraphQL Code Generator and gql.tada make it; or its text. */
export type ListDocument<R> = string | TypedDocument<R, never>;

/** The application's own operations, for a gateway that takes only trusted documents, or that has other names for fields and types. */
export interface OwnOperations<R> {
  /**
   * A query of one connection with `$last`, `$after` and `$before`, which selects `head`, `pageInfo { hasPreviousPage }` and
   * `edges { cursor node }`. Nodes select `id`, `eventId` and `source`.
   */
  readonly page: ListDocument<{ readonly [field: string]: { readonly edges: readonly { readonly node: R }[] } }>;
  /** A subscription to the same, with `$after`. It selects what a page selects, and all fields of Gap, Erasure and Revision. */
  readonly stream: ListDocument<unknown>;
}

export interface ListOperations {
  readonly page: string;
  readonly stream: string;
  /** A query of events by their ids. Without it, an erasure makes the list read itself anew. */
  readonly again?: string;
}

/** The fields by which a list recognizes an event. */
const IDENTITY = '__typename id eventId source';
const EDGES = { cancellations: 'CancellationEdge', events: 'EventEdge' };

/**
 * The operations of a list whose rows select what a fragment says.
 *
 * @throws {TypeError} if `row` is no fragment.
 */
export function operationsOf<R>(field: keyof typeof EDGES, row: ListDocument<R> | OwnOperations<R>): ListOperations {
  if (typeof row === 'object' && 'page' in row) return { page: textOf(row.page), stream: textOf(row.stream) };
  const text = textOf(row);
  // Fragments that this one uses come after it.
  const name = /^\s*fragment\s+(\w+)/.exec(text)?.[1];
  if (!name) throw new TypeError('A list needs a fragment that says what a row shows, or { page, stream }.');
  const node = `node{${IDENTITY} ...${name}}`;
  return {
    page: `query Page($last:Int!,$after:String,$before:String,$filter:EventFilter){${field}(last:$last,after:$after,before:$before,filter:$filter){head pageInfo{hasPreviousPage}edges{cursor ${node}}}}${text}`,
    stream: `subscription Stream($after:String,$filter:EventFilter){${field}(after:$after,filter:$filter){__typename cursor ...on ${EDGES[field]}{${node}}...on Gap{reason}...on Erasure{source eventIds}...on Revision{matches ${node}}}}${text}`,
    again: `query Again($ids:[ID!]!){nodes(ids:$ids){...on Event{${IDENTITY}}...${name}}}${text}`,
  };
}

/** The answer to the operation `page`. */
export interface Page<N> {
  readonly head: string;
  readonly pageInfo: { readonly hasPreviousPage: boolean };
  /** Oldest first. */
  readonly edges: readonly ListRow<N>[];
}
