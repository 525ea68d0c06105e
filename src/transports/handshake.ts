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
 * The slot of a client that asks for a WebSocket, given back when the socket closes. The checks come before anything else is
 * done for the client, who is still unknown.
 *
 * @throws {HookcastError} ORIGIN_NOT_ALLOWED, BAD_REQUEST or TOO_MANY_REQUESTS.
 */
export function admit(request: IncomingMessage, { origins, admission }: Handshakes): ConnectionSlot {
  origins.check(request);
  // ws would shake hands without a protocol, which browsers treat as a failure without a reason.
  if (!protocolFor(request.headers['sec-websocket-protocol'] ?? '')) {
    throw new HookcastError(
      'BAD_REQUEST',
      'Ask for the WebSocket protocol graphql-transport-ws, in Sec-WebSocket-Protocol.',
    );
  }
  return admission.enter(request);
}
