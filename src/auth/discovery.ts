import { z } from 'zod';
import { isEncrypted } from '../auth-settings.ts';
import { HookcastError } from '../errors.ts';
import { IssuerKeys } from '../issuer-keys.ts';
import type { OnLimit } from '../limits.ts';
import { FetchError, fetchJson } from './fetch-json.ts';

/** How long the provider's metadata are good for, and how long it is not asked again after a failure, in milliseconds. */
const GOOD = 600_000;
const REST = 5_000;

const endpoint = z.url().refine((url) => isEncrypted(new URL(url)), { error: 'is not an https URL' });
const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  jwks_uri: endpoint,
  userinfo_endpoint: endpoint.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});
export type Metadata = z.infer<typeof metadata>;

interface Known {
  readonly metadata: Metadata;
  readonly keys: IssuerKeys;
  readonly at: number;
}

/** The metadata of an identity provider (OpenID Connect Discovery), and its keys. */
export class Discovery {
  readonly #issuer: string;
  readonly #now: () => number;
  readonly #onLimit: OnLimit;
  #known: Known | null = null;
  #asking: Promise<Known> | null = null;
  #failedAt = -Infinity;

  /** @param now milliseconds since 1970. */
  constructor(issuer: string, now: () => number, onLimit: OnLimit) {
    this.#issuer = issuer;
    this.#now = now;
    this.#onLimit = onLimit;
  }

  /** @throws {HookcastError} KEYS_UNAVAILABLE if the provider can't be asked. */
  async metadata(): Promise<Metadata> {
    return (await this.#find()).metadata;
  }

  /** @throws {HookcastError} KEYS_UNAVAILABLE if the provider can't be asked where its keys are. */
  async keys(): Promise<IssuerKeys> {
    return (await this.#find()).keys;
  }

  /** All that wait for the metadata share one request. */
  async #find(): Promise<Known> {
    const now = this.#now();
    if (this.#known && Math.abs(now - this.#known.at) < GOOD) return this.#known;
    const isResting = Math.abs(now - this.#failedAt) < REST;
    if (isResting && this.#known) return this.#known;
    if (isResting) throw unavailable(null);
    return (this.#asking ??= this.#discover().finally(() => (this.#asking = null)));
  }

  async #discover(): Promise<Known> {
    try {
      const found = await fetchJson(`${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, metadata);
      // With another issuer's metadata, the code would be sent to that one (OpenID Connect Discovery, section 4.3).
      if (found.issuer !== this.#issuer) throw new FetchError('the discovery document names another issuer');
      const isSame = this.#known?.metadata.jwks_uri === found.jwks_uri;
      const keys = isSame
        ? this.#known!.keys
        : new IssuerKeys(new URL(found.jwks_uri), this.#now, this.#onLimit, '"jwks_uri" of OIDC_ISSUER');
      return (this.#known = { metadata: found, keys, at: this.#now() });
    } catch (error) {
      this.#failedAt = this.#now();
      if (this.#known) return this.#known;
      throw unavailable(error);
    }
  }
}

export function unavailable(cause: unknown): HookcastError {
  const message = 'The identity provider does not answer as it should just now. Try again later.';
  return new HookcastError('KEYS_UNAVAILABLE', message, cause === null ? undefined : { cause });
}
