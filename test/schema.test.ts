import { readFileSync } from 'node:fs';
import { type GraphQLInterfaceType, getNamedType, printType } from 'graphql';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../src/declaration/event-type.ts';
import { enumType } from '../src/declaration/fields.ts';
import { printSorted } from '../src/graphql/print-schema.ts';
import { createSchema } from '../src/graphql/schema.ts';
import { SHIPPED } from '../src/types/shipped.ts';

it('GQL1.1 serves the schema that schema.graphql says; "npm run schema" writes it anew', () => {
  const committed = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(`${printSorted(createSchema())}\n`);
});

it('GQL8.12 has a type for each subscription, of just what that sends', () => {
  const schema = createSchema();
  const sent = (name: string) =>
    schema
      .getPossibleTypes(getNamedType(schema.getSubscriptionType()!.getFields()[name]!.type) as GraphQLInterfaceType)
      .map((type) => type.name)
      .toSorted();
  const always = ['CaughtUp', 'Gap'];
  expect(sent('cancellations')).toEqual([...always, 'CancellationEdge', 'Erasure', 'EventEdge', 'Revision'].toSorted());
  expect(sent('events')).toEqual([...always, 'Erasure', 'EventEdge', 'Revision'].toSorted());
  expect(sent('activity')).toEqual([...always, 'ActivityChange', 'EventCountChange', 'Recount'].toSorted());
});

it('GQL8.12 describes each of its types', () => {
  const types = Object.values(createSchema().getTypeMap()).filter((type) => !type.name.startsWith('__'));
  expect(types.filter(({ description }) => !description?.trim()).map(({ name }) => name)).toEqual([]);
});

it('GQL1.1 says of each word of an enum what it means, where its declaration does', () => {
  const colors = enumType('Color', { RED: 'As blood.', BLUE: 'As the sky.' }, 'What one sees.');
  const plain = enumType('Size', ['S', 'L']);
  const Painted = eventType('Painted', { description: 'Painted.', fields: z.object({ colors, plain }) });
  const schema = createSchema([...SHIPPED, Painted]);
  expect(printType(schema.getType('Color')!)).toBe(
    '"""What one sees."""\nenum Color {\n  """As blood."""\n  RED\n\n  """As the sky."""\n  BLUE\n}',
  );
  expect(printType(schema.getType('Size')!)).toBe('enum Size {\n  S\n  L\n}');
});
