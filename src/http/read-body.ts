import type { IncomingMessage } from 'node:http';
import { HookcastError } from '../errors.ts';

/** What a sender has after it was told that its body is too large, to read that: bytes and milliseconds. */
const LINGER_BYTES = 8 * 1024 * 1024;
const LINGER_TIME = 2_000;

/**
 * The body's bytes, at most `limit` of them.
 *
 * @throws {HookcastError} BODY_TOO_LARGE, as soon as that is known; ENCODING_UNSUPPORTED for a compressed body, since
 *   what was signed is what was sent and a few bytes could unfold to gigabytes; MALFORMED_DELIVERY when it breaks off.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = (error: HookcastError) => {
      linger(request);
      reject(error);
    };
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      return refuse(new HookcastError('ENCODING_UNSUPPORTED', 'Send the body without Content-Encoding.'));
    }
    const tooLarge = () => new HookcastError('BODY_TOO_LARGE', `The body may have ${limit} bytes at most.`);
    if (Number(request.headers['content-length'] ?? 0) > limit) return refuse(tooLarge());

    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      // What the header says is only what the sender says.
      if (length > limit) {
        request.removeAllListeners('data');
        return refuse(tooLarge());
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    // Errors are made only where one is due: a stack trace takes longer than the whole of a body's reading.
    const brokenOff = () => {
      if (!request.complete) reject(new HookcastError('MALFORMED_DELIVERY', 'The body broke off.'));
    };
    request.on('error', brokenOff);
    request.on('close', brokenOff);
  });
}

/**
 * Reads on and throws away, within bounds: a socket closed with bytes unread is reset, and the sender would see that
 * instead of the answer.
 */
function linger(request: IncomingMessage): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(() => request.destroy(), LINGER_TIME).unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('close', () => clearTimeout(timer));
}
