import { HookcastError } from '../errors.ts';
import type { ChallengeResponse, SignedChallenge, UnsignedChallenge } from './challenge.ts';
import { type HmacAlgorithm, type SignatureEncoding, hmacOf, keyOf } from './hmac.ts';
import { type JsonObject, isObject, parseJson, sha256Hex } from './payload.ts';
import { isAmong } from './verify/same.ts';
import { LEAST_KNOWN, LEAST_TOKEN, type Secrets, checkSecrets } from './verify/secrets.ts';

/** The most characters that are echoed. Senders send some hundred at most, but a stranger may send anything. */
const MOST = 2_048;
const PRINTABLE = /^[^\p{Cc}]+$/u;

export interface GetEcho {
  /** The parameter that is echoed, such as `hub.challenge`. */
  readonly param: string;
  /** A parameter that must be one of your own tokens, which you have typed in at the sender's page. */
  readonly verifyToken?: { readonly param: string; readonly tokens: Secrets };
  /**
   * The form of the answer. The default is the bare text. With `json`, it is an object that has the text as its member of that
   * name.
   */
  readonly as?: 'text' | { readonly json: string };
}

/**
 * A GET whose parameter is sent back (Meta, Strava, Dropbox).
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

export type UnsignedPostEcho =
  /** A parameter of the URL, with an empty body: Microsoft Graph's `validationToken`. It is decoded. */
  | { readonly param: string; readonly member?: never }
  /** The only member of the body: monday's `challenge`. It is sent back unchanged. */
  | { readonly member: string; readonly param?: never };

/**
 * An unsigned POST that wants one of its texts back (Microsoft Graph, monday). It has nothing but the challenge: a request with
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

export interface OptionsHandshake {
  /** The allowed senders, by the names that they give themselves: `eventemitter.example.com`. `*` allows any. */
  readonly origins: readonly [string, ...string[]];
  /** How many deliveries a minute each sender may send. By default there is no limit. */
  readonly rate?: number;
}

/**
 * The OPTIONS request of CloudEvents' web hooks.
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
      // The URL of WebHook-Request-Callback is not called: otherwise a stranger could make the gateway call any address.
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
  /** The only member of the body: `verification_token`. */
  readonly member: string;
  /** Shows the token where only your own people read it, such as in a file of mode 0600. */
  readonly show: (token: string) => void | Promise<void>;
}

/**
 * A token that the sender posts once, unsigned, and that a person types in at the sender's page (Notion). Anybody can post one,
 * so use this only until your token is known. If the sender's page does not accept a token, it came from somebody else.
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
  /** The name of the header, such as `x-hook-secret`. */
  readonly header: string;
  /**
   * A parameter of the URL that must be one of your own tokens, so that nobody else can bring a secret. Each token must be
   * random and have 128 bits at least. It is required unless `keep` is given. If a token is removed, the secrets that were
   * brought with it are no longer valid.
   */
  readonly verifyToken?: { readonly param: string; readonly tokens: Secrets };
  /**
   * Saves the secret where this source finds it at the next start or reload, such as in a file of mode 0600. If it is left out,
   * the log keeps the secret encrypted, and `broughtSecret` checks deliveries with it.
   */
  readonly keep?: (secret: string) => void | Promise<void>;
}

/**
 * A POST that brings the secret which signs everything after it, and wants it back (Asana). Without a token anybody can bring a
 * secret, so then use this only until the secret is known.
 *
 * @throws {Error} for tokens that are missing, empty or too short, and if neither a token nor `keep` is given.
 */
export function headerEcho({ header: name, verifyToken, keep }: HeaderEcho): UnsignedChallenge {
  const header = name.toLowerCase();
  if (!verifyToken && !keep) throw new Error('headerEcho: give verifyToken. Otherwise anybody could send a secret');
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

/** @throws {HookcastError} SIGNATURE_INVALID for a secret that can be guessed, or that is not valid. */
function broughtOf(secret: string): string {
  try {
    return checkSecrets('the sender', [secret], { least: LEAST_KNOWN })[0];
  } catch {
    throw new HookcastError('SIGNATURE_INVALID', 'The secret that the sender sent is missing or too short.');
  }
}

/** The text of this member, if the body is JSON with no other member. */
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
