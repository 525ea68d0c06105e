import { hash } from 'node:crypto';
import { type GraphQLSchema, parse } from 'graphql';
import { ConfigError } from '../config-error.ts';
import type { DocumentLimits } from '../limits.ts';
import { validateWithin } from './document-rules.ts';
import { idOf } from './document-id.ts';
import { readManifest } from './manifest.ts';
import type { OperationRequest } from './operation-request.ts';

/** The documents of the manifests. Viewers who may not send any document are served only these. */
export class TrustedDocuments {
  readonly #byId = new Map<string, string>();
  readonly #texts: ReadonlySet<string>;

  /** @param documents by their ids. */
  constructor(documents: ReadonlyMap<string, string>) {
    this.#texts = new Set(documents.values());
    for (const text of this.#texts) {
      const sha256 = hash('sha256', text);
      this.#byId.set(sha256, text);
      // The appendix on persisted documents of GraphQL over HTTP writes ids in this form.
      this.#byId.set(`sha256:${sha256}`, text);
    }
    for (const [id, text] of documents) this.#byId.set(id, text);
  }

  /** The text of the requested document, found by its id or its exact text; null if the manifests don't have it. */
  find(request: OperationRequest): string | null {
    const id = idOf(request);
    const text = id === null ? undefined : this.#byId.get(id);
    if (text !== undefined) return text;
    return request.query && this.#texts.has(request.query) ? request.query : null;
  }
}

/**
 * Reads the manifests: each app, or each version of an app, brings its own.
 *
 * @throws {ConfigError} when a manifest can't be read, when two of them give one id to different documents, or when a document
 *   does not fit the schema and the limits.
 */
export function readTrustedDocuments(
  paths: readonly string[],
  schema: GraphQLSchema,
  limits: DocumentLimits,
): TrustedDocuments {
  const documents = new Map<string, string>();
  const problems: string[] = [];
  for (const path of paths) {
    for (const [id, text] of readManifest(path)) {
      const known = documents.get(id);
      if (known === text) continue;
      const problem = known === undefined ? problemOf(text, schema, limits) : 'another document has this id';
      if (problem !== null)
        problems.push(`TRUSTED_DOCUMENTS: ${path}: the document "${id}" can't be served: ${problem}`);
      documents.set(id, text);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return new TrustedDocuments(documents);
}

/** Why a document can't be served; null if it can. */
function problemOf(text: string, schema: GraphQLSchema, limits: DocumentLimits): string | null {
  try {
    const [error] = validateWithin(limits, schema, parse(text, { maxTokens: limits.tokens }));
    return error?.message ?? null;
  } catch (error) {
    return (error as Error).message;
  }
}
