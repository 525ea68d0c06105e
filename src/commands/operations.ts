import { type Code, HTTP, HookcastError } from '../errors.ts';
import { parseExact } from '../events/exact-json.ts';

/**
 * Where operators' commands do their work: the log of DATABASE_URL, or a remote gateway (HOOKCAST_URL). Both get the same
 * GraphQL operations, so that a command prints and does the same in both places.
 */
export interface Operations {
  /** The data of the answer. @throws {HookcastError} with the first error's code and message. */
  ask<T>(this: void, document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The data of an answer's text. Numbers that a double can't hold keep their text. @throws {HookcastError} */
export function dataIn(text: string): unknown {
  const { data, errors } = parseExact(text) as Answer;
  const [first] = errors ?? [];
  if (!first) return data;
  const code = first.extensions?.code ?? 'INTERNAL';
  throw new HookcastError(Object.hasOwn(HTTP, code) ? (code as Code) : 'INTERNAL', first.message);
}

/** A page of a connection. */
export interface PageOf<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** All nodes of a connection, page by page. The document has the variable `after`. */
export async function* nodesOf<T>(
  operations: Operations,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): AsyncGenerator<T> {
  for (let after: string | null = null; ;) {
    const data: Record<string, PageOf<T>> = await operations.ask(document, { ...variables, after });
    const [page] = Object.values(data);
    for (const { node } of page!.edges) yield node;
    // A page without nodes may say that there is more, but then it has no cursor to continue from.
    if (!page!.pageInfo.hasNextPage || page!.pageInfo.endCursor === null) return;
    after = page!.pageInfo.endCursor;
  }
}
