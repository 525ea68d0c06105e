import { writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../graphql/schema.ts';
import { servedTypes } from '../served-types.ts';
import { explained } from './explain.ts';
import { findOwnSources } from './sources.ts';
import type { Terminal } from './terminal.ts';

export interface SchemaOptions {
  readonly write?: string | undefined;
  readonly explain?: boolean | undefined;
}

/** `hookcast schema`: the GraphQL schema with the types of the file of one's own, or which of their fields are personal, and why. */
export async function schema({ write, explain }: SchemaOptions, { print, env }: Terminal): Promise<void> {
  const own = await findOwnSources(env);
  const types = servedTypes(own?.values() ?? []);
  const lines = explain ? explained(types) : printSchema(createSchema(types)).split('\n');
  if (write === undefined) return lines.forEach((line) => print(line));
  writeFileSync(write, `${lines.join('\n')}\n`);
  print(`Written to ${write}.`);
}
