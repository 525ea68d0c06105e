import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import type { JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { HookcastError } from './errors.ts';
import type { OnLimit } from './limits.ts';

/** How long keys are used before they are fetched again, and how long if the issuer can't be reached, in milliseconds. */
const GOOD = 600_000;
const LONGEST = 3_600_000;
/** How long the issuer is not asked again for a key that it did not have, or after a failure, in milliseconds. */
const REST = 30_000;
/** The most bytes of a set of keys. An answer without end would fill the memory in the five seconds that jose waits for it. */
const LARGEST = 1024 * 1024;
/** How many keys are tried for a token that names none. Issuers with more keys name them. A stranger's token costs a check of each. */
const MOST_TRIED = 8;

type InTurn = <T>(check: () => Promise<T>) => Promise<T>;

/**
 * The keys of an issuer (JWKS). A token names its key, and a stranger's token may name any key. So the issuer is asked once for all
 * checks that wait, and then not again for a while. This also holds after a failure, which jose by itself forgets.
 */
export class IssuerKeys {
  // jose's set of keys, which fetches only when it is told to.
  readonly #keys;
  readonly #now: () => number;
  readonly #onLimit: OnLimit;
  #fetchedAt = -Infinity;
  #fetched = 0;
  /** The last fetched keys as Node's objects. To make them takes longer than to check a signature, so they are kept. */
  #all: { readonly fetched: number; readonly keys: readonly KeyObject[] } | null = null;
  #failure: { readonly cause: unknown; readonly at: number } | null = null;

  readonly #setting: string;

  /**
   * @param now milliseconds since 1970.
   * @param setting the name in messages of the setting that has the URL.
   */
  constructor(url: URL, now: () => number, onLimit: OnLimit, setting = 'AUTH_JWKS_URL') {
    this.#setting = setting;
    this.#keys = createRemoteJWKSet(url, {
      cooldownDuration: Infinity,
      cacheMaxAge: Infinity,
      [customFetch]: fetchWithin,
    });
    this.#now = now;
    this.#onLimit = onLimit;
  }

  /**
   * Checks a token with the key that it names, or with each that fits it (RFC 7515, section 4.1.4).
   *
   * @param inTurn waits for the turn of the check. A check that waits for the issuer must not hold a turn that another check could use.
   * @throws what jose throws, and {HookcastError} UNAUTHENTICATED when more keys fit than are tried.
   */
  async verify(token: string, options: JWTVerifyOptions, inTurn: InTurn): Promise<JWTVerifyResult> {
    await this.#await(token);
    const fetched = this.#fetched;
    const check = () => inTurn(() => this.#check(token, options));
    try {
      return await check();
    } catch (error) {
      if (!(await this.#renew(token, error, fetched))) throw error;
      return check();
    }
  }

  /**
   * Returns all keys, for signatures that are no tokens.
   *
   * @param anew whether the known keys did not help, so that the issuer may have others.
   * @throws what jose throws when the keys can't be fetched, or when the last fetch failed a moment ago.
   */
  async all(anew: boolean): Promise<readonly KeyObject[]> {
    const age = this.#since(this.#fetchedAt);
    const isAtHand = this.#keys.jwks() !== undefined && age < LONGEST;
    const isDue = !isAtHand || age >= GOOD || anew;
    if (isDue && !this.#isResting) {
      await this.#fetch().catch((error: unknown) => {
        if (!isAtHand) throw error;
      });
    } else if (!isAtHand && this.#failure) throw this.#failure.cause;
    if (this.#all?.fetched !== this.#fetched) {
      this.#all = { fetched: this.#fetched, keys: (this.#keys.jwks()?.keys ?? []).flatMap(publicKeyOf) };
    }
    return this.#all.keys;
  }

  async #check(token: string, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
    try {
      return await jwtVerify(token, this.#keys, options);
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return this.#checkWithEach(error, token, options);
      throw error;
    }
  }

  async #checkWithEach(
    fitting: errors.JWKSMultipleMatchingKeys,
    token: string,
    options: JWTVerifyOptions,
  ): Promise<JWTVerifyResult> {
    let tried = 0;
    for await (const key of fitting) {
      if (tried === MOST_TRIED) {
        this.#onLimit('keys');
        throw new HookcastError(
          'UNAUTHENTICATED',
          `The token names no key ("kid"), and more than ${MOST_TRIED} of the issuer's keys fit. Have the issuer name the key in its tokens.`,
        );
      }
      tried += 1;
      try {
        return await jwtVerify(token, key, options);
      } catch (error) {
        // The right key shows what else is wrong. A key that is too short is not the right one; its error is not jose's.
        const isOther = error instanceof errors.JWSSignatureVerificationFailed || !(error instanceof errors.JOSEError);
        if (!isOther) throw error;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }

  /**
   * Fetches the keys anew where that may help a refused token. It may help a token that names no key, because such a token does not
   * show that its issuer has a new key.
   *
   * @param fetched how often keys had been fetched when the token was checked.
   * @returns whether there are other keys to try now.
   * @throws what jose throws when the keys can't be fetched, or when the last fetch failed a moment ago.
   */
  async #renew(token: string, error: unknown, fetched: number): Promise<boolean> {
    if (!(error instanceof errors.JWSSignatureVerificationFailed)) return false;
    if (decodeProtectedHeader(token).kid !== undefined) return false;
    // The keys were fetched meanwhile for another token.
    if (this.#fetched > fetched) return true;
    if (this.#isResting) {
      if (this.#failure) throw this.#failure.cause;
      return false;
    }
    await this.#fetch();
    return true;
  }

  /**
   * Waits until the token's key is known, or known to be missing. A key that is at hand needs no wait.
   *
   * @throws what jose throws when the keys can't be fetched, or when the last fetch failed a moment ago.
   */
  async #await(token: string): Promise<void> {
    const age = this.#since(this.#fetchedAt);
    const isAtHand = this.#keys.jwks() !== undefined && age < LONGEST && (await this.#has(token));
    if (isAtHand && age < GOOD) return;
    if (isAtHand && this.#failure) {
      // The keys are fetched again, but nobody waits for that.
      if (!this.#isResting) this.#fetch().catch(() => {});
      return;
    }
    // If no keys were ever fetched, the issuer is asked each time: no check can succeed before the first answer.
    if (this.#keys.jwks() !== undefined && this.#isResting) {
      if (this.#failure) throw this.#failure.cause;
      return;
    }
    await this.#fetch().catch((error: unknown) => {
      if (!isAtHand) throw error;
    });
  }

  get #isResting(): boolean {
    return this.#since(this.#failure?.at ?? this.#fetchedAt) < REST;
  }

  /** The absolute difference: a clock that was set back must not keep keys for longer. */
  #since(moment: number): number {
    return Math.abs(this.#now() - moment);
  }

  /** Whether the token's key is known. Other faults of a token count as yes, and are found when the token is checked. */
  async #has(token: string): Promise<boolean> {
    try {
      await this.#keys(decodeProtectedHeader(token));
      return true;
    } catch (error) {
      return !(error instanceof errors.JWKSNoMatchingKey);
    }
  }

  /** Fetches the keys. jose makes sure that only one fetch runs at a time. */
  async #fetch(): Promise<void> {
    try {
      await this.#keys.reload();
      this.#fetchedAt = this.#now();
      this.#fetched += 1;
      this.#failure = null;
    } catch (error) {
      const cause =
        error instanceof errors.JWKSInvalid ? new errors.JWKSInvalid(noSet(this.#setting), { cause: error }) : error;
      this.#failure = { cause, at: this.#now() };
      throw cause;
    }
  }
}

/** Fetches an answer, and reads it up to `LARGEST` bytes. They are counted after decompression. */
async function fetchWithin(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...asked);
  if (response.status !== 200) {
    await response.body?.cancel();
    return response;
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > LARGEST) throw new RangeError(`the keys have more than ${LARGEST} bytes`);
    pieces.push(piece);
  }
  return new Response(Buffer.concat(pieces));
}

function noSet(setting: string): string {
  return `The answer of ${setting} is not a set of keys (JWKS). A discovery document has the address of the keys in "jwks_uri".`;
}

/** Returns no key for a key of another kind, such as one that encrypts. */
function publicKeyOf(key: object): readonly KeyObject[] {
  try {
    return [createPublicKey({ key: key as JsonWebKey, format: 'jwk' })];
  } catch {
    return [];
  }
}
