import type { KeyObject } from 'node:crypto';
import { isEncrypted } from './auth-settings.ts';
import type { Settings } from './settings.ts';

/** How tokens are checked, and which claims say what their holders may see. */
export interface AuthConfig {
  readonly check:
    /** The first secret signs, and all of them check. */
    | { readonly by: 'secret'; readonly secrets: readonly string[] }
    | { readonly by: 'publicKey'; readonly key: KeyObject }
    | { readonly by: 'jwks'; readonly url: URL };
  readonly issuer: string | null;
  /** A token must be for one of these audiences. If the list is empty, audiences are not checked. */
  readonly audiences: readonly string[];
  readonly tenants: ClaimPath;
  readonly scope: ClaimPath;
}

/** How long a session lasts without use (`idle`), and at most (`longest`). Both times are in milliseconds. */
export interface SessionConfig {
  readonly idle: number;
  readonly longest: number;
}

/** The identity provider where people sign in, and the gateway's registration there (OpenID Connect). */
export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  /** Null if the gateway is a public client, which only PKCE protects. */
  readonly clientSecret: string | null;
  /** The scopes that the gateway requests from the provider. */
  readonly asksFor: readonly string[];
  /** The provider's name in the console. */
  readonly name: string;
  readonly tenants: ClaimPath;
  readonly scope: ClaimPath;
}

/** Which tokens can be exchanged for the gateway's own tokens (RFC 8693). */
export interface ExchangeConfig {
  /** The secret that signs the new tokens. */
  readonly secret: string;
  /** The clients of the identity provider whose ID tokens are accepted. Empty if no ID tokens are accepted. */
  readonly audiences: readonly string[];
  /** Secrets of a Wix app, with which Wix signs who uses the app. Empty if that is not accepted. */
  readonly wixSecrets: readonly string[];
  /** The scopes that a new token may have at most. */
  readonly scopes: readonly string[];
}

/** Where a token has a claim, and which of its values count. */
export interface ClaimPath {
  /** The names of members, from the outermost inwards. */
  readonly path: readonly string[];
  /** Only values that begin with this prefix count. The prefix is removed from them. */
  readonly prefix: string;
}

type Placed = Pick<Settings, 'AUTH_TENANTS_CLAIM' | 'AUTH_TENANTS_PREFIX' | 'AUTH_SCOPE_CLAIM' | 'AUTH_SCOPE_PREFIX'>;

/** The places of the two claims. Without settings they are `tenants` and `scope`. */
export function placesOf(settings: Placed): Pick<AuthConfig, 'tenants' | 'scope'> {
  return {
    tenants: { path: settings.AUTH_TENANTS_CLAIM ?? ['tenants'], prefix: settings.AUTH_TENANTS_PREFIX },
    scope: { path: settings.AUTH_SCOPE_CLAIM ?? ['scope'], prefix: settings.AUTH_SCOPE_PREFIX },
  };
}

/** Reads how tokens are checked. If the settings can't be used, it adds to `problems`, and may return null. */
export function authOf(settings: Settings, problems: string[]): AuthConfig | null {
  const checks: AuthConfig['check'][] = [];
  if (settings.AUTH_JWKS_URL) checks.push({ by: 'jwks', url: settings.AUTH_JWKS_URL });
  if (settings.AUTH_PUBLIC_KEY) checks.push({ by: 'publicKey', key: settings.AUTH_PUBLIC_KEY });
  if (settings.AUTH_SECRET) checks.push({ by: 'secret', secrets: [settings.AUTH_SECRET] });
  if (settings.AUTH_SECRETS) checks.push({ by: 'secret', secrets: settings.AUTH_SECRETS });
  const [check] = checks;
  if (!check) {
    problems.push('AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET or AUTH_SECRETS: one must be set to check tokens with');
    return null;
  }
  if (checks.length > 1) {
    problems.push('AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET, AUTH_SECRETS: set only one of them');
    return null;
  }
  problems.push(...openDoors(check, settings));
  const { AUTH_ISSUER: issuer = null, AUTH_AUDIENCE: audiences = [] } = settings;
  return { check, issuer, audiences, ...placesOf(settings) };
}

/** Finds settings that would accept tokens made for another service, or by a stranger. */
function openDoors(check: AuthConfig['check'], settings: Settings): readonly string[] {
  const doors: string[] = [];
  if (check.by === 'jwks' && !isEncrypted(check.url) && settings.AUTH_JWKS_PLAIN_HTTP === 'off') {
    doors.push('AUTH_JWKS_URL: expected an https URL; inside a trusted network, AUTH_JWKS_PLAIN_HTTP=on allows http');
  }
  // Entra signs the tokens of all its customers with the same keys, and Firebase those of all projects. Anybody can become such a
  // customer, and their own tokens may say anything.
  if (check.by === 'jwks' && !settings.AUTH_ISSUER) {
    doors.push(
      'AUTH_ISSUER: must be set beside AUTH_JWKS_URL, to what your tokens say as "iss", since some issuers sign the tokens of all their customers with the same keys',
    );
  }
  // Groups, roles and scopes are in all tokens of an issuer. Without an audience or prefix, another service could use tokens here that it
  // receives.
  const isMapped = settings.AUTH_TENANTS_CLAIM || settings.AUTH_SCOPE_CLAIM;
  if (isMapped && !settings.AUTH_AUDIENCE && !settings.AUTH_SCOPE_PREFIX) {
    doors.push(
      'AUTH_AUDIENCE: must be set beside AUTH_TENANTS_CLAIM or AUTH_SCOPE_CLAIM, to what your tokens say as "aud". Otherwise tokens for other services would be accepted here. If the issuer sends no "aud", set AUTH_SCOPE_PREFIX',
    );
  }
  return doors;
}

const DAY = 86_400_000;

export function sessionsOf({ SESSION_IDLE_DAYS, SESSION_DAYS }: Settings): SessionConfig {
  return { idle: SESSION_IDLE_DAYS * DAY, longest: SESSION_DAYS * DAY };
}

/** Reads the identity provider. Null if none is set. */
export function providerOf(settings: Settings, problems: string[]): ProviderConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret = null } = settings;
  if (issuer === undefined && clientId === undefined) return null;
  if (issuer === undefined || clientId === undefined) {
    problems.push(
      'OIDC_ISSUER, OIDC_CLIENT_ID: set both, so that people can sign in at the identity provider, or neither',
    );
    return null;
  }
  const { OIDC_SCOPES, OIDC_NAME: name = new URL(issuer).hostname } = settings;
  const asksFor = [...new Set(['openid', ...OIDC_SCOPES])];
  return { issuer, clientId, clientSecret, asksFor, name, ...placesOf(settings) };
}

/** Reads which tokens are exchanged. Null if none are. */
export function exchangeOf(settings: Settings, auth: AuthConfig | null, problems: string[]): ExchangeConfig | null {
  const { EXCHANGE_AUDIENCE: audiences, EXCHANGE_WIX_SECRETS: wixSecrets, EXCHANGE_SCOPES: scopes } = settings;
  if (audiences.length + wixSecrets.length === 0) return null;
  if (audiences.length > 0 && !settings.OIDC_ISSUER) {
    problems.push('EXCHANGE_AUDIENCE: needs OIDC_ISSUER too, since the tokens of this issuer are exchanged');
  }
  if (!auth) return null;
  const secret = auth.check.by === 'secret' ? auth.check.secrets[0] : undefined;
  if (secret !== undefined) return { secret, audiences, wixSecrets, scopes };
  problems.push(
    'EXCHANGE_AUDIENCE, EXCHANGE_WIX_SECRETS: need AUTH_SECRET or AUTH_SECRETS, which the new tokens are signed with; leave AUTH_JWKS_URL and AUTH_PUBLIC_KEY out',
  );
  return null;
}
