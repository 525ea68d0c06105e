import { writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../graphql/schema.ts';
import type { Provider } from '../providers/provider.ts';
import { servedTypes } from '../served-types.ts';
import { findOwnSources } from './sources.ts';
import type { Terminal } from './terminal.ts';

/** `hookcast schema`: the GraphQL schema, printed, with the types of the file of one's own. */
export async function schema({ write }: { readonly write?: string | undefined }, terminal: Terminal): Promise<void> {
  const { print, env } = terminal;
  const sources = (await findOwnSources(env)) ?? new Map<string, Provider>();
  const text = printSchema(createSchema(servedTypes(sources.values())));
  if (write === undefined) return text.split('\n').forEach((line) => print(line));
  writeFileSync(write, `${text}\n`);
  print(`Written to ${write}.`);
}
