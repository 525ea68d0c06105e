import type { IncomingMessage } from 'node:http';

/** How many bytes and milliseconds a sender still has after its request was answered, so that it can read the answer. */
const BYTES = 8 * 1024 * 1024;
const TIME = 2_000;

/**
 * Reads on, within bounds, and throws the bytes away, if a request was answered before its body was whole. A socket that is closed with
 * unread bytes is reset, and the sender would see the reset instead of the answer. Without bounds, Node would read on for as long as a
 * request may take.
 */
export function linger(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = BYTES;
  const timer = setTimeout(() => request.destroy(), TIME).unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('close', () => clearTimeout(timer));
}
