import { type KeyObject, createSecretKey, hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import type { AuthConfig } from '../config.ts';
import { HookcastError } from '../errors.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { type Bearer, SCOPES, type Scope } from './viewer.ts';

/**
 * @param inTurn how a token's check waits for its turn, once the key is at hand; at once when it is left out.
 * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED or KEYS_UNAVAILABLE.
 */
export type Authenticate = (
  authorization: string | undefined,
  inTurn?: <T>(check: () => Promise<T>) => Promise<T>,
) => Promise<Bearer>;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const EDWARDS = ['EdDSA', 'Ed25519'];
const ASYMMETRIC = [...RSA, ...Object.values(CURVES), ...EDWARDS];
/** How far the issuer's clock and ours may be apart, in seconds. */
const SKEW = 5;

const claimsSchema = z.object({
  exp: z.number(),
  tenants: z.array(z.string().min(1).max(256)).min(1).max(10_000),
  scope: z.string().default(''),
});

/**
 * Checks bearer tokens (RFC 6750, RFC 7519). The algorithms are pinned by the kind of key, so that a token can't choose
 * how it is checked. A token without `exp` is refused: nothing would ever end what it began.
 *
 * @param now milliseconds since 1970.
 */
export function authenticator({ check, issuer, audience }: AuthConfig, now: () => number = Date.now): Authenticate {
  const { key, algorithms } = keyOf(check, now);
  const options: JWTVerifyOptions = {
    algorithms,
    clockTolerance: SKEW,
    requiredClaims: ['exp'],
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  };
  // One set for all who have the same scopes: there are sixteen at most, and thousands of connections keep theirs.
  const scopeSets = new Map<string, ReadonlySet<Scope>>();
  const toScopes = (scope: string): ReadonlySet<Scope> => {
    const granted = new Set(scope.split(' '));
    const scopes = SCOPES.filter((known) => granted.has(known));
    const name = scopes.join(' ');
    const scopeSet = scopeSets.get(name) ?? new Set(scopes);
    scopeSets.set(name, scopeSet);
    return scopeSet;
  };
  return async (authorization, inTurn = (check) => check()) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (!token) throw unauthenticated('Send "Authorization: Bearer" and a JWT: three parts, with dots between them.');
    const timed = { ...options, currentDate: new Date(now()) };
    try {
      // Before its turn: whoever waits for an issuer must not keep the turn of those who needn't.
      if (key instanceof IssuerKeys) await key.await(token);
      // jose has one overload for a key and one for a function that finds it.
      const { payload } = await inTurn(() =>
        key instanceof IssuerKeys ? jwtVerify(token, key.find, timed) : jwtVerify(token, key, timed),
      );
      // Its last moment is the same for a request and for what runs: no tolerance here that a stream would not have.
      if ((payload.exp ?? 0) * 1000 <= now()) throw expired();
      return { ...toViewer(payload, toScopes), holder: holderOf(token, payload) };
    } catch (error) {
      throw refusal(error);
    }
  };
}

function keyOf(check: AuthConfig['check'], now: () => number): { key: KeyObject | IssuerKeys; algorithms: string[] } {
  switch (check.by) {
    case 'secret':
      return { key: createSecretKey(check.secret, 'utf8'), algorithms: ['HS256'] };
    case 'publicKey':
      return { key: check.key, algorithms: algorithmsOf(check.key) };
    case 'jwks':
      return { key: new IssuerKeys(check.url, now), algorithms: ASYMMETRIC };
  }
}

/** What can be signed with the other half of a public key, and nothing else. */
function algorithmsOf(key: KeyObject): string[] {
  if (key.asymmetricKeyType === 'rsa') return RSA;
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  return curve ? [curve] : EDWARDS;
}

function toViewer(payload: JWTPayload, toScopes: (scope: string) => ReadonlySet<Scope>): Omit<Bearer, 'holder'> {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) {
    throw unauthenticated('The token needs "tenants" (a list of tenants, or ["*"]) and "scope" (text).');
  }
  const { tenants, scope, exp } = claims.data;
  return {
    tenants: tenants.includes('*') ? null : new Set(tenants),
    scopes: toScopes(scope),
    expiresAt: exp * 1000,
  };
}

/**
 * Whoever is named by the token (`sub`, of its `iss`), so that a renewed token is the same holder's; a token that names
 * nobody is a holder of its own. Of the latter only what is signed: a signature can be written in several ways.
 */
function holderOf(token: string, { iss, sub }: JWTPayload): string {
  return hash('sha256', sub ? JSON.stringify([iss, sub]) : token.slice(0, token.lastIndexOf('.')), 'base64url');
}

/** jose's codes of keys that it did not get. The first is for an issuer, or a proxy before it, that answers 502 or a page. */
const NO_KEYS: readonly string[] = [errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code];

function refusal(error: unknown): HookcastError {
  if (error instanceof HookcastError) return error;
  if (error instanceof errors.JWTExpired) return expired();
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The token's claim "${error.claim}" is missing or not accepted.`);
  }
  if (!(error instanceof errors.JOSEError) || NO_KEYS.includes(error.code)) {
    const message = 'The keys to check tokens with could not be fetched. Try again later.';
    return new HookcastError('KEYS_UNAVAILABLE', message, { cause: error });
  }
  return unauthenticated('The token is not signed with a key that is accepted here.');
}

function expired(): HookcastError {
  return new HookcastError('TOKEN_EXPIRED', 'The token has expired. Ask for a fresh one.');
}

function unauthenticated(message: string): HookcastError {
  return new HookcastError('UNAUTHENTICATED', message);
}
