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

const schema = createSchema();

/** Every field of a type, and of what stands in it: `kind customer { name email … } …`. */
function everything(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    return isObjectType(of) ? `${field.name} { ${everything(of)} }` : field.name;
  });
  return fields.join(' ');
}

function implementations(name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

const lists: [list: string, of: string][] = [
  ['events', 'Event'],
  ['cancellations', 'Cancellation'],
];
it.each(lists)('GQL4 one query of %s asks for every field of every %s', (list, of) => {
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
