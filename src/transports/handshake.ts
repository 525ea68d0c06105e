import type { IncomingMessage } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { Admission, ConnectionSlot } from './admission.ts';
import type { Origins } from '../http/origins.ts';
import { protocolFor } from './web-socket-protocol.ts';

export interface Handshakes {
  readonly origins: Origins;
  readonly admission: Admission;
}

/**
 * The slot of a client that asks for a WebSocket, given back when the socket closes. All of this is decided before anything is
 * done for a stranger.
 *
 * @throws {HookcastError} ORIGIN_NOT_ALLOWED, BAD_REQUEST or TOO_MANY_REQUESTS.
 */
export function admit(request: IncomingMessage, { origins, admission }: Handshakes): ConnectionSlot {
  origins.check(request);
  // ws would shake hands without a protocol, and browsers call that a failure without saying which.
  if (!protocolFor(request.headers['sec-websocket-protocol'] ?? '')) {
    throw new HookcastError(
      'BAD_REQUEST',
      'Ask for the WebSocket protocol graphql-transport-ws, in Sec-WebSocket-Protocol.',
    );
  }
  return admission.enter(request);
}
