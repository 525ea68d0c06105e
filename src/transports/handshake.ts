import type { IncomingMessage } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { Admission, ConnectionSlot } from './admission.ts';
import type { Origins } from './origins.ts';
import { protocolFor } from './web-socket-protocol.ts';

export interface Handshakes {
  readonly origins: Origins;
  readonly admission: Admission;
}

/**
 * The place of whoever asks for a WebSocket, who gives it up when the socket closes. All that is decided before anything is
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
