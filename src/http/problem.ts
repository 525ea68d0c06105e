import type { ServerResponse } from 'node:http';
import { HTTP, type HookcastError } from '../errors.ts';
import { requestIdOf } from '../telemetry/request-id.ts';

/** How long a sender is asked to wait before it tries again, in seconds. */
const RETRY_AFTER = '5';

/**
 * Answers with a problem document (RFC 9457). Its `type` names the code, which programs may rely on; by `requestId` an
 * operator finds it in the log.
 */
export function sendProblem(
  response: ServerResponse,
  error: HookcastError,
  headers: Record<string, string> = {},
): void {
  const { status, title } = HTTP[error.code];
  sendJson(
    response,
    status,
    {
      type: `urn:hookcast:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
      title,
      status,
      detail: error.message,
      code: error.code,
      requestId: requestIdOf(response),
    },
    { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': RETRY_AFTER }), ...headers },
  );
}

/** Answers a GraphQL request that never became one, in the form that GraphQL clients read errors. */
export function sendGraphQLError(response: ServerResponse, error: HookcastError): void {
  const { status } = HTTP[error.code];
  const extensions = { code: error.code, ...(status >= 500 && { requestId: requestIdOf(response) }) };
  sendJson(
    response,
    status,
    { errors: [{ message: error.message, extensions }] },
    {
      'content-type': 'application/graphql-response+json; charset=utf-8',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(status === 503 && { 'retry-after': RETRY_AFTER }),
    },
  );
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
