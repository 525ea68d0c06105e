import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parseTraceparent } from './traceparent.ts';

/** The form of ids that proxies make: a UUID, or 128 bits in hexadecimal. Any other text may be personal data. */
const ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const HEADER = 'x-request-id';

/** A request's id, which the answer repeats: the proxy's id, or else the trace's, or else a new one. */
export function identify(headers: IncomingHttpHeaders): string {
  const given = headers[HEADER];
  return typeof given === 'string' && ID.test(given) ? given : (parseTraceparent(headers)?.traceId ?? randomUUID());
}
