import type { JWTPayload, JWTVerifyOptions } from 'jose';
import * as errors from 'jose/errors';
import { z } from 'zod';
import type { ProviderConfig } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';
import { ASYMMETRIC, LEEWAY, holderNamed, idOf, scopeSets } from './authenticate.ts';
import { isThere, scopesIn, tenantsIn } from './claims.ts';
import { Discovery, type Metadata, unavailable } from './discovery.ts';
import { nameOfProvider } from './key-names.ts';
import { type Asked, FetchError, fetchJson } from './fetch-json.ts';
import type { Beginning } from './sessions.ts';

const answerOfToken = z.object({ id_token: z.string(), access_token: z.string().optional() });

/** The values that tell one sign-in from all others. `verifier` and `nonce` are secrets of 256 bits. */
export interface Attempt {
  readonly redirectUri: string;
  /** Proves to the provider that the same gateway asked for the code and redeems it (PKCE, RFC 7636). */
  readonly verifier: string;
  /** Ties the ID token to this sign-in. */
  readonly nonce: string;
}

/** The values with which the provider sent the browser back. */
export interface Returned {
  readonly code: string;
  /** The provider, as RFC 9207 names it. */
  readonly issuer: string | null;
}

/**
 * Signs people in at an identity provider: OpenID Connect's authorization code flow with PKCE, as one client of one issuer.
 * Only the issuer that the settings name is asked, and the addresses that its metadata name.
 */
export class IdentityProvider {
  readonly config: ProviderConfig;
  readonly #now: () => number;
  readonly #discovery: Discovery;
  readonly #toScopes = scopeSets();

  /** @param now milliseconds since 1970. */
  constructor(config: ProviderConfig, now: () => number, onLimit: OnLimit) {
    this.config = config;
    this.#now = now;
    this.#discovery = new Discovery(config.issuer, now, onLimit);
  }

  /** The address at which the browser signs in. @throws {HookcastError} KEYS_UNAVAILABLE if the provider can't be asked. */
  async address({ redirectUri, nonce }: Attempt, state: string, challenge: string): Promise<string> {
    const { clientId, asksFor } = this.config;
    const url = new URL((await this.#discovery.metadata()).authorization_endpoint);
    const asked = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: asksFor.join(' '),
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Redeems the code, and says who signed in.
   *
   * @throws {HookcastError} UNAUTHENTICATED if the sign-in is not accepted, KEYS_UNAVAILABLE if the provider can't be asked.
   */
  async redeem({ code, issuer }: Returned, { redirectUri, verifier, nonce }: Attempt): Promise<Beginning> {
    const { token_endpoint: url, ...described } = await this.#discovery.metadata();
    // Checked before the code is sent: another provider's code must not be shown to this one (RFC 9207, section 2.4).
    const isMissing = issuer === null && described.authorization_response_iss_parameter_supported;
    if (isMissing || (issuer !== null && issuer !== this.config.issuer)) {
      throw refused('the answer names another issuer than OIDC_ISSUER');
    }
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const answer = await this.#ask(url, answerOfToken, this.#authenticated(form, described));
    const payload = await this.#verified(answer.id_token, [this.config.clientId]);
    if (payload['nonce'] !== nonce) throw refused('the ID token belongs to another sign-in: its "nonce" differs');
    const whole = await this.#whole(payload, answer.access_token, described.userinfo_endpoint);
    return { ...this.#read(whole), expiresAt: null };
  }

  /**
   * The person whom an ID token names that was made for one of the audiences.
   *
   * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED or KEYS_UNAVAILABLE.
   */
  async check(token: string, audiences: readonly string[]): Promise<Beginning> {
    const payload = await this.#verified(token, audiences);
    return { ...this.#read(payload), expiresAt: (payload.exp ?? 0) * 1000 };
  }

  #read(payload: JWTPayload): Omit<Beginning, 'expiresAt'> {
    const { sub = '', iss } = payload;
    const tenants = tenantsIn(payload, this.config.tenants);
    return {
      tenants: tenants.includes('*') ? null : new Set(tenants),
      scopes: this.#toScopes(scopesIn(payload, this.config.scope)),
      holder: holderNamed(iss, sub),
      tokenId: idOf(payload),
      label: sub,
      key: nameOfProvider(this.config),
    };
  }

  /** Names the client in the request. If the client has a secret, it is sent in the way that the provider takes. */
  #authenticated(
    form: Record<string, string>,
    described: Pick<Metadata, 'token_endpoint_auth_methods_supported'>,
  ): Asked {
    const { clientId, clientSecret } = this.config;
    const body = new URLSearchParams(form);
    const isBasic = described.token_endpoint_auth_methods_supported.includes('client_secret_basic');
    if (clientSecret === null || !isBasic) {
      body.set('client_id', clientId);
      if (clientSecret !== null) body.set('client_secret', clientSecret);
      return { method: 'POST', body };
    }
    // RFC 6749, section 2.3.1: both are encoded as in a form first.
    const pair = [clientId, clientSecret]
      .map((text) => new URLSearchParams([['', text]]).toString().slice(1))
      .join(':');
    return { method: 'POST', body, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
  }

  /** Verifies an ID token as OpenID Connect Core, section 3.1.3.7, says. */
  async #verified(token: string, audiences: readonly string[]): Promise<JWTPayload> {
    const options: JWTVerifyOptions = {
      issuer: this.config.issuer,
      audience: [...audiences],
      algorithms: ASYMMETRIC,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: LEEWAY,
      currentDate: new Date(this.#now()),
    };
    const keys = await this.#discovery.keys();
    try {
      const { payload } = await keys.verify(token, options, (check) => check());
      const { azp, aud, exp = 0, sub } = payload;
      if (sub === '') throw refused('the ID token has no subject');
      const isOurs =
        typeof azp === 'string'
          ? audiences.includes(azp)
          : azp === undefined && !(Array.isArray(aud) && aud.length > 1);
      if (!isOurs) {
        throw refused('the ID token was made for another client');
      }
      if (exp * 1000 <= this.#now())
        throw new HookcastError('TOKEN_EXPIRED', 'The token has expired. Ask for a fresh one.');
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw new HookcastError('TOKEN_EXPIRED', 'The token has expired. Ask for a fresh one.');
      if (error instanceof errors.JWTClaimValidationFailed)
        throw refused(`the claim "${error.claim}" of the ID token is not accepted`);
      if (
        error instanceof errors.JWSInvalid ||
        error instanceof errors.JWTInvalid ||
        error instanceof errors.JWKSNoMatchingKey
      )
        throw refused('the ID token is not signed by the provider');
      if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JWSSignatureVerificationFailed)
        throw refused('the ID token is not signed by the provider');
      if (error instanceof HookcastError) throw error;
      throw unavailable(error);
    }
  }

  /** Adds the claims from `userinfo` if the ID token lacks some: a provider may tell more there than fits into an ID token. */
  async #whole(
    payload: JWTPayload,
    accessToken: string | undefined,
    userinfo: string | undefined,
  ): Promise<JWTPayload> {
    const isWhole = [this.config.tenants, this.config.scope].every((place) => isThere(payload, place));
    if (isWhole || accessToken === undefined || userinfo === undefined) return payload;
    const said = await this.#ask(userinfo, z.looseObject({ sub: z.string() }), {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    // The access token may be another user's, put in by an attacker (OpenID Connect Core, section 5.3.2).
    if (said.sub !== payload.sub)
      throw refused('the provider’s user information is about another user than the ID token');
    return { ...said, ...payload };
  }

  async #ask<S extends z.ZodType>(url: string, schema: S, init?: Asked): Promise<z.infer<S>> {
    try {
      return await fetchJson(url, schema, init);
    } catch (error) {
      // The code was used before, or belongs to another client or sign-in.
      if (error instanceof FetchError && error.error === 'invalid_grant')
        throw refused('the provider refused the code');
      throw unavailable(error);
    }
  }
}

/** An error with all that the browser is told. */
function refused(why: string): HookcastError {
  return new HookcastError('UNAUTHENTICATED', `Sign in again: ${why}.`);
}
