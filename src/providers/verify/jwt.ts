import { KeyObject, createPublicKey } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import { HookcastError } from '../../errors.ts';
import { type JsonObject, parsePayload, sha256Hex } from '../payload.ts';
import { id } from '../fields.ts';
import type { Verifier } from '../verifier.ts';
import { checkList } from './secrets.ts';

export interface JwtOptions {
  /** As keys or as PEM. Several while one replaces another, the newest first. */
  readonly publicKeys: readonly [KeyObject | string | undefined, ...(KeyObject | string | undefined)[]];
  /** Only asymmetric ones, or a public key could be taken for a secret that everybody knows. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  readonly issuer?: string;
  readonly audience?: string;
  /** How far the provider's clock and ours may be apart, in seconds. 30, unless told otherwise. */
  readonly skew?: number;
  /** To sign samples with, in development. Providers don't give theirs away. */
  readonly signingKey?: KeyObject;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type JwtAlgorithm = (typeof ALGORITHMS)[number];

const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Deliveries whose whole body is a JWT: its claims are the payload, and its `jti` is the event's id. No key counts but those
 * given, whatever `kid` or `jku` say.
 *
 * @throws {Error} for keys that are none, and for algorithms that are not asymmetric.
 */
export function jwt({ publicKeys, algorithms, issuer, audience, skew = 30, signingKey }: JwtOptions): Verifier {
  const keys = checkList('jwt', publicKeys, 'publicKeys').map(publicKeyOf);
  for (const [index, algorithm] of checkList('jwt', algorithms, 'algorithms').entries()) {
    if (!ALGORITHMS.includes(algorithm as JwtAlgorithm)) throw new Error(`jwt: algorithms[${index}] is not asymmetric`);
  }
  const options = {
    algorithms: [...algorithms],
    clockTolerance: skew,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  return {
    async verify({ body, receivedAt }) {
      const token = body.toString('latin1').trim();
      if (!COMPACT_JWS.test(token))
        throw new HookcastError('MALFORMED_DELIVERY', 'The body is not a JWT of three parts.');
      await authenticate(token, keys, { ...options, currentDate: new Date(receivedAt) });
      // Parsed again from the verified bytes: jose's own parse would round integers that are ids.
      const { payload, text } = parsePayload(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
      const jti = id.safeParse(payload['jti']);
      return {
        payload,
        text,
        get digest() {
          return sha256Hex(JSON.stringify(withoutTimes(payload)));
        },
        ...(jti.success && { id: jti.data }),
      };
    },
    sign: signingKey
      ? async (payload, at) => ({
          headers: { 'content-type': 'application/jwt' },
          body: await new SignJWT({
            ...(issuer !== undefined && { iss: issuer }),
            ...(audience !== undefined && { aud: audience }),
            ...payload,
          })
            .setProtectedHeader({ alg: algorithms[0] })
            .setIssuedAt(at)
            .setExpirationTime(new Date(at.getTime() + 3_600_000))
            .sign(signingKey),
        })
      : null,
  };
}

function publicKeyOf(key: unknown, index: number): KeyObject {
  if (key === undefined || key === null || (typeof key === 'string' && key.trim() === '')) {
    throw new Error(`jwt: publicKeys[${index}] is missing or empty`);
  }
  if (key instanceof KeyObject && key.type === 'public') return key;
  try {
    return createPublicKey(key as string);
  } catch (error) {
    throw new Error(`jwt: publicKeys[${index}] is no public key; give a PEM`, { cause: error });
  }
}

/**
 * A delivery that is tried again may be signed anew, and is the same delivery all the same. Its `jti` stays: two events may
 * differ in nothing else.
 */
function withoutTimes({ iat: _iat, exp: _exp, nbf: _nbf, ...claims }: JsonObject): JsonObject {
  return claims;
}

async function authenticate(
  token: string,
  keys: readonly KeyObject[],
  options: Parameters<typeof jwtVerify>[2],
): Promise<void> {
  let reason = 'it is not signed with any key of this source';
  for (const key of keys) {
    try {
      await jwtVerify(token, key, options);
      return;
    } catch (error) {
      // A signature that doesn't fit this key, or a key of another kind than the token's (TypeError), says nothing of the next.
      if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError) continue;
      reason = reasonOf(error);
    }
  }
  throw new HookcastError('SIGNATURE_INVALID', `The token can't be trusted: ${reason}.`);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not acceptable`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed here';
  return 'it is not a well-formed JWT';
}
