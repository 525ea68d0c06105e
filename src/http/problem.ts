import type { ServerResponse } from 'node:http';
import { HTTP, type HookcastError } from '../errors.ts';
import { requestIdOf } from './reply.ts';

/** How long a sender is asked to wait before it tries again, in seconds. */
const RETRY_AFTER = '5';

/**
 * Answers with a problem document (RFC 9457). Its `type` names the code, which programs may rely on. By its `requestId`, an
 * operator finds the request in the log.
 */
export function sendProblem(
  response: ServerResponse,
  error: HookcastError,
  headers: Record<string, string> = {},
): void {
  sendJson(
    response,
    HTTP[error.code].status,
    { ...problemOf(error), requestId: requestIdOf(response) },
    {
      'content-type': 'application/problem+json',
      ...headersOf(error),
      ...headers,
    },
  );
}

export function problemOf(error: HookcastError) {
  const { status, title } = HTTP[error.code];
  const type = `urn:hookcast:problem:${error.code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title, status, detail: error.message, code: error.code };
}

/** Headers that tell a program what to do next: come again later, with a token, or as a WebSocket (RFC 9110, section 15.5.22). */
export function headersOf({ code }: HookcastError): Record<string, string> {
  const { status } = HTTP[code];
  return {
    ...((code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED' || code === 'TOKEN_REVOKED') && {
      'www-authenticate': 'Bearer',
    }),
    ...(status === 426 && { upgrade: 'websocket', connection: 'upgrade, close' }),
    ...((status === 503 || status === 429) && { 'retry-after': RETRY_AFTER }),
  };
}

/** Refuses a GraphQL request before any operation has begun, in the form in which GraphQL clients read errors. */
export function sendGraphQLError(response: ServerResponse, error: HookcastError, type: string): void {
  const { status } = HTTP[error.code];
  const extensions = { code: error.code, ...(status >= 500 && { requestId: requestIdOf(response) }) };
  sendJson(
    response,
    status,
    { errors: [{ message: error.message, extensions }] },
    { 'content-type': `${type}; charset=utf-8`, ...headersOf(error) },
  );
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendText(response, status, JSON.stringify(body), headers);
}

/** Sends a text: JSON, unless the headers say otherwise. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string | Buffer,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
