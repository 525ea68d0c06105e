import { type KeyObject, createSecretKey, hash } from 'node:crypto';
import type { JWTPayload, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import type { AuthConfig } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import type { OnLimit } from '../limits.ts';
import { scopesIn, tenantsIn } from './claims.ts';
import { IssuerKeys } from '../issuer-keys.ts';
import { nameOfKeysAt, nameOfPublicKey, nameOfSecret } from './key-names.ts';
import { type Bearer, SCOPES, type Scope } from './viewer.ts';

/**
 * @param inTurn runs the check when its turn comes, once the key is at hand. Default: at once.
 * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID or KEYS_UNAVAILABLE.
 */
export type Authenticate = (
  authorization: string | undefined,
  inTurn?: <T>(check: () => Promise<T>) => Promise<T>,
) => Promise<Bearer>;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const EDWARDS = ['EdDSA', 'Ed25519'];
export const ASYMMETRIC = [...RSA, ...Object.values(CURVES), ...EDWARDS];
/** How many bytes a secret needs for each algorithm: as many as its hash has (RFC 7518, section 3.2). */
const HMAC: readonly (readonly [alg: string, bytes: number])[] = [
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
];
/** The most characters of an id that is kept as it is. */
const LONGEST_ID = 256;
/** How many seconds the issuer's clock may be ahead of ours. */
export const LEEWAY = 60;

/**
 * Checks bearer tokens (RFC 6750, RFC 7519). The algorithms are pinned by the kind of key, so that a token can't choose
 * how it is checked. A token without `exp` is refused: nothing would ever end its subscriptions. `iat` is not looked at.
 *
 * @param now milliseconds since 1970.
 */
export function authenticator(
  { check, issuer, audiences, ...places }: AuthConfig,
  now: () => number = Date.now,
  onLimit: OnLimit = () => {},
): Authenticate {
  const verify = verifierOf(check, now, onLimit);
  const options: JWTVerifyOptions = {
    clockTolerance: LEEWAY,
    requiredClaims: ['exp'],
    ...(issuer !== null && { issuer }),
    ...(audiences.length > 0 && { audience: [...audiences] }),
  };
  const toScopes = scopeSets();
  return async (authorization, inTurn = (check) => check()) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (!token) throw unauthenticated('Send "Authorization: Bearer" and a JWT: three parts, with dots between them.');
    const timed = { ...options, currentDate: new Date(now()) };
    try {
      const { payload, key } = await verify(token, timed, inTurn);
      // Requests and running streams end at the same moment, so there is no leeway here.
      const expiresAt = (payload.exp ?? 0) * 1000;
      if (expiresAt <= now()) throw expired();
      const tenants = tenantsIn(payload, places.tenants);
      return {
        tenants: tenants.includes('*') ? null : new Set(tenants),
        scopes: toScopes(scopesIn(payload, places.scope)),
        expiresAt,
        holder: holderOf(token, payload),
        tokenId: idOf(payload),
        parentId: null,
        key,
      };
    } catch (error) {
      throw refusal(error);
    }
  };
}

/** Makes one set for all tokens with the same scopes: there are sixteen sets at most, and thousands of connections keep one. */
export function scopeSets(): (granted: readonly string[]) => ReadonlySet<Scope> {
  const sets = new Map<string, ReadonlySet<Scope>>();
  return (granted) => {
    const scopes = SCOPES.filter((known) => granted.includes(known));
    const name = scopes.join(' ');
    const set = sets.get(name) ?? new Set(scopes);
    sets.set(name, set);
    return set;
  };
}

type InTurn = NonNullable<Parameters<Authenticate>[1]>;
/** A checked token, and the name of the key that fits it. */
type Checked = Pick<JWTVerifyResult, 'payload'> & { readonly key: string };
type Verify = (token: string, options: JWTVerifyOptions, inTurn: InTurn) => Promise<Checked>;

function verifierOf(check: AuthConfig['check'], now: () => number, onLimit: OnLimit): Verify {
  switch (check.by) {
    case 'secret':
      return verifyWithEach(check.secrets);
    case 'publicKey': {
      const algorithms = algorithmsOf(check.key);
      const key = nameOfPublicKey(check.key);
      return async (token, options, inTurn) => {
        const { payload } = await inTurn(() => jwtVerify(token, check.key, { ...options, algorithms }));
        return { payload, key };
      };
    }
    case 'jwks': {
      const keys = new IssuerKeys(check.url, now, onLimit);
      const key = nameOfKeysAt(check.url);
      return async (token, options, inTurn) => {
        const { payload } = await keys.verify(token, { ...options, algorithms: ASYMMETRIC }, inTurn);
        return { payload, key };
      };
    }
  }
}

/** Verifies tokens with the first secret that fits. */
function verifyWithEach(secrets: readonly string[]): Verify {
  const keys = secrets.map((secret) => {
    const length = Buffer.byteLength(secret);
    const algorithms = HMAC.filter(([, bytes]) => length >= bytes).map(([alg]) => alg);
    return { key: createSecretKey(secret, 'utf8'), algorithms, name: nameOfSecret(secret) };
  });
  const check = async (token: string, options: JWTVerifyOptions): Promise<Checked> => {
    let refused: unknown;
    for (const { key, algorithms, name } of keys) {
      try {
        const { payload } = await jwtVerify(token, key, { ...options, algorithms });
        return { payload, key: name };
      } catch (error) {
        // If the signature fits, then this error says what else is wrong with the token.
        if (!isOfAnotherKey(error)) throw error;
        refused = error;
      }
    }
    throw refused;
  };
  return (token, options, inTurn) => inTurn(() => check(token, options));
}

/** Whether another secret may fit. It may also if this one is too short for the token's algorithm. */
function isOfAnotherKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed;
}

/** The algorithms that the private half of a public key can sign with, and no others. */
function algorithmsOf(key: KeyObject): string[] {
  if (key.asymmetricKeyType === 'rsa') return RSA;
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  return curve ? [curve] : EDWARDS;
}

/**
 * The holder that the token names (`sub`, of its `iss`), so that a renewed token belongs to the same holder. If a token names
 * nobody, then its signed part stands for the holder, without the signature, which can be written in several ways.
 */
function holderOf(token: string, { iss, sub }: JWTPayload): string {
  return sub ? holderNamed(iss, sub) : hash('sha256', token.slice(0, token.lastIndexOf('.')), 'base64url');
}

/** The holder of all tokens with this `iss` and `sub`. */
export function holderNamed(iss: string | undefined, sub: string): string {
  return hash('sha256', JSON.stringify([iss, sub]), 'base64url');
}

/** The id by which a token can be revoked. A long one is hashed, so that it takes little memory in each connection. */
export function idOf({ jti }: JWTPayload): string | null {
  if (typeof jti !== 'string' || jti === '') return null;
  return jti.length <= LONGEST_ID ? jti : hash('sha256', jti, 'base64url');
}

/** jose's codes if it did not get the keys. The first one comes if the issuer, or a proxy before it, answers 502 or a page. */
const NO_KEYS: readonly string[] = [errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code];

function refusal(error: unknown): HookcastError {
  if (error instanceof HookcastError) return error;
  if (error instanceof errors.JWTExpired) return expired();
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf' && error.reason === 'check_failed') return notYetValid(error.payload.nbf ?? 0);
    return unauthenticated(`The token's claim "${error.claim}" is missing or not accepted.`);
  }
  if (!(error instanceof errors.JOSEError) || NO_KEYS.includes(error.code)) {
    const message = 'The keys to check tokens with could not be fetched. Try again later.';
    return new HookcastError('KEYS_UNAVAILABLE', message, { cause: error });
  }
  return unauthenticated('The token is not signed with a key that this gateway accepts.');
}

function expired(): HookcastError {
  return new HookcastError('TOKEN_EXPIRED', 'The token has expired. Ask for a fresh one.');
}

function notYetValid(nbf: number): HookcastError {
  const from = new Date(Math.min(nbf * 1000, 8.64e15)).toISOString();
  return new HookcastError(
    'TOKEN_NOT_YET_VALID',
    `The token is not valid before ${from}. If it was issued just now, set the clocks of the issuer and the gateway.`,
  );
}

function unauthenticated(message: string): HookcastError {
  return new HookcastError('UNAUTHENTICATED', message);
}
