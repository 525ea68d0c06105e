import { HookcastError } from '../errors.ts';
import type { UnsignedChallenge } from './challenge.ts';
import { isEchoed, onlyMember } from './echoed.ts';
import { sha256Hex } from './payload.ts';
import { isAmong } from './verify/same.ts';
import { LEAST_KNOWN, LEAST_TOKEN, type Secrets, checkSecrets } from './verify/secrets.ts';

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
