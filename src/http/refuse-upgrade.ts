import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HTTP, type HookcastError } from '../errors.ts';
import { identify } from '../telemetry/request-id.ts';
import { headersOf, problemOf } from './problem.ts';
import { NOT_STORED } from './reply.ts';

/** The only version of the protocol (RFC 6455). A client that asks for another is told so by this header. */
const VERSION = '13';

/** Answers and destroys the socket, even if the peer keeps its half open: no timeout of the server's covers such a socket. */
export function refuseUpgrade({ headers: asked }: IncomingMessage, socket: Duplex, error: HookcastError): void {
  const { status, title } = HTTP[error.code];
  const requestId = identify(asked);
  const body = JSON.stringify({ ...problemOf(error), requestId });
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': NOT_STORED,
    'x-request-id': requestId,
    'sec-websocket-version': VERSION,
    connection: 'close',
    ...headersOf(error),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
