import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type { DisclosedEvent, Scope } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { parseTime } from './date-time.ts';
import type { Context } from '../execution/context.ts';
import { LIST, MOST_LISTED, READ } from '../execution/cost.ts';
import { JsonTexts } from '../execution/json-text.ts';
import { EVENT, findNodes, parseId, typenameOf } from './node-id.ts';
import type { Representation } from './representation.ts';

/** The TypeScript types of GraphQL's types. */
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
 * A builder for one schema. The functions in this folder add types to it, and nothing is global.
 *
 * @param shapes the names of the types of events.
 */
export function createBuilder(shapes: ReadonlySet<string>) {
  const builder = new SchemaBuilder<Types>({
    plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
    // cost.ts weighs an operation before it runs, so resolvers need not check again.
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
      pageInfoTypeOptions: { description: 'Whether there are more pages, and the cursors to read them.' },
      edgesFieldOptions: { nullable: { list: false, items: false }, complexity: { multiplier: 1 } },
      nodeFieldOptions: { nullable: false },
      nodeTypeOptions: {
        description: 'An object that can be fetched again by its id.',
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
            'This is not the id of an event. Pass an id exactly as you received it.',
          );
        },
      },
      nodesQueryOptions: {
        authScopes: { scope: 'events:read' },
        description: `The objects with these ids, at most ${MOST_LISTED}. An id that does not exist, or that the token may not see, gives null in its place.`,
        complexity: ({ ids }: { ids: readonly unknown[] }) => ({ field: READ * ids.length, multiplier: ids.length }),
        resolve: (_root, { ids }, context) => findNodes(context, ids),
      },
    },
  });

  const jsonTexts = new JsonTexts();
  builder.scalarType('DateTime', {
    description: 'A moment in RFC 3339. The gateway returns it in UTC with milliseconds: `2026-11-22T10:45:00.000Z`.',
    serialize: (at) => new Date(at).toISOString(),
    parseValue: (value) => {
      const at = typeof value === 'string' ? parseTime(value) : null;
      if (at === null) throw new GraphQLError('Expected a time in RFC 3339, like 2026-11-22T10:45:00Z.');
      return at;
    },
  });
  builder.scalarType('BigInt', {
    description:
      'A whole number of up to 53 bits, as a JSON number. GraphQL’s own Int has only 32 bits. If the provider sent anything else, the value is null here and can be read in `raw`.',
    serialize: Number,
    parseValue: (value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      throw new GraphQLError('Expected a whole number of up to 53 bits.');
    },
  });
  builder.scalarType('JSON', {
    description: "Any JSON value: a provider's own structure that has no GraphQL type.",
    serialize: (value) => jsonTexts.of(value),
    parseValue: (value) => z.json().parse(value),
  });
  return builder;
}
