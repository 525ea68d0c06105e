import type { IncomingMessage } from 'node:http';

/** How many bytes and milliseconds a sender still has after its request was answered, so that it can read the answer. */
const BYTES = 8 * 1024 * 1024;
const TIME = 2_000;
/** How often the bounds are looked at, in milliseconds. */
const LOOK = 50;

/**
 * Reads on, within bounds, and throws the bytes away, if a request was answered before its body was whole. A socket that is closed with
 * unread bytes is reset, and the sender would see the reset instead of the answer. Without bounds, Node would read on for as long as a
 * request may take.
 */
export function linger(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const most = socket.bytesRead + BYTES;
  const until = performance.now() + TIME;
  request.resume();
  // After the answer Node drops the body before a listener could count it, so the socket's bytes are looked at.
  const looking = setInterval(() => {
    if (request.complete || request.destroyed) clearInterval(looking);
    else if (socket.bytesRead > most || performance.now() > until) request.destroy();
  }, LOOK).unref();
}
