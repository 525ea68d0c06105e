import { hash } from 'node:crypto';
import { type GraphQLSchema, parse } from 'graphql';
import { ConfigError } from '../config-error.ts';
import type { DocumentLimits } from '../limits.ts';
import { validateWithin } from './document-rules.ts';
import { idOf } from './document-id.ts';
import { readManifest } from './manifest.ts';
import type { OperationRequest } from './operation-request.ts';

/** The documents of the manifests: the only ones that are served to those who may not ask for any. */
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

/**
 * Reads the manifests: several apps, or several versions of one, each bring their own.
 *
 * @throws {ConfigError} when one can't be read, when two give one id to different documents, or when a document does not fit
 *   the schema and the limits.
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

/** Why a document can't be served; null when it can. */
function problemOf(text: string, schema: GraphQLSchema, limits: DocumentLimits): string | null {
  try {
    const [error] = validateWithin(limits, schema, parse(text, { maxTokens: limits.tokens }));
    return error?.message ?? null;
  } catch (error) {
    return (error as Error).message;
  }
}
