import type { TadaDocumentNode, initGraphQLTada } from 'gql.tada';
import type { introspection } from '../schema.d.ts';

type Graphql = ReturnType<
  typeof initGraphQLTada<{ introspection: introspection; scalars: { BigInt: number; DateTime: string; JSON: unknown } }>
>;

/** What a document is at run time: its own text, and the fragments that it uses. */
interface Text {
  readonly own: string;
  readonly fragments: readonly Text[];
}

/**
 * A document, typed from the schema by gql.tada (`npm run schema` writes its types anew). Only the types are gql.tada's: its
 * own function parses each document when the page starts, only for it to be printed again, and is a fiftieth of the page.
 */
export const graphql = ((own: string, fragments: readonly Text[] = []): Text => ({
  own,
  fragments,
})) as unknown as Graphql;

/** A document as it is sent, each fragment once. `@_unmask` is for the types alone, and taken out by the build. */
export function textOf(document: TadaDocumentNode<unknown, never, unknown>): string {
  return [...partsOf(document as unknown as Text)].join('\n');
}

function partsOf({ own, fragments }: Text): Set<string> {
  return new Set([own, ...fragments.flatMap((fragment) => [...partsOf(fragment)])]);
}
