import { writeFileSync } from 'node:fs';
import { printSorted } from '../graphql/print-schema.ts';
import { createSchema } from '../graphql/schema.ts';
import { subgraphSdl } from '../graphql/subgraph.ts';
import { servedTypes } from '../served-types.ts';
import { explained } from './explain.ts';
import { findOwnSources } from './sources.ts';
import type { Terminal } from './terminal.ts';

export interface SchemaOptions {
  readonly write?: string | undefined;
  readonly explain?: boolean | undefined;
  readonly federation?: boolean | undefined;
}

/**
 * `hookcast schema`: prints the GraphQL schema with the types of the user's own file, for clients or for the composition of a
 * federation; or prints which fields are personal, and why.
 */
export async function schema({ write, explain, federation }: SchemaOptions, { print, env }: Terminal): Promise<void> {
  const printed = federation ? subgraphSdl : printSorted;
  const own = await findOwnSources(env);
  const types = servedTypes(own?.values() ?? []);
  const lines = explain ? explained(types) : printed(createSchema(types)).split('\n');
  if (write === undefined) return lines.forEach((line) => print(line));
  writeFileSync(write, `${lines.join('\n')}\n`);
  print(`Written to ${write}.`);
}
