import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import type { DocumentLimits, DocumentSettings } from '../limits.ts';
import { LARGEST_PAGE, LIST, READ } from './cost.ts';

/** The factor that leaves room for the text around the fields: names, arguments, aliases. */
const ROOM = 1.25;
const LEAST_TOKENS = 2_000;
const LEAST_COST = 150_000;

/** The size of a selection, with `__typename` in each selection of an abstract type, as Apollo's client sends it. */
interface Size {
  readonly tokens: number;
  readonly cost: number;
}

/**
 * The limits of a document. If a limit is not set, it is enough for every field of every event in one page, whatever the number
 * of types.
 */
export function documentLimits(settings: DocumentSettings, schema: GraphQLSchema): DocumentLimits {
  const { tokens, cost } = settings.tokens === null || settings.cost === null ? sizeOfEvents(schema) : NOTHING;
  return {
    ...settings,
    tokens: settings.tokens ?? Math.max(LEAST_TOKENS, roundedUp(tokens * ROOM, 500)),
    cost: settings.cost ?? Math.max(LEAST_COST, roundedUp(cost * ROOM, 50_000)),
  };
}

const NOTHING: Size = { tokens: 0, cost: 0 };

/**
 * The size of the largest page. Each type is a fragment, `... on Name { }`, and an alias for its interface, as Relay's compiler
 * sends it.
 */
function sizeOfEvents(schema: GraphQLSchema): Size {
  const event = schema.getType('Event');
  if (!isInterfaceType(event)) return NOTHING;
  const known = new Map<GraphQLObjectType, Size>();
  const types = schema.getPossibleTypes(event).map((type) => sizeOf(type, known));
  const one = types.reduce(
    (sum, { tokens, cost }) => ({ tokens: sum.tokens + tokens + 13, cost: sum.cost + cost + 1 }),
    {
      tokens: 0,
      cost: READ,
    },
  );
  return { tokens: one.tokens, cost: one.cost * LARGEST_PAGE };
}

/** The recursion ends, since declared objects never contain themselves. */
function sizeOf(type: GraphQLObjectType, known: Map<GraphQLObjectType, Size>): Size {
  let size = known.get(type);
  if (size) return size;
  size = { tokens: 1, cost: 1 };
  for (const field of Object.values(type.getFields())) {
    const of = getNamedType(field.type);
    const below = isObjectType(of) ? sizeOf(of, known) : null;
    size = {
      tokens: size.tokens + (below ? below.tokens + 3 : 1),
      cost: size.cost + pointsOf(field) + (below?.cost ?? 0) * (isListType(getNullableType(field.type)) ? LIST : 1),
    };
  }
  known.set(type, size);
  return size;
}

/** In events, only a payload costs more than a field. */
function pointsOf({ extensions }: GraphQLField<unknown, unknown>): number {
  const points: unknown = extensions['complexity'];
  return typeof points === 'number' ? points : 1;
}

function roundedUp(number: number, to: number): number {
  return Math.ceil(number / to) * to;
}
