import { HookcastError } from '../errors.ts';
import type { ChallengeResponse, SignedChallenge, UnsignedChallenge } from './challenge.ts';
import { type HmacAlgorithm, type SignatureEncoding, hmacOf, keyOf } from './hmac.ts';
import { type JsonObject, isObject, parseJson, sha256Hex } from './payload.ts';
import { isAmong } from './verify/same.ts';
import { LEAST_KNOWN, LEAST_TOKEN, type Secrets, checkSecrets } from './verify/secrets.ts';

/** Characters that are echoed: what senders ask with has some hundred at most, and a stranger may ask with anything. */
const MOST = 2_048;
const PRINTABLE = /^[^\p{Cc}]+$/u;

export interface GetEcho {
  /** The parameter that is echoed: `hub.challenge`. */
  readonly param: string;
  /** The parameter that must be one of your own tokens, which you have typed in at the sender's page. */
  readonly verifyToken?: { readonly param: string; readonly tokens: Secrets };
  /** What it is answered: the bare text, unless told otherwise. With `json`, an object whose member of that name is the text. */
  readonly as?: 'text' | { readonly json: string };
}

/**
 * A GET whose parameter is to be sent back (Meta, Strava, Dropbox).
 *
 * @throws {Error} for tokens that are missing, empty or too short.
 */
export function getEcho({ param, verifyToken, as = 'text' }: GetEcho): UnsignedChallenge {
  const isOurs = verifyToken && isAmong(checkSecrets('getEcho', verifyToken.tokens, { member: 'tokens' }));
  return {
    signed: false,
    method: 'GET',
    answer({ parameters }) {
      const asked = parameters.get(param);
      if (asked === null || !isEchoed(asked)) return null;
      if (isOurs?.(parameters.get(verifyToken!.param) ?? '') === false) {
        throw new HookcastError('SIGNATURE_INVALID', `${verifyToken!.param} is not a token of this source.`);
      }
      return as === 'text' ? { body: asked } : jsonAnswer({ [as.json]: asked });
    },
  };
}

export interface PostEcho {
  /** What a payload asks; null or undefined for one that doesn't ask. */
  readonly when: (payload: JsonObject) => unknown;
  /** What it is answered: the bare text, unless told otherwise. With `json`, an object whose member of that name is the text. */
  readonly as?: 'text' | { readonly json: string };
}

/** A signed POST that asks for one of its texts back (Slack, Twitch): looked at once it is authentic. */
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

export type UnsignedPostEcho =
  /** A parameter of the URL, and no body at all: Microsoft Graph's `validationToken`. It is decoded. */
  | { readonly param: string; readonly member?: never }
  /** The one member that the body has: monday's `challenge`. It is answered as it came. */
  | { readonly member: string; readonly param?: never };

/**
 * An unsigned POST that asks for one of its texts back (Microsoft Graph, monday). It is nothing but the question: a request with
 * more in it is an ordinary delivery, which must be signed.
 */
export function unsignedPostEcho({ param, member }: UnsignedPostEcho): UnsignedChallenge {
  return {
    signed: false,
    method: 'POST',
    answer({ parameters, body }) {
      if (param !== undefined) {
        const asked = body.length === 0 ? parameters.get(param) : null;
        return asked !== null && isEchoed(asked) ? { body: asked } : null;
      }
      const asked = onlyMember(body, member);
      return asked === null ? null : jsonAnswer({ [member]: asked });
    },
  };
}

export interface KeyedResponse {
  /** Those that sign the deliveries. The newest makes the answer. */
  readonly secrets: Secrets;
  /** What a payload asks to have signed; null or undefined for one that doesn't ask. */
  readonly when: (payload: JsonObject) => unknown;
  /** The answer, as JSON. */
  readonly answer: (asked: string, signed: string) => Readonly<Record<string, unknown>>;
  readonly encoding?: SignatureEncoding;
  readonly algorithm?: HmacAlgorithm;
}

/**
 * A signed POST that asks for an HMAC of a text (Zoom, every 72 hours). There is none for unsigned questions: a stranger could
 * ask without a signature, and would be given one for a delivery of their own.
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

/** A signed POST that only wants to see 200, without a body (Xero). What is signed wrongly is 401, without a body too, by `respond`. */
export function probe({ when }: { readonly when: (payload: JsonObject) => boolean }): SignedChallenge {
  return { signed: true, answer: (payload) => (when(payload) ? { body: null } : null) };
}

export interface OptionsHandshake {
  /** The senders that may, by the names that they give themselves: `eventemitter.example.com`. `*` is any. */
  readonly origins: readonly [string, ...string[]];
  /** How many deliveries a minute each may send. Any number, unless told otherwise. */
  readonly rate?: number;
}

/**
 * The OPTIONS of CloudEvents' web hooks.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
 */
export function optionsHandshake({ origins, rate }: OptionsHandshake): UnsignedChallenge {
  return {
    signed: false,
    method: 'OPTIONS',
    answer({ headers }) {
      const origin = headers['webhook-request-origin'];
      if (typeof origin !== 'string' || !isEchoed(origin)) return null;
      const isAllowed = origins.some((one) => one === '*' || one.toLowerCase() === origin.toLowerCase());
      if (!isAllowed) return null;
      // The URL of WebHook-Request-Callback is not called: a stranger could have any address asked.
      const asksForRate = headers['webhook-request-rate'] !== undefined || rate !== undefined;
      return {
        body: null,
        headers: {
          allow: 'POST',
          'webhook-allowed-origin': origins.includes('*') ? '*' : origin,
          ...(asksForRate && { 'webhook-allowed-rate': rate === undefined ? '*' : String(rate) }),
        },
      };
    },
  };
}

export interface ShownToken {
  /** The one member that the body has: `verification_token`. */
  readonly member: string;
  /** Puts it where only a person of yours reads it, such as a file of mode 0600. */
  readonly show: (token: string) => void | Promise<void>;
}

/**
 * A token that the sender posts once, unsigned, and that a person types in at the sender's page (Notion). Anybody may post one, so
 * have it only until yours is known; a token that the sender's page does not take is somebody else's.
 */
export function shownToken({ member, show }: ShownToken): UnsignedChallenge {
  return {
    signed: false,
    method: 'POST',
    async answer({ body }, { isTrial }) {
      const token = onlyMember(body, member);
      if (token === null) return null;
      if (!isTrial) await show(token);
      return { body: null };
    },
  };
}

export interface HeaderEcho {
  /** `x-hook-secret`. */
  readonly header: string;
  /**
   * A parameter of the URL that must be one of your own tokens, each of 128 bits at least, made by chance: so nobody else can
   * bring a secret. Must be there unless `keep` is. If a token is taken away, then the secrets that were brought with it
   * don't count any more.
   */
  readonly verifyToken?: { readonly param: string; readonly tokens: Secrets };
  /**
   * Keeps the secret where this source finds it when it is started or reloaded, such as a file of mode 0600. Left out, it is
   * kept in the log, encrypted, and `broughtSecret` checks deliveries with it.
   */
  readonly keep?: (secret: string) => void | Promise<void>;
}

/**
 * A POST that brings the secret which signs everything after it, and wants it back (Asana). Without a token anybody may bring
 * one, so a source has it only until its secret is known.
 *
 * @throws {Error} for tokens that are missing, empty or too short, and where neither a token nor `keep` is given.
 */
export function headerEcho({ header: name, verifyToken, keep }: HeaderEcho): UnsignedChallenge {
  const header = name.toLowerCase();
  if (!verifyToken && !keep) throw new Error('headerEcho: give verifyToken, so that nobody else can bring a secret');
  const tokens = verifyToken
    ? checkSecrets('headerEcho', verifyToken.tokens, { member: 'tokens', least: LEAST_TOKEN })
    : [];
  const isOurs = verifyToken && isAmong(tokens);
  return {
    signed: false,
    method: 'POST',
    ...(!keep && { bringsUnder: tokens.map(sha256Hex) }),
    async answer({ headers, parameters }, { isTrial }) {
      const secret = headers[header];
      if (typeof secret !== 'string' || !isEchoed(secret)) return null;
      const token = verifyToken ? (parameters.get(verifyToken.param) ?? '') : '';
      if (isOurs?.(token) === false) {
        throw new HookcastError('SIGNATURE_INVALID', `${verifyToken!.param} is not a token of this source.`);
      }
      const answer = { body: null, headers: { [header]: secret } };
      if (!keep) return { ...answer, brings: { secret: broughtOf(secret), under: sha256Hex(token) } };
      if (!isTrial) await keep(secret);
      return answer;
    },
  };
}

/** @throws {HookcastError} SIGNATURE_INVALID for one that others could find by trying, or that can be none. */
function broughtOf(secret: string): string {
  try {
    return checkSecrets('the sender', [secret], { least: LEAST_KNOWN })[0];
  } catch {
    throw new HookcastError('SIGNATURE_INVALID', 'The secret that the sender sent is missing or too short.');
  }
}

/** The text in a body that is JSON with this one member. */
function onlyMember(body: Buffer, member: string): string | null {
  if (body.length > 2 * MOST) return null;
  const payload = parseJson(body.toString('utf8'));
  if (!isObject(payload) || Object.keys(payload).length !== 1) return null;
  const value = Object.hasOwn(payload, member) ? payload[member] : null;
  return typeof value === 'string' && isEchoed(value) ? value : null;
}

function isEchoed(text: string): boolean {
  return text.length <= MOST && PRINTABLE.test(text);
}

function jsonAnswer(value: Readonly<Record<string, unknown>>): ChallengeResponse {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json; charset=utf-8' } };
}
