import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type { DisclosedEvent, Scope } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { parseTime } from './date-time.ts';
import type { Context } from './context.ts';
import { LIST, READ } from './cost.ts';
import { EVENT, findNodes, parseId, typenameOf } from './event.ts';
import type { Representation } from './federation.ts';
import { MOST_LISTED } from './filter.ts';
import { JsonTexts } from './json-text.ts';

/** What GraphQL's types are in TypeScript. */
export interface Types {
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Context: Context;
  AuthScopes: { scope: Scope; scopes: readonly Scope[] };
  Connection: { head: string };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: number; Output: number };
    BigInt: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
    _Any: { Input: Representation; Output: never };
  };
}

export type Builder = ReturnType<typeof createBuilder>;

/**
 * A builder for one schema: types are added to it by the functions beside this one, and nothing is global.
 *
 * @param shapes the names of the types of events.
 */
export function createBuilder(shapes: ReadonlySet<string>) {
  const builder = new SchemaBuilder<Types>({
    plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
    // Looked at before anything runs (cost.ts), and not again by each resolver.
    complexity: { disabled: true, defaultListMultiplier: LIST },
    defaultFieldNullability: false,
    scopeAuth: {
      authScopes: ({ viewer }) => ({
        scope: (scope) => viewer.scopes.has(scope),
        scopes: (scopes) => scopes.every((scope) => viewer.scopes.has(scope)),
      }),
      unauthorizedError: () => new HookcastError('FORBIDDEN', 'The token lacks the scope events:read.'),
    },
    relay: {
      cursorType: 'String',
      pageInfoTypeOptions: { description: 'Whether a list goes on, and from which cursors.' },
      edgesFieldOptions: { nullable: { list: false, items: false }, complexity: { multiplier: 1 } },
      nodeFieldOptions: { nullable: false },
      nodeTypeOptions: {
        description: 'Anything that can be fetched again by its id.',
        resolveType: (node) => typenameOf(node as DisclosedEvent, shapes),
      },
      decodeGlobalID: parseId,
      nodeQueryOptions: {
        authScopes: { scope: 'events:read' },
        complexity: READ,
        resolve: async (_root, { id }, context) => {
          if (id.typename === EVENT || shapes.has(id.typename)) return (await findNodes(context, [id]))[0];
          throw new HookcastError(
            'BAD_REQUEST',
            'This is no id of an event here. Pass one exactly as it was received.',
          );
        },
      },
      nodesQueryOptions: {
        authScopes: { scope: 'events:read' },
        description: `The things of these ids, ${MOST_LISTED} at most: null in the place of an id that is none, or that the token may not see.`,
        complexity: ({ ids }: { ids: readonly unknown[] }) => ({ field: READ * ids.length, multiplier: ids.length }),
        resolve: (_root, { ids }, context) => findNodes(context, ids),
      },
    },
  });

  const jsonTexts = new JsonTexts();
  builder.scalarType('DateTime', {
    description: 'A moment in RFC 3339, in UTC with milliseconds when served: `2026-11-22T10:45:00.000Z`.',
    serialize: (at) => new Date(at).toISOString(),
    parseValue: (value) => {
      const at = typeof value === 'string' ? parseTime(value) : null;
      if (at === null) throw new GraphQLError('Expected a time in RFC 3339, like 2026-11-22T10:45:00Z.');
      return at;
    },
  });
  builder.scalarType('BigInt', {
    description:
      'A whole number that a provider sent, as a JSON number of up to 53 bits: GraphQL’s Int has 32, and a provider may ' +
      'send more. What is no such number is null here, and stands in `raw`.',
    serialize: Number,
    parseValue: (value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      throw new GraphQLError('Expected a whole number of up to 53 bits.');
    },
  });
  builder.scalarType('JSON', {
    description: "Any JSON value: a provider's own structure, where GraphQL has no better type for it.",
    serialize: (value) => jsonTexts.of(value),
    parseValue: (value) => z.json().parse(value),
  });
  return builder;
}
