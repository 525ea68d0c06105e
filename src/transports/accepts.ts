import type { IncomingMessage } from 'node:http';
import { type Code, mayPass } from '../errors.ts';
import { EVENT_STREAM } from './event-stream.ts';
import { MULTIPART } from './multipart.ts';
import type { StreamForm } from './streamed-response.ts';

export const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';
/** `multipart/mixed` alone asks for the parts of `@defer`, or for files. Some clients write it with a boundary, and some without. */
const SUBSCRIPTION_PARTS = /multipart\/mixed\s*;[^,]*subscriptionSpec\s*=\s*"?1\.0/i;

/** In which forms a client takes answers. */
export interface Accepts {
  /** The form for what goes on; null if it takes none. */
  readonly stream: StreamForm | null;
  /** Whether it takes one answer as one. */
  readonly single: boolean;
  readonly type: string;
}

/** If the client prefers another type, it still gets this one. */
export function acceptsOf({ headers: { accept = '' } }: IncomingMessage): Accepts {
  const stream = streamIn(accept);
  // Some take either for everything: then what is one answer comes as one.
  const single = !stream || accept.includes(JSON_TYPE) || accept.includes(RESPONSE_TYPE);
  return { stream, single, type: accept.includes(RESPONSE_TYPE) || !single ? RESPONSE_TYPE : JSON_TYPE };
}

/** An event stream rather than parts: its messages have ids, by which a client can come back without reading them. */
function streamIn(accept: string): StreamForm | null {
  if (accept.includes(STREAM_TYPE)) return EVENT_STREAM;
  return SUBSCRIPTION_PARTS.test(accept) ? MULTIPART : null;
}

/**
 * In which type a request is refused that never became one. Apollo's HttpLink takes `application/graphql-response+json` for the
 * answer, also of one with a status of failure, so that the retry link never sees one. In plain JSON the status makes it one.
 */
export function refusalType({ stream }: Accepts, code: Code): string {
  return stream === MULTIPART && mayPass(code) ? JSON_TYPE : RESPONSE_TYPE;
}
