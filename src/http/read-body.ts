import type { IncomingMessage } from 'node:http';
import { HookcastError, toHookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';

/** The memory that one unfinished body has taken. */
export interface BodyShare {
  /** @throws {HookcastError} TOO_MANY_REQUESTS if its address has all that it may have; OVERLOADED if all memory for bodies is taken. */
  readonly take: (bytes: number) => void;
  /** Gives all of it back. Only the first call counts, and nothing can be taken after it. */
  readonly giveBack: () => void;
}

/** Replaces `resolve` and `reject` once they were called. */
const NOBODY = () => {};

export interface Reading {
  /** The most bytes of the body. */
  readonly limit: number;
  /** Counts the body until it is whole. */
  readonly share: BodyShare;
  readonly onLimit: OnLimit;
}

/**
 * The body's bytes.
 *
 * @throws {HookcastError} BODY_TOO_LARGE, as soon as that is known; ENCODING_UNSUPPORTED for a compressed body, since the
 *   signature is over the bytes that were sent, and a few bytes could unfold to gigabytes; MALFORMED_DELIVERY if the body breaks
 *   off; and what `share` throws.
 */
export function readBody(request: IncomingMessage, { limit, share, onLimit }: Reading): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    const refuse = (error: HookcastError) => {
      // A refused client may keep its connection for a while, but the gateway keeps nothing that it sent.
      chunks = [];
      share.giveBack();
      reject(error);
    };
    if (isEncoded(request.headers['content-encoding'], 'identity')) {
      return refuse(new HookcastError('ENCODING_UNSUPPORTED', 'Send the body without Content-Encoding.'));
    }
    if (isEncoded(request.headers['transfer-encoding'], 'chunked')) {
      return refuse(new HookcastError('ENCODING_UNSUPPORTED', 'Send the body with no Transfer-Encoding but chunked.'));
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
      // The header may be false, so the bytes are counted as well.
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
      // The request may last an hour, if it is an event stream, so the chunks are released. The listeners hold nothing else and
      // stay: removing four of them takes longer than reading a body.
      chunks = [];
      resolve = reject = NOBODY;
    };
    // An error is made only if it is needed: a stack trace takes longer than reading a whole body.
    const brokenOff = () => {
      if (isWhole) return;
      share.giveBack();
      if (!request.complete) reject(new HookcastError('MALFORMED_DELIVERY', 'The body broke off.'));
    };
    request.on('data', take).on('end', whole).on('error', brokenOff).on('close', brokenOff);
  });
}

/**
 * Whether the body is compressed, on its whole way or for one hop. Some senders name an encoding, `identity` or an empty one, although it is
 * not. Node undoes no encoding for a hop but `chunked`.
 */
function isEncoded(encoding: string | undefined, plain: 'identity' | 'chunked'): boolean {
  if (encoding === undefined) return false;
  return encoding.split(',').some((coding) => !['', plain].includes(coding.trim().toLowerCase()));
}
