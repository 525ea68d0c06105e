import type { IncomingMessage } from 'node:http';
import { type Code, mayPass } from '../errors.ts';
import { EVENT_STREAM } from './event-stream.ts';
import { MULTIPART } from './multipart.ts';
import type { StreamForm } from './streamed-response.ts';

export const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';
/** `multipart/mixed` alone asks for the parts of `@defer`, or for files. Some clients add a boundary, and some don't. */
const SUBSCRIPTION_PARTS = /multipart\/mixed\s*;[^,]*subscriptionSpec\s*=\s*"?1\.0/i;

/** The forms in which a client takes answers. */
export interface Accepts {
  /** The form of a stream. Null if the client takes no streams. */
  readonly stream: StreamForm | null;
  /** Whether it takes a single answer as plain JSON. */
  readonly single: boolean;
  readonly type: string;
}

/** If the client prefers another type, it still gets this one. */
export function acceptsOf({ headers: { accept = '' } }: IncomingMessage): Accepts {
  const stream = streamIn(accept);
  // Some clients take either form for everything: then a single answer comes as plain JSON.
  const single = !stream || accept.includes(JSON_TYPE) || accept.includes(RESPONSE_TYPE);
  return { stream, single, type: accept.includes(RESPONSE_TYPE) || !single ? RESPONSE_TYPE : JSON_TYPE };
}

/** An event stream is preferred to parts: its messages have ids, by which a client can come back without reading the messages. */
function streamIn(accept: string): StreamForm | null {
  if (accept.includes(STREAM_TYPE)) return EVENT_STREAM;
  return SUBSCRIPTION_PARTS.test(accept) ? MULTIPART : null;
}

/**
 * The type of a refusal before any operation has begun. Apollo's HttpLink takes `application/graphql-response+json` for an answer,
 * even if its status is a failure, so that the retry link sees no failure. In plain JSON, the status makes it a failure.
 */
export function refusalType({ stream }: Accepts, code: Code): string {
  return stream === MULTIPART && mayPass(code) ? JSON_TYPE : RESPONSE_TYPE;
}
