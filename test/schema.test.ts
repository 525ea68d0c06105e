import { readFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { createSchema } from '../src/graphql/schema.ts';

it('GQL1.1 serves the schema that schema.graphql says; "npm run schema" writes it anew', () => {
  const committed = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(`${printSchema(createSchema())}\n`);
});
