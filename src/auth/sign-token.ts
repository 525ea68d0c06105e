import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { AuthConfig, ClaimPlace } from '../auth-config.ts';

export interface TokenOptions {
  readonly tenant: readonly string[];
  readonly scope: string;
  /** Seconds. */
  readonly expires: number;
}

/** Where a gateway without settings for it reads its claims. */
const TENANTS: ClaimPlace = { path: ['tenants'], prefix: '' };
const SCOPE: ClaimPlace = { path: ['scope'], prefix: '' };

/** What makes a token one that can be revoked. */
export interface Identity {
  /** `jti`. */
  readonly id: string;
  /** `sub`: whom it is for. */
  readonly label: string;
}

export interface Signer extends Partial<Omit<AuthConfig, 'check'>> {
  readonly secret: string;
}

export async function signToken(
  { secret, issuer, audiences = [], tenants: tenantsPlace = TENANTS, scope: scopePlace = SCOPE }: Signer,
  { tenant, scope, expires }: TokenOptions,
  identity: Identity | null = null,
  now = Date.now(),
): Promise<string> {
  const claims: Record<string, unknown> = {};
  put(claims, tenantsPlace, tenant);
  put(claims, scopePlace, scope.split(' '));
  // The claim that OAuth calls so is a text (RFC 8693, section 4.2). Tenants may be in it as well, and `*` needs a list.
  if (Array.isArray(claims['scope']) && tenantsPlace.path[0] !== 'scope') claims['scope'] = claims['scope'].join(' ');
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + expires);
  if (identity) token.setJti(identity.id).setSubject(identity.label);
  if (issuer) token.setIssuer(issuer);
  if (audiences[0] !== undefined) token.setAudience(audiences[0]);
  return token.sign(createSecretKey(secret, 'utf8'));
}

/** Puts values where a gateway reads them. Both claims may be of one object, or one list. */
function put(claims: Record<string, unknown>, { path, prefix }: ClaimPlace, values: readonly string[]): void {
  const [name = '', ...inner] = path;
  const there = claims[name];
  if (inner.length > 0) {
    const object = (there ?? {}) as Record<string, unknown>;
    claims[name] = object;
    return put(object, { path: inner, prefix }, values);
  }
  claims[name] = [...(Array.isArray(there) ? there : []), ...values.map((value) => prefix + value)];
}
