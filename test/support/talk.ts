import { type Socket, connect } from 'node:net';
import { atEnd } from './ending.ts';

export interface Talk {
  readonly socket: Socket;
  /** All that the other side has said so far. */
  readonly said: () => string;
  /** Resolves when it is over, with how many milliseconds it has lasted. */
  readonly ended: Promise<number>;
}

/** One connection, and all that is said over it. */
export async function talk({ url }: { readonly url: string }, text: string): Promise<Talk> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  const began = performance.now();
  let said = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => (said += String(chunk)));
  atEnd(() => void socket.destroy());
  const ended = new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now() - began)));
  await new Promise((resolve) => socket.on('connect', resolve));
  socket.write(text);
  return { socket, said: () => said, ended };
}

/** A request as it is written to a connection. */
export function requestText(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): string {
  const lines = Object.entries({ host: 'gateway', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`;
}
