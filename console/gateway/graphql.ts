import type { TadaDocumentNode, initGraphQLTada } from 'gql.tada';
import type { introspection } from '../schema.d.ts';

type Graphql = ReturnType<
  typeof initGraphQLTada<{ introspection: introspection; scalars: { BigInt: number; DateTime: string; JSON: unknown } }>
>;

/** A document at run time: its own text, and the fragments that it uses. */
interface Text {
  readonly own: string;
  readonly fragments: readonly Text[];
}

/**
 * A document whose types gql.tada derives from the schema (`npm run schema` writes the types anew). Only the types are gql.tada's. Its own
 * function would parse each document at the start of the page only to print it again, and takes a fiftieth of the page.
 */
export const graphql = ((own: string, fragments: readonly Text[] = []): Text => ({
  own,
  fragments,
})) as unknown as Graphql;

/** The text that is sent, with each fragment once. `@_unmask` only matters to the types, and the build removes it. */
export function textOf(document: TadaDocumentNode<unknown, never, unknown>): string {
  return [...partsOf(document as unknown as Text)].join('\n');
}

function partsOf({ own, fragments }: Text): Set<string> {
  return new Set([own, ...fragments.flatMap((fragment) => [...partsOf(fragment)])]);
}
