import { writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../graphql/schema.ts';
import type { Terminal } from './terminal.ts';

/** `hookcast schema`: the GraphQL schema, printed. */
export function schema({ write }: { readonly write?: string | undefined }, { print }: Terminal): void {
  const text = printSchema(createSchema());
  if (write === undefined) return text.split('\n').forEach((line) => print(line));
  writeFileSync(write, `${text}\n`);
  print(`Written to ${write}.`);
}
