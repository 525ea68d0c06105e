import type { KeyObject } from 'node:crypto';
import type { JWTVerifyOptions } from 'jose';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { HookcastError } from '../../errors.ts';
import { isObject, keptOf, parseObject, sha256Hex } from '../payload.ts';
import type { Verified } from '../provider.ts';
import type { Verifier } from '../verifier.ts';
import { judge } from '../verify/plain-token.ts';
import { openClaims } from './claims.ts';
import { signAsWix } from './samples.ts';

const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const NOT_SIGNED = 'it is not signed with any key of this source';
/** How far Wix's clock and ours may be apart, in seconds. */
const SKEW = 30;

/**
 * The whole body is a JWT, signed with RS256 by the app's key. Any content type is accepted.
 * https://dev.wix.com/docs/build-apps/develop-your-app/api-integrations/events-and-webhooks/about-webhooks
 *
 * @param appId the required audience. Null requires none.
 */
export function wixVerifier(
  publicKeys: readonly KeyObject[],
  appId: string | null,
  signingKey: KeyObject | null,
): Verifier {
  // Only one algorithm is allowed, since otherwise the public key could be taken for an HMAC secret. Only configured keys count: `kid` and
  // `jku` are ignored.
  const options: JWTVerifyOptions = {
    algorithms: ['RS256'],
    clockTolerance: SKEW,
    ...(appId !== null && { audience: appId }),
  };
  return {
    sign: signingKey && ((payload, at) => signAsWix(payload, signingKey, at)),
    verify({ body, receivedAt }) {
      const token = body.toString('latin1').trim();
      if (!COMPACT_JWS.test(token)) {
        throw new HookcastError('MALFORMED_DELIVERY', 'The body is not a JWT of three parts.');
      }
      const asking = authenticate(token, publicKeys, { ...options, currentDate: new Date(receivedAt) });
      return asking ? asking.then(() => verifiedToken(token)) : verifiedToken(token);
    },
  };
}

function verifiedToken(token: string): Verified {
  // The verified bytes are parsed again, since jose would round integers that are ids.
  const claims = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
  const opened = openClaims(claims);
  // The digest is of `data` and not of the token: a retry may be signed anew, but is the same delivery.
  const signed = typeof claims['data'] === 'string' ? claims['data'] : JSON.stringify(claims['data'] ?? claims);
  const { payload, text } = keptOf(isObject(opened['data']) ? { data: opened['data'] } : opened);
  return {
    payload,
    text,
    get digest() {
      return sha256Hex(signed);
    },
  };
}

/** @returns a promise only if jose has to decide. */
function authenticate(token: string, keys: readonly KeyObject[], options: JWTVerifyOptions): Promise<void> | null {
  for (const [index, key] of keys.entries()) {
    const verdict = judge(token, key, options);
    if (verdict === 'good') return null;
    if (verdict === 'unsure') return askJose(token, keys.slice(index), options);
  }
  throw untrusted(keys.length === 0 ? 'no public key is configured' : NOT_SIGNED);
}

async function askJose(token: string, keys: readonly KeyObject[], options: JWTVerifyOptions): Promise<void> {
  let reason = NOT_SIGNED;
  for (const key of keys) {
    try {
      await jwtVerify(token, key, options);
      return;
    } catch (error) {
      reason = reasonOf(error);
      // The next key is tried only if the signature doesn't fit this one.
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
    }
  }
  throw untrusted(reason);
}

function untrusted(reason: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The token can't be trusted: ${reason}.`);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return NOT_SIGNED;
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not acceptable`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not RS256';
  return 'it is not a well-formed JWT';
}
