import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { OperationRequest } from '../execution/operation-request.ts';
import { presentError } from '../execution/present-error.ts';
import { idOf, isAutomatic, persistedQueryNotFound } from '../execution/document-id.ts';

const object = z.record(z.string(), z.unknown());
const operationRequest = z
  .object({
    query: z.string().nullish(),
    documentId: z.string().nullish(),
    id: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: object.nullish(),
    extensions: object.nullish(),
  })
  .refine((request) => typeof request.query === 'string' || idOf(request) !== null);

/** @throws {HookcastError} BAD_REQUEST if the bytes are no GraphQL request in JSON. */
export function parseOperationRequest(body: Buffer): OperationRequest {
  let value: unknown;
  try {
    // Some writers of UTF-8, mostly .NET's, begin with a byte order mark, which JSON.parse takes for an error.
    value = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw new HookcastError('BAD_REQUEST', 'The body is not JSON.');
  }
  if (Array.isArray(value)) {
    throw new HookcastError(
      'BAD_REQUEST',
      'This is a batch of operations. Switch off batching in the client, and send each operation in its own request.',
    );
  }
  return toRequest(value, 'Send {"query": …, "variables": …, "operationName": …}.');
}

/**
 * Reads the operation from the address of a GET.
 *
 * @throws {HookcastError} BAD_REQUEST if there is none.
 */
export function operationInAddress(request: IncomingMessage): OperationRequest {
  const search = searchOf(request);
  const objectIn = (name: string): unknown => {
    const text = search.get(name);
    try {
      // A client that has no variables may send the name alone.
      return text ? JSON.parse(text) : null;
    } catch {
      throw new HookcastError('BAD_REQUEST', `In the address, the value of "${name}" is not JSON.`);
    }
  };
  const texts = ['query', 'documentId', 'id', 'operationName'].map((name) => [name, search.get(name)]);
  const value = { ...Object.fromEntries(texts), variables: objectIn('variables'), extensions: objectIn('extensions') };
  return toRequest(value, 'Put in the address: ?query=…&variables=…&operationName=…, each encoded, variables as JSON.');
}

function toRequest(value: unknown, otherwise: string): OperationRequest {
  const parsed = operationRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HookcastError('BAD_REQUEST', otherwise);
}

/**
 * Whether a GET asks for a document by its hash alone, as Apollo's client for Kotlin does first by default. It is told that the
 * hash isn't known, so that it sends the text with POST: logs would keep variables that are in an address.
 */
export function asksByHash(request: IncomingMessage): boolean {
  const search = searchOf(request);
  if (search.has('query')) return false;
  try {
    return isAutomatic({ extensions: JSON.parse(search.get('extensions') ?? '') });
  } catch {
    return false;
  }
}

function searchOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
}

export function notKnownByHash(): GraphQLError {
  return presentError(persistedQueryNotFound(), () => {});
}

/**
 * Adds an empty text to a WebSocket's message that has none. Clients that name a document by its id send no text, and for that
 * graphql-ws would close the socket with all that runs over it.
 */
export function withText(message: unknown): unknown {
  const { type, payload } = Object(message) as { readonly type?: unknown; readonly payload?: unknown };
  const { query, ...named } = Object(payload) as OperationRequest;
  if (type !== 'subscribe' || (query ?? null) !== null || idOf(named) === null) return message;
  return { ...(message as object), payload: { ...named, query: '' } };
}

/** The last error that an operation is sent when its token is revoked. */
export function revokedError(): GraphQLError {
  return new GraphQLError('The token was revoked. Sign in again, or ask the operator for another one.', {
    extensions: { code: 'TOKEN_REVOKED' },
  });
}

/** The last error that an operation is sent when its token expires. */
export function expiredError(): GraphQLError {
  return new GraphQLError('The token has expired. Reconnect with a fresh one and your cursor.', {
    extensions: { code: 'TOKEN_EXPIRED' },
  });
}
