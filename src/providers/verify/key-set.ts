import type { KeyObject } from 'node:crypto';
import type { JWTVerifyOptions } from 'jose';
import * as errors from 'jose/errors';
import { HookcastError } from '../../errors.ts';
import { IssuerKeys } from '../../issuer-keys.ts';

/** The keys that a sender publishes. */
export interface KeySet {
  /** @throws the errors of jose for a token, and {HookcastError} KEYS_UNAVAILABLE. */
  readonly verify: (token: string, options: JWTVerifyOptions) => Promise<void>;
  /** All keys. @param anew whether the loaded ones did not help. @throws {HookcastError} KEYS_UNAVAILABLE. */
  readonly keys: (anew: boolean) => Promise<readonly KeyObject[]>;
}

/** jose's codes of errors in loading keys. */
const NO_KEYS = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'];

/**
 * Keys at a fixed address (JWKS), cached like those of a token's issuer: loaded again after ten minutes, valid for an hour if
 * the address does not answer, and requested at most twice a minute, even if a stranger's deliveries name other keys.
 *
 * @throws {Error} for an address that is not HTTPS: an attacker who answers in its place could sign.
 */
export function keySet(where: string, address: string): KeySet {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname));
  if (!url || !isSafe) throw new Error(`${where}: keysAt must be an https: URL`);
  const keys = new IssuerKeys(url, Date.now, () => {}, `keysAt (${where})`);
  return {
    verify: (token, options) => available(async () => void (await keys.verify(token, options, (check) => check()))),
    keys: (anew) => available(() => keys.all(anew)),
  };
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isMissing = !(error instanceof errors.JOSEError) || NO_KEYS.includes(error.code);
    if (!isMissing || error instanceof HookcastError) throw error;
    const message = 'The keys that the sender signs with could not be fetched. Send this again later.';
    throw new HookcastError('KEYS_UNAVAILABLE', message, { cause: error });
  }
}
