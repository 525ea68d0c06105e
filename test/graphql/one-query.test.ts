import {
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
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

function implementations(name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

const lists: [list: string, of: string][] = [
  ['events', 'Event'],
  ['cancellations', 'Cancellation'],
];
it.each(lists)(
  'GQL4.1 one query of %s for a hundred asks for every field of every %s, as clients send it',
  async (list, of) => {
    const gateway = await TestGateway.start();
    // With `__typename` everywhere, which Apollo's client adds, and by an alias for each interface, which Relay's does.
    const fragments = implementations(of).map(
      (type) =>
        `... on ${type.name} { ${everything(type, '__typename')} } ... on ${of} { __is${type.name}: __typename }`,
    );
    const page = 'pageInfo { __typename startCursor endCursor hasNextPage hasPreviousPage }';
    const query = `{ ${list}(last: 100) { __typename head ${page} edges { __typename cursor node { __typename ${fragments.join(' ')} } } } }`;
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
