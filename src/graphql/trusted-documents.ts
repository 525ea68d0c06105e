import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type GraphQLSchema, parse } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import type { DocumentLimits } from '../limits.ts';
import { validateWithin } from './document-rules.ts';
import type { OperationRequest } from './operations.ts';

/** Relay's compiler and most others: each document under its id. */
const record = z.record(z.string(), z.string());
/** Apollo's: https://www.apollographql.com/docs/graphos/platform/security/persisted-queries */
const apollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});
/** How Apollo's clients name a document; others have `documentId` beside the variables. */
const named = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/** The documents of a manifest: the only ones that are served to those who may not ask for any. */
export class TrustedDocuments {
  readonly #byId = new Map<string, string>();
  readonly #texts: ReadonlySet<string>;

  /** @param documents by their ids. */
  constructor(documents: ReadonlyMap<string, string>) {
    this.#texts = new Set(documents.values());
    for (const text of this.#texts) {
      const sha256 = hash('sha256', text);
      this.#byId.set(sha256, text);
      // As the appendix on persisted documents of GraphQL over HTTP writes it.
      this.#byId.set(`sha256:${sha256}`, text);
    }
    for (const [id, text] of documents) this.#byId.set(id, text);
  }

  /** The text of the document that is asked for, by its id or by its very text; null when it is none of these. */
  find(request: OperationRequest): string | null {
    const id = idOf(request);
    const text = id === null ? undefined : this.#byId.get(id);
    if (text !== undefined) return text;
    return request.query && this.#texts.has(request.query) ? request.query : null;
  }
}

/** The id by which a request names its document; null when it names none. */
export function idOf({ documentId, extensions }: OperationRequest): string | null {
  if (typeof documentId === 'string') return documentId;
  return named.safeParse(extensions).data?.persistedQuery.sha256Hash ?? null;
}

/**
 * Reads a manifest, in JSON: `{ "<id>": "<document>" }`, or Apollo's.
 *
 * @throws {ConfigError} when it can't be read, or holds a document that does not fit the schema and the limits.
 */
export function readTrustedDocuments(path: string, schema: GraphQLSchema, limits: DocumentLimits): TrustedDocuments {
  const documents = documentsOf(path, parseManifest(path));
  const problems: string[] = [];
  for (const [id, text] of documents) {
    const problem = problemOf(text, schema, limits);
    if (problem !== null) problems.push(`TRUSTED_DOCUMENTS: ${path}: the document "${id}" can't be served: ${problem}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return new TrustedDocuments(documents);
}

function parseManifest(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ConfigError([`TRUSTED_DOCUMENTS: ${path} can't be read (${code})`]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError([`TRUSTED_DOCUMENTS: ${path} is no JSON`]);
  }
}

function documentsOf(path: string, manifest: unknown): ReadonlyMap<string, string> {
  const list = apollo.safeParse(manifest).data?.operations.map(({ id, body }) => [id, body] as const);
  const entries = list ?? Object.entries(record.safeParse(manifest).data ?? {});
  if (entries.length > 0) return new Map(entries);
  throw new ConfigError([
    `TRUSTED_DOCUMENTS: ${path} holds no documents: expected { "<id>": "<document>", … }, or ` +
      '{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id": …, "body": … }] }',
  ]);
}

/** Why a document can't be served; null when it can. */
function problemOf(text: string, schema: GraphQLSchema, limits: DocumentLimits): string | null {
  try {
    const [error] = validateWithin(limits, schema, parse(text, { maxTokens: limits.tokens }));
    return error?.message ?? null;
  } catch (error) {
    return (error as Error).message;
  }
}
