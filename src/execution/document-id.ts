import { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { OperationRequest } from './operation-request.ts';

/** How Apollo's clients name a document, also where they only hope that it is known. */
const named = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/**
 * The id by which a request names its document: `documentId` as GraphQL over HTTP has it, `id` as Strawberry Shake does,
 * `extensions` as Apollo's clients do. Null when it names none; an empty id is none.
 */
export function idOf({ documentId, id, extensions }: OperationRequest): string | null {
  for (const given of [documentId, id]) if (typeof given === 'string' && given !== '') return given;
  return named.safeParse(extensions).data?.persistedQuery.sha256Hash || null;
}

/** Whether the client will send the text as well when it is told that the id is not known. */
export function isAutomatic({ extensions }: OperationRequest): boolean {
  return named.safeParse(extensions).success;
}

/**
 * What makes Apollo's clients send the text. All of them know this message, and those for Kotlin and iOS nothing else:
 * neither the code nor "PersistedQueryNotSupported", after which Kotlin's gives up.
 */
export function persistedQueryNotFound(): HookcastError {
  return new HookcastError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}
