import type { ObjectRef } from '@pothos/core';
import { GraphQLError, type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';
import type { DisclosedEvent } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { Builder } from './builder.ts';
import { MOST_LISTED, READ } from '../execution/cost.ts';
import type { SchemaOf } from './declared.ts';
import { findNodes, parseId, typenameOf } from './node-id.ts';
import { representation } from './representation.ts';
import { entitiesOf } from './subgraph.ts';

/**
 * The fields that a router of Apollo Federation asks of a subgraph: its schema, and events by their keys.
 *
 * @param events the types of events.
 * @param sdl the answer of `_service`; it is made at the first request.
 */
export function addFederation(
  builder: Builder,
  events: readonly ObjectRef<SchemaOf, DisclosedEvent>[],
  shapes: ReadonlySet<string>,
  sdl: () => string,
): void {
  builder.scalarType('_Any', {
    description: 'An event as a router knows it: `{ __typename, id }`. Other members are ignored.',
    parseValue: (value) => {
      const { data } = representation.safeParse(value);
      if (data) return data;
      throw new GraphQLError('Expected the __typename and the id of an event.');
    },
  });
  const Entity = builder.unionType('_Entity', {
    description: 'The types that have a key: those of events.',
    types: [...events],
    resolveType: (event) => typenameOf(event, shapes),
  });
  const Service = builder.objectRef<{ readonly sdl: string }>('_Service').implement({
    description: 'This subgraph.',
    fields: (t) => ({
      sdl: t.exposeString('sdl', {
        description: 'Its schema with the directives of Apollo Federation, for composition.',
      }),
    }),
  });
  let text: string | null = null;
  builder.queryFields((t) => ({
    _service: t.field({
      type: Service,
      description: 'The schema of this subgraph. It is shown to those who may ask for the schema.',
      resolve: () => ({ sdl: (text ??= sdl()) }),
    }),
    _entities: t.field({
      type: [Entity],
      nullable: { list: false, items: true },
      description:
        `The events that a router knows by their keys, ${MOST_LISTED} at most: null in the place of one that there is none of, ` +
        'that is of another type, or that the token may not see.',
      args: { representations: t.arg({ type: ['_Any'], required: true }) },
      authScopes: { scope: 'events:read' },
      complexity: ({ representations: { length } }) => ({ field: READ * length, multiplier: length }),
      resolve: async (_root, { representations }, context, { schema }) => {
        const found = await findNodes(
          context,
          representations.map(({ id }) => parseId(id)),
        );
        const entities = entitiesOf(schema);
        return representations.map(async ({ __typename: wanted }, index) => {
          // A wrong representation fails alone: a router puts the requests of many clients in one list.
          if (!entities.has(wanted)) throw unknownType(wanted);
          const event = found[index];
          return event && isOf(schema, wanted, typenameOf(event, shapes)) ? event : null;
        });
      },
    }),
  }));
}

/** Whether an event is of the wanted type. It may have got another type after another subgraph stored the old one. */
function isOf(schema: GraphQLSchema, wanted: string, typename: string): boolean {
  const [type, is] = [schema.getType(wanted), schema.getType(typename)];
  return type === is || (isAbstractType(type) && isObjectType(is) && schema.isSubType(type, is));
}

function unknownType(typename: string): HookcastError {
  return new HookcastError(
    'BAD_REQUEST',
    `No events have the type "${typename.slice(0, 100)}" here. Compose the supergraph anew, from what "hookcast schema --federation" prints.`,
  );
}
