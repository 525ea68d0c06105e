import { HookcastError } from '../errors.ts';
import type { UnsignedChallenge } from './challenge.ts';
import { isEchoed, jsonAnswer, onlyMember } from './echoed.ts';
import { isAmong } from './verify/same.ts';
import { type Secrets, checkSecrets } from './verify/secrets.ts';

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
