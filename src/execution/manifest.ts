import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config-error.ts';

/** A document and its id. */
export type Entry = readonly [id: string, text: string];

/** The format of Relay's compiler and most others: each document under its id. */
const record = z.record(z.string(), z.string());
/** Apollo's format: https://www.apollographql.com/docs/graphos/platform/security/persisted-queries */
const apollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

/**
 * The documents of a manifest. It is a JSON file, either `{ "<id>": "<document>" }` or in Apollo's format; or a folder of such
 * files and of `<id>.graphql`, as Strawberry Shake writes it.
 *
 * @throws {ConfigError} when it can't be read, or holds no documents.
 */
export function readManifest(path: string): readonly Entry[] {
  const isFolder = reading(path, () => statSync(path).isDirectory());
  const entries = isFolder ? inFolder(path) : inJson(path);
  if (entries.length > 0) return entries;
  throw problem(
    path,
    'has no documents: expected { "<id>": "<document>", … }, or ' +
      '{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id": …, "body": … }] }, ' +
      'or a folder of such files, or of <id>.graphql',
  );
}

/**
 * Other kinds of files are ignored. So are names that begin with a dot: Kubernetes keeps a second copy of the folder in
 * `..data`.
 */
function inFolder(path: string): readonly Entry[] {
  const names = reading(path, () => readdirSync(path)).filter((name) => !name.startsWith('.'));
  return names.toSorted().flatMap((name): readonly Entry[] => {
    const file = join(path, name);
    switch (extname(name)) {
      case '.json':
        return inJson(file);
      case '.graphql':
        return [[basename(name, '.graphql'), readText(file)]];
      default:
        return [];
    }
  });
}

function inJson(path: string): readonly Entry[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw problem(path, 'is not JSON');
  }
  const list = apollo.safeParse(manifest).data?.operations.map(({ id, body }): Entry => [id, body]);
  return list ?? Object.entries(record.safeParse(manifest).data ?? {});
}

/** Removes a byte order mark: no client sends one in its text. */
function readText(path: string): string {
  return reading(path, () => readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw problem(path, `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

function problem(path: string, message: string): ConfigError {
  return new ConfigError([`TRUSTED_DOCUMENTS: ${path} ${message}`]);
}
