import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import type { AuthConfig, ClaimPath } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import { SCOPES } from './viewer.ts';

/** A year, in seconds: a token should end by itself. */
const LONGEST = 365 * 24 * 60 * 60;
/** `<provider>:<account>`, or `*` for every tenant. */
const TENANT = /^(?:\*|[a-z][a-z0-9-]*:.+)$/;

export interface TokenOptions {
  readonly tenant: readonly string[];
  readonly scope: string;
  /** In seconds from now. */
  readonly expires: number;
}

/** Options that were not checked yet. */
export type Asked = Omit<TokenOptions, 'tenant'> & { readonly tenant?: readonly string[] };

/** @throws {HookcastError} BAD_REQUEST for a token that would allow nothing, or last longer than a year. */
export function optionsOf({ tenant = [], scope, expires }: Asked): TokenOptions {
  if (tenant.length === 0) {
    throw refused(
      `Say which tenants the token may see: --tenant eduzz:40021, or --tenant '*' for every one, in quotes.`,
    );
  }
  const strange = tenant.find((name) => !TENANT.test(name));
  if (strange !== undefined) {
    // Without quotes, a shell replaces * by the names of files.
    throw refused(
      `"${strange}" is not a tenant. Write a tenant like eduzz:40021, or '*', in quotes, for every tenant.`,
    );
  }
  if (!(expires > 0 && expires <= LONGEST)) {
    throw refused(`--expires: a token may be valid for a year at most, ${LONGEST} seconds.`);
  }
  // With blanks between them, as in the claim; or with commas, as in the settings.
  const scopes = scope.split(/[\s,]+/).filter((one) => one !== '');
  const unknown = scopes.find((one) => !(SCOPES as readonly string[]).includes(one));
  if (unknown !== undefined || scopes.length === 0) {
    throw refused(`There is no scope "${unknown ?? ''}". There are: ${SCOPES.join(', ')}.`);
  }
  return { tenant, scope: scopes.join(' '), expires };
}

function refused(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}

/** The claims that a gateway reads by default. */
const TENANTS: ClaimPath = { path: ['tenants'], prefix: '' };
const SCOPE: ClaimPath = { path: ['scope'], prefix: '' };

/** The id and name by which a token can be revoked. */
export interface Identity {
  /** `jti`. */
  readonly id: string;
  /** `sub`: the token's holder. */
  readonly label: string;
}

export interface Signer extends Partial<Omit<AuthConfig, 'check'>> {
  readonly secret: string;
}

/** The signer of tokens that a gateway with these settings accepts. Null if only another issuer can sign them. */
export function signerOf({ check, ...places }: AuthConfig): Signer | null {
  const [secret] = check.by === 'secret' ? check.secrets : [];
  return secret === undefined ? null : { secret, ...places };
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
  // OAuth's claim `scope` is a text (RFC 8693, section 4.2). But if tenants are in it as well, `*` needs a list.
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

/** Puts values where a gateway reads them. Both claims may be in one object, or in one list. */
function put(claims: Record<string, unknown>, { path, prefix }: ClaimPath, values: readonly string[]): void {
  const [name = '', ...inner] = path;
  const there = claims[name];
  if (inner.length > 0) {
    const object = (there ?? {}) as Record<string, unknown>;
    claims[name] = object;
    return put(object, { path: inner, prefix }, values);
  }
  claims[name] = [...(Array.isArray(there) ? there : []), ...values.map((value) => prefix + value)];
}
