import { isDeepStrictEqual } from 'node:util';
import { type Authenticate, authenticator } from '../auth/authenticate.ts';
import { IdentityProvider } from '../auth/identity-provider.ts';
import { keyNamesOf } from '../auth/key-names.ts';
import type { Config } from '../config.ts';
import type { OnLimit } from '../limits.ts';

/** The settings in force, and what is made of them. A reload replaces them, so read them here each time. */
export class InForce {
  config: Config;
  check: Authenticate;
  provider: IdentityProvider | null;
  /**
   * The names of the keys that could sign somebody in since the start. What was begun with a key goes on after a reload that takes
   * the key away: a restart ends it.
   */
  keys: readonly string[];
  readonly #now: () => number;
  readonly #onLimit: OnLimit;

  constructor(config: Config, now: () => number, onLimit: OnLimit) {
    this.#now = now;
    this.#onLimit = onLimit;
    this.config = config;
    this.check = authenticator(config.auth, now, onLimit);
    this.provider = this.#providerOf(config);
    this.keys = keyNamesOf(config.auth, config.provider);
  }

  reload(next: Config): void {
    // If the settings are the same, the issuer's keys are kept, because the issuer may be away just now.
    if (!isDeepStrictEqual(next.auth, this.config.auth))
      this.check = authenticator(next.auth, this.#now, this.#onLimit);
    if (!isDeepStrictEqual(next.provider, this.config.provider)) this.provider = this.#providerOf(next);
    this.keys = [...new Set([...keyNamesOf(next.auth, next.provider), ...this.keys])];
    this.config = next;
  }

  #providerOf({ provider }: Config): IdentityProvider | null {
    return provider && new IdentityProvider(provider, this.#now, this.#onLimit);
  }
}
