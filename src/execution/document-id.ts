import { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { OperationRequest } from './operation-request.ts';

/** How Apollo's clients name a document, even if they only hope that the server knows it. */
const named = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/**
 * The id by which a request names its document: `documentId` as in GraphQL over HTTP, `id` as in Strawberry Shake, or
 * `extensions` as in Apollo's clients. Null if the request names none; an empty id counts as none.
 */
export function idOf({ documentId, id, extensions }: OperationRequest): string | null {
  for (const given of [documentId, id]) if (typeof given === 'string' && given !== '') return given;
  return named.safeParse(extensions).data?.persistedQuery.sha256Hash || null;
}

/** Whether the client will also send the text if the answer says that the id is unknown. */
export function isAutomatic({ extensions }: OperationRequest): boolean {
  return named.safeParse(extensions).success;
}

/**
 * The error that makes Apollo's clients send the text. All of them know this message. Those for Kotlin and iOS know no other
 * sign: neither the code nor "PersistedQueryNotSupported", after which Kotlin's client gives up.
 */
export function persistedQueryNotFound(): HookcastError {
  return new HookcastError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}
