import { type JWTVerifyGetKey, createRemoteJWKSet, decodeProtectedHeader, errors } from 'jose';

/** How long keys are good for without another look, and how long while the issuer can't be asked, in milliseconds. */
const GOOD = 600_000;
const LONGEST = 3_600_000;
/** How long nobody is asked again for a key that was not there, or after a failure, in milliseconds. */
const REST = 30_000;

/**
 * The keys of an issuer (JWKS). A token names its key, and a stranger may name any: so the issuer is asked once for all
 * who wait, and not again for a while, also when it didn't answer, which jose by itself forgets.
 */
export class IssuerKeys {
  // It fetches only when it is told to.
  readonly #keys;
  readonly #now: () => number;
  #fetchedAt = -Infinity;
  #failure: { readonly cause: unknown; readonly at: number } | null = null;

  /** @param now milliseconds since 1970. */
  constructor(url: URL, now: () => number) {
    this.#keys = createRemoteJWKSet(url, { cooldownDuration: Infinity, cacheMaxAge: Infinity });
    this.#now = now;
  }

  /** For `jwtVerify`, once the token's key has been awaited. */
  readonly find: JWTVerifyGetKey = (header, token) => this.#keys(header, token);

  /**
   * Waits until there is an answer to whether the token's key is known, which is at once for one that is at hand.
   *
   * @throws what jose throws when the keys can't be fetched, or could not be just now.
   */
  async await(token: string): Promise<void> {
    const age = this.#since(this.#fetchedAt);
    const isAtHand = this.#keys.jwks() !== undefined && age < LONGEST && (await this.#has(token));
    if (isAtHand && age < GOOD) return;
    if (isAtHand && this.#failure) {
      // Asked again, but not waited for.
      if (!this.#isResting) this.#fetch().catch(() => {});
      return;
    }
    // Where there are no keys at all nobody can be held up, and everybody is helped by the first answer.
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

  /** A clock that was set back must not keep keys for as long. */
  #since(moment: number): number {
    return Math.abs(this.#now() - moment);
  }

  /** Whatever else is wrong with a token is found when it is checked. */
  async #has(token: string): Promise<boolean> {
    try {
      await this.#keys(decodeProtectedHeader(token));
      return true;
    } catch (error) {
      return !(error instanceof errors.JWKSNoMatchingKey);
    }
  }

  /** One at a time, which jose sees to. */
  async #fetch(): Promise<void> {
    try {
      await this.#keys.reload();
      this.#fetchedAt = this.#now();
      this.#failure = null;
    } catch (cause) {
      this.#failure = { cause, at: this.#now() };
      throw cause;
    }
  }
}
