import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { HookcastError } from '../../errors.ts';
import { type JsonObject, parsePayload, sha256Hex } from '../payload.ts';
import { id } from '../fields.ts';
import type { Verifier } from '../verifier.ts';
import { COMPACT_JWS, type JwtAlgorithm, checkAlgorithms, checkPublicKeys, checkToken } from './token.ts';

export type { JwtAlgorithm };

export interface JwtOptions {
  /** As keys or as PEM, the newest first. There are several while one replaces another. */
  readonly publicKeys: readonly [KeyObject | string | undefined, ...(KeyObject | string | undefined)[]];
  /** Only asymmetric algorithms are allowed. Otherwise a public key could be taken for a shared secret. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  readonly issuer?: string;
  readonly audience?: string;
  /** How far the provider's clock and ours may differ, in seconds. The default is 30. */
  readonly skew?: number;
  /** The key that signs samples, in development. Providers don't publish theirs. */
  readonly signingKey?: KeyObject;
}

/**
 * Deliveries whose whole body is a JWT: its claims are the payload, and its `jti` is the event's id. Only the given keys count:
 * `kid` and `jku` can't name others.
 *
 * @throws {Error} for invalid keys, and for algorithms that are not asymmetric.
 */
export function jwt({ publicKeys, algorithms, issuer, audience, skew = 30, signingKey }: JwtOptions): Verifier {
  const keys = checkPublicKeys('jwt', publicKeys);
  checkAlgorithms('jwt', algorithms);
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
      await checkToken(token, keys, { ...options, currentDate: new Date(receivedAt) });
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

/**
 * A retry may be signed again with new times, and is still the same delivery. Its `jti` stays: two events may differ in nothing
 * else.
 */
function withoutTimes({ iat: _iat, exp: _exp, nbf: _nbf, ...claims }: JsonObject): JsonObject {
  return claims;
}
