import { type DocumentNode, print } from '@0no-co/graphql.web';

/** A document with the types of its result and of its variables, as GraphQL Code Generator and gql.tada make them. */
export interface TypedDocument<R, V> {
  readonly __apiType?: (variables: V) => R;
}

/** A document as its text or its tree (`query`), or as its id in a gateway that keeps trusted documents. */
export interface Documented {
  readonly query?: unknown;
  readonly documentId?: unknown;
}

export interface Subscribed {
  readonly query: string;
  readonly documentId?: string;
}

/**
 * The document in the form in which a client sends it.
 *
 * @throws {TypeError} if the subscription can't be resumed.
 */
export function toSubscribed({ query, documentId }: Documented): Subscribed {
  const id = typeof documentId === 'string' && documentId !== '' ? { documentId } : null;
  // The client of graphql-ws (5 and 6) sends nothing without a text. The gateway takes an empty text for none.
  if ((query === undefined || query === null || query === '') && id) return { query: '', ...id };
  const text = textOf(query);
  // A query completes with its answer, so that it would be asked again and again.
  if (!/\$after\b/.test(text) || !isSubscription(text)) throw new TypeError(NOT_RESUMABLE);
  return { query: text, ...id };
}

/** @throws {TypeError} if `query` is no document. */
export function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  // `documentMode: 'string'` of GraphQL Code Generator makes String objects. JSON would write them as texts, but graphql-ws refuses them.
  if (Object.prototype.toString.call(query) === '[object String]') return String(query);
  if (isTree(query)) return print(query);
  throw new TypeError(
    'A subscription needs its document as `query` (its text, or the result of gql, gql.tada or GraphQL Code Generator) or its `documentId`.',
  );
}

/** Whether one of the document's operations is a subscription. Braces hold only fields and default values, so they are left out. */
function isSubscription(text: string): boolean {
  let outside = text.replaceAll(/"""[^]*?"""|"(?:\\.|[^"\\])*"|#.*/g, '');
  for (let before = ''; before !== outside;) {
    before = outside;
    outside = before.replaceAll(/\{[^{}]*\}/g, '');
  }
  return /(?:^|[^$\w])subscription\b/.test(outside);
}

function isTree(query: unknown): query is DocumentNode {
  return typeof query === 'object' && query !== null && 'kind' in query && query.kind === 'Document';
}

export const NOT_RESUMABLE =
  'A subscription can be resumed only if it takes its cursor from the variable $after and selects cursor, unaliased.';
