import {
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defaultLimits } from '../../src/limits-config.ts';
import { eventType } from '../../src/declaration/event-type.ts';
import { Scales } from '../../src/execution/cost.ts';
import { documentLimits } from '../../src/execution/document-limits.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { money } from '../../src/types/money.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { TestGateway } from '../support/gateway.ts';

const schema = createSchema();

/** Every field of a type, and of what stands in it: `kind customer { name email … } …`. */
function everything(type: GraphQLObjectType, also = ''): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    return isObjectType(of) ? `${field.name} { ${everything(of, also)} }` : field.name;
  });
  return [also, ...fields].join(' ');
}

function implementations(name: string, of = schema): readonly GraphQLObjectType[] {
  const type = of.getType(name);
  return isAbstractType(type) ? of.getPossibleTypes(type) : [];
}

/** With `__typename` everywhere, which Apollo's client adds, and by an alias for each interface, which Relay's does. */
function wholeOf(schema: GraphQLSchema, list: string, of: string): string {
  const fragments = implementations(of, schema).map(
    (type) => `... on ${type.name} { ${everything(type, '__typename')} } ... on ${of} { __is${type.name}: __typename }`,
  );
  const page = 'pageInfo { __typename startCursor endCursor hasNextPage hasPreviousPage }';
  return `{ ${list}(last: 100) { __typename head ${page} edges { __typename cursor node { __typename ${fragments.join(' ')} } } } }`;
}

const lists: [list: string, of: string][] = [
  ['events', 'Event'],
  ['cancellations', 'Cancellation'],
];
it.each(lists)(
  'GQL4.1 one query of %s for a hundred asks for every field of every %s, as clients send it',
  async (list, of) => {
    const gateway = await TestGateway.start();
    const query = wholeOf(schema, list, of);
    const { data, errors } = await gateway.query(query, {}, { scope: 'events:read pii:read raw:read' });
    expect(errors).toBeUndefined();
    expect(data?.[list]).toMatchObject({ __typename: `${of}Connection`, edges: [] });
  },
);

it.each(lists)('GQL4.1 one query of %s asks for every field of every %s', (list, of) => {
  const types = implementations(of);
  expect(types.length).toBeGreaterThan(3);
  const leaves = types.flatMap((type) =>
    Object.values(type.getFields()).filter(({ type }) => isLeafType(getNamedType(type))),
  );
  expect(leaves.length).toBeGreaterThan(50);
  const fragments = types.map((type) => `... on ${type.name} { ${everything(type)} }`);
  const query = `{ ${list} { edges { node { ${fragments.join('\n')} } } } }`;
  expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
});

it('GQL4.2 has room for every field of every event, also of a hundred types more', () => {
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`price${index}`, money.nullable()]));
  const own = Array.from({ length: 100 }, (_, index) =>
    eventType(`Own${index}`, { description: 'One of somebody’s own.', fields: z.object(fields) }),
  );
  const [usual, larger] = [SHIPPED, [...SHIPPED, ...own]].map((types) => {
    const schema = createSchema(types);
    const limits = documentLimits(defaultLimits().documents, schema);
    const document = wholeOf(schema, 'events', 'Event');
    const parsed = parse(document, { maxTokens: limits.tokens });
    const operation = parsed.definitions[0] as OperationDefinitionNode;
    expect(new Scales(schema, limits).problemsOf(parsed, operation, {}, { hideSuggestions: false })).toEqual([]);
    // The limits are of use: twice as much doesn't fit.
    expect(() => parse(document.repeat(2), { maxTokens: limits.tokens })).toThrow(/more than/);
    return limits;
  });
  expect(larger!.tokens).toBeGreaterThan(usual!.tokens);
  expect(larger!.cost).toBeGreaterThan(usual!.cost);
  // An explicit setting counts.
  const set = { ...defaultLimits().documents, tokens: 70, cost: 80 };
  expect(documentLimits(set, schema)).toMatchObject({ tokens: 70, cost: 80 });
});
