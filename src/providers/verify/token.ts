import { KeyObject, createPublicKey } from 'node:crypto';
import type { JWTVerifyOptions } from 'jose';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { HookcastError } from '../../errors.ts';
import { judge } from './plain-token.ts';
import { checkList } from './secrets.ts';

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type JwtAlgorithm = (typeof ALGORITHMS)[number];

/** The form of a token: three parts of base64url. */
export const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** @throws {Error} for algorithms that are not asymmetric: a public key could be taken for a shared secret. */
export function checkAlgorithms(where: string, given: unknown): readonly [JwtAlgorithm, ...JwtAlgorithm[]] {
  const algorithms = checkList(where, given, 'algorithms');
  for (const [index, algorithm] of algorithms.entries()) {
    if (!ALGORITHMS.includes(algorithm as JwtAlgorithm)) {
      throw new Error(`${where}: algorithms[${index}] is not asymmetric`);
    }
  }
  return algorithms as [JwtAlgorithm, ...JwtAlgorithm[]];
}

/** @throws {Error} for invalid keys. */
export function checkPublicKeys(where: string, given: unknown): readonly KeyObject[] {
  return checkList(where, given, 'publicKeys').map((key, index) => {
    if (key === undefined || key === null || (typeof key === 'string' && key.trim() === '')) {
      throw new Error(`${where}: publicKeys[${index}] is missing or empty`);
    }
    if (key instanceof KeyObject && key.type === 'public') return key;
    try {
      return createPublicKey(key as string);
    } catch (error) {
      throw new Error(`${where}: publicKeys[${index}] is not a public key; give a PEM`, { cause: error });
    }
  });
}

/** @throws {HookcastError} SIGNATURE_INVALID if a token is valid under none of the keys. */
export async function checkToken(
  token: string,
  keys: readonly (KeyObject | Uint8Array)[],
  options: JWTVerifyOptions,
): Promise<void> {
  let reason = 'it is not signed with any key of this source';
  for (const key of keys) {
    const verdict = key instanceof KeyObject ? judge(token, key, options) : 'unsure';
    if (verdict === 'good') return;
    if (verdict === 'forged') continue;
    try {
      await jwtVerify(token, key, options);
      return;
    } catch (error) {
      // A signature that doesn't fit this key, or a key of another kind than the token's (TypeError), says nothing of the next.
      if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError) continue;
      reason = reasonOf(error);
    }
  }
  throw untrusted(reason);
}

/** @throws {HookcastError} SIGNATURE_INVALID for jose's errors about a token. hookcast's own errors are thrown unchanged. */
export function refuseToken(error: unknown): never {
  if (error instanceof HookcastError && error.code !== 'UNAUTHENTICATED') throw error;
  const isOther = error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey;
  throw untrusted(isOther ? 'it is not signed with any key of this source' : reasonOf(error));
}

function untrusted(reason: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The token can't be trusted: ${reason}.`);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not acceptable`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed here';
  return 'it is not a well-formed JWT';
}
