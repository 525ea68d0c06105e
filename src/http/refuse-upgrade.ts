import type { Duplex } from 'node:stream';
import { HTTP, type HookcastError } from '../errors.ts';
import { headersOf, problemOf } from './problem.ts';
import { NOT_STORED } from './reply.ts';

/** Answers and destroys the socket, even if the peer keeps its half open: no timeout of the server's covers such a socket. */
export function refuseUpgrade(socket: Duplex, error: HookcastError): void {
  const { status, title } = HTTP[error.code];
  const body = JSON.stringify(problemOf(error));
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': NOT_STORED,
    connection: 'close',
    ...headersOf(error),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
