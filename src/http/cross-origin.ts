import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Origins } from './origins.ts';

/**
 * Headers that pages of allowed origins may send. Besides those that clients need, these are headers that libraries for tracing
 * add to every request of a page: if one of them is missing here, the request fails. The gateway reads the first four and
 * `traceparent`, and ignores the rest.
 */
const ALLOWED = [
  'authorization',
  'content-type',
  'last-event-id',
  'x-request-id',
  // W3C: https://www.w3.org/TR/trace-context/, https://www.w3.org/TR/baggage/
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
  // Zipkin, in one header and in several
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-origin',
  'x-datadog-sampling-priority',
  'x-datadog-tags',
  'newrelic',
  'elastic-apm-traceparent',
  'uber-trace-id',
  // Application Insights
  'request-id',
  'request-context',
  // Apollo Client, with a name in its `clientAwareness`, and for servers that ask for a preflight
  'apollographql-client-name',
  'apollographql-client-version',
  'apollo-require-preflight',
].join(', ');

/** Headers of an answer that pages may read: when to come again, and the id by which an operator finds the request in the log. */
const EXPOSED = 'retry-after, x-request-id';

/**
 * Lets pages of allowed origins read the answer. A page of another origin has a token only if its user gives it one, since a cookie
 * counts only for the gateway's own pages (credentials.ts). Even with a token it gets nothing, unless its origin is allowed.
 *
 * @throws {HookcastError} ORIGIN_NOT_ALLOWED
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: Origins): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('vary', 'Origin');
  origins.check(request);
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader('access-control-allow-headers', ALLOWED);
  response.setHeader('access-control-max-age', '600');
}
