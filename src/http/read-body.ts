import type { IncomingMessage } from 'node:http';
import { HookcastError, toHookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';

/** What one body has taken of the room for those that are not whole yet. */
export interface BodyShare {
  /** @throws {HookcastError} TOO_MANY_REQUESTS when its address has all that it may have; OVERLOADED when all have. */
  readonly take: (bytes: number) => void;
  /** All of it, once, however often it is called. Nothing more can be taken then. */
  readonly giveBack: () => void;
}

/** What a sender has after it was told that its body is too large, to read that: bytes and milliseconds. */
const LINGER_BYTES = 8 * 1024 * 1024;
const LINGER_TIME = 2_000;

/** In the place of those who have been told. */
const NOBODY = () => {};

export interface Reading {
  /** Bytes of the body, at most. */
  readonly limit: number;
  /** What the body counts in until it is whole. */
  readonly share: BodyShare;
  readonly onLimit: OnLimit;
}

/**
 * The body's bytes.
 *
 * @throws {HookcastError} BODY_TOO_LARGE, as soon as that is known; ENCODING_UNSUPPORTED for a compressed body, since
 *   what was signed is what was sent and a few bytes could unfold to gigabytes; MALFORMED_DELIVERY when it breaks off; what
 *   `share` throws.
 */
export function readBody(request: IncomingMessage, { limit, share, onLimit }: Reading): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    const refuse = (error: HookcastError) => {
      // A client that was refused may keep its connection for a while, but the gateway keeps nothing that it sent.
      chunks = [];
      share.giveBack();
      linger(request);
      reject(error);
    };
    if (isEncoded(request.headers['content-encoding'])) {
      return refuse(new HookcastError('ENCODING_UNSUPPORTED', 'Send the body without Content-Encoding.'));
    }
    const tooLarge = () => {
      onLimit('body');
      return new HookcastError('BODY_TOO_LARGE', `The body may have ${limit} bytes at most.`);
    };
    if (Number(request.headers['content-length'] ?? 0) > limit) return refuse(tooLarge());

    let length = 0;
    let isWhole = false;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      // What the header says is only what the sender says.
      if (length > limit) {
        request.removeAllListeners('data');
        return refuse(tooLarge());
      }
      try {
        share.take(chunk.length);
      } catch (error) {
        request.removeAllListeners('data');
        return refuse(toHookcastError(error));
      }
      chunks.push(chunk);
    };
    const whole = () => {
      share.giveBack();
      isWhole = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
      // The request may last: of an event stream for an hour. Listeners that hold nothing are left where they are, since to take
      // four of them off takes longer than to read a body.
      chunks = [];
      resolve = reject = NOBODY;
    };
    // Errors are made only where one is due: a stack trace takes longer than the whole of a body's reading.
    const brokenOff = () => {
      if (isWhole) return;
      share.giveBack();
      if (!request.complete) reject(new HookcastError('MALFORMED_DELIVERY', 'The body broke off.'));
    };
    request.on('data', take).on('end', whole).on('error', brokenOff).on('close', brokenOff);
  });
}

/** Whether the bytes are other than what they stand for. Some senders say so of bytes that are not: `identity`, or nothing. */
function isEncoded(contentEncoding: string | undefined): boolean {
  if (contentEncoding === undefined) return false;
  return contentEncoding.split(',').some((coding) => !['', 'identity'].includes(coding.trim().toLowerCase()));
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
