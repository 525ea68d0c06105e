import type { SignedChallenge } from './challenge.ts';
import { isEchoed, jsonAnswer } from './echoed.ts';
import { type HmacAlgorithm, type SignatureEncoding, hmacOf, keyOf } from './hmac.ts';
import type { JsonObject } from './payload.ts';
import { type Secrets, checkSecrets } from './verify/secrets.ts';

export interface PostEcho {
  /** Returns the text that a payload wants back; null or undefined if it is no challenge. */
  readonly when: (payload: JsonObject) => unknown;
  /**
   * The form of the answer. The default is the bare text. With `json`, it is an object that has the text as its member of that
   * name.
   */
  readonly as?: 'text' | { readonly json: string };
}

/** A signed POST that wants one of its texts back (Slack, Twitch). It is only answered once it is authentic. */
export function postEcho({ when, as = 'text' }: PostEcho): SignedChallenge {
  return {
    signed: true,
    answer(payload) {
      const asked = when(payload);
      if (typeof asked !== 'string' || !isEchoed(asked)) return null;
      return as === 'text' ? { body: asked } : jsonAnswer({ [as.json]: asked });
    },
  };
}

export interface KeyedResponse {
  /** The secrets that sign the deliveries. The newest makes the answer. */
  readonly secrets: Secrets;
  /** Returns the text that a payload wants signed; null or undefined if it is no challenge. */
  readonly when: (payload: JsonObject) => unknown;
  /** The answer, as JSON. */
  readonly answer: (asked: string, signed: string) => Readonly<Record<string, unknown>>;
  readonly encoding?: SignatureEncoding;
  readonly algorithm?: HmacAlgorithm;
}

/**
 * A signed POST that wants an HMAC of a text (Zoom, every 72 hours). There is no unsigned form: a stranger could get a
 * signature for a forged delivery.
 *
 * @throws {Error} for secrets that are missing, empty or too short.
 */
export function keyedResponse({
  secrets,
  when,
  answer,
  encoding = 'hex',
  algorithm = 'sha256',
}: KeyedResponse): SignedChallenge {
  const [newest] = checkSecrets('keyedResponse', secrets);
  const key = keyOf(Buffer.from(newest), algorithm);
  return {
    signed: true,
    answer(payload) {
      const asked = when(payload);
      if (typeof asked !== 'string' || !isEchoed(asked)) return null;
      return jsonAnswer(answer(asked, hmacOf(key, Buffer.from(asked)).toString(encoding)));
    },
  };
}

/**
 * A signed POST that only wants a 200 without a body (Xero). A wrong signature is answered 401, also without a body if
 * `respond` says so.
 */
export function probe({ when }: { readonly when: (payload: JsonObject) => boolean }): SignedChallenge {
  return { signed: true, answer: (payload) => (when(payload) ? { body: null } : null) };
}
