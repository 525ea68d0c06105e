import { type KeyObject, createPublicKey, hash } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import type { Delivery } from '../delivery.ts';
import { type SignatureEncoding, digestOf, signatureBytes } from '../hmac.ts';
import { parseObject } from '../payload.ts';
import type { Verifier } from '../verifier.ts';
import { keySet } from './key-set.ts';
import { KeysByName } from './keys-by-name.ts';
import { missing } from './missing.ts';
import { type Secrets, checkSecrets } from './secrets.ts';
import { checkMoment } from './timestamp.ts';
import { COMPACT_JWS, type JwtAlgorithm, checkAlgorithms, checkPublicKeys, checkToken, refuseToken } from './token.ts';
import { verifiedBody } from './verified.ts';

interface Common {
  /** The header with the token. */
  readonly header: string;
  /** The text before the token, such as `Bearer `. */
  readonly prefix?: string;
  /** The claim with the SHA-256 of the body, and below its encoding. Without it, a token would be valid for any body. */
  readonly bodyClaim: string;
  readonly bodyEncoding: SignatureEncoding;
  readonly issuer?: string;
  readonly audience?: string;
  /** How old a token may be by its `iat`, in seconds. The default is five minutes. If it is null, only `exp` counts. */
  readonly maxAge?: number | null;
  /** How far the provider's clock and ours may differ, in seconds. The default is 30. */
  readonly skew?: number;
  readonly body?: BodyFormat;
}

/** With a shared secret: HS256. */
export interface SharedJwtHeader extends Common {
  readonly secrets: Secrets;
}

/** With the sender's private key. */
export interface AsymmetricJwtHeader extends Common {
  readonly secrets?: never;
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  /**
   * Fixed keys; or the keys at a fixed address (JWKS); or a function that asks the sender's API for the key of a name (`kid`).
   */
  readonly publicKeys?: readonly (KeyObject | string | undefined)[];
  readonly keysAt?: string;
  readonly keyOf?: (kid: string) => Promise<KeyObject | string | null>;
  /** The key that signs samples, in development. */
  readonly signingKey?: KeyObject;
}

/**
 * Deliveries with a JWT in a header, one of whose claims is the hash of the body (Plaid, Vonage, LiveKit, QStash).
 *
 * @throws {Error} for invalid secrets or keys.
 */
export function jwtHeader(options: SharedJwtHeader | AsymmetricJwtHeader): Verifier {
  const {
    bodyClaim,
    bodyEncoding,
    issuer,
    audience,
    maxAge = 300,
    skew = 30,
    prefix = '',
    body: format = jsonBody,
  } = options;
  const header = options.header.toLowerCase();
  const where = `jwtHeader (${header})`;
  const { check, algorithm, signingKey } = keysOf(where, options);
  const expected = { ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }) };
  return {
    async verify(delivery) {
      const { headers, body, receivedAt } = delivery;
      const value = headers[header];
      if (typeof value !== 'string') throw missing(header);
      const token = value.startsWith(prefix) ? value.slice(prefix.length) : '';
      if (!COMPACT_JWS.test(token)) throw invalid(`${header} is not a JWT of three parts.`);
      await check(token, { ...expected, clockTolerance: skew, currentDate: new Date(receivedAt) }, delivery);
      const claims = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
      const said = claims[bodyClaim];
      const given = typeof said === 'string' ? signatureBytes(said, bodyEncoding) : null;
      // The sender knows both values, so the time of the comparison reveals no secret.
      if (!given?.equals(digestOf('sha256', body)))
        throw invalid(`${bodyClaim} of the token is not the hash of this body.`);
      if (maxAge !== null) {
        const issued = claims['iat'];
        if (typeof issued !== 'number') throw invalid('The token does not say when it was issued.');
        checkMoment(issued * 1000, { past: maxAge + skew, future: skew }, receivedAt);
      }
      return verifiedBody(format.read(body), body);
    },
    sign:
      signingKey &&
      (async (payload, at) => {
        const text = format.write(payload);
        const claims = {
          ...(issuer !== undefined && { iss: issuer }),
          ...(audience !== undefined && { aud: audience }),
        };
        const token = await new SignJWT({ ...claims, [bodyClaim]: hash('sha256', text, bodyEncoding) })
          .setProtectedHeader({ alg: algorithm })
          .setIssuedAt(at)
          .setExpirationTime(new Date(at.getTime() + 300_000))
          .sign(signingKey);
        return { body: text, headers: { 'content-type': format.contentType, [header]: prefix + token } };
      }),
  };
}

type Check = (
  token: string,
  options: Parameters<typeof checkToken>[2],
  delivery: Pick<Delivery, 'peer'>,
) => Promise<void>;
interface Keys {
  readonly check: Check;
  readonly algorithm: string;
  readonly signingKey: KeyObject | Uint8Array | null;
}

function keysOf(where: string, options: SharedJwtHeader | AsymmetricJwtHeader): Keys {
  if (options.secrets !== undefined) {
    const keys = checkSecrets(where, options.secrets).map((secret) => Buffer.from(secret));
    const algorithms = ['HS256'];
    return {
      check: (token, asked) => checkToken(token, keys, { ...asked, algorithms }),
      algorithm: 'HS256',
      signingKey: keys[0]!,
    };
  }
  const { publicKeys, keysAt, keyOf, signingKey = null } = options;
  const algorithms = [...checkAlgorithms(where, options.algorithms)];
  const given = [publicKeys, keysAt, keyOf].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Error(`${where}: give one of secrets, publicKeys, keysAt and keyOf`);
  const check = checkOf(where, options);
  return {
    check: (token, asked, delivery) => check(token, { ...asked, algorithms }, delivery),
    algorithm: algorithms[0]!,
    signingKey,
  };
}

function checkOf(where: string, { publicKeys, keysAt, keyOf }: AsymmetricJwtHeader): Check {
  if (keysAt !== undefined) {
    const keys = keySet(where, keysAt);
    return (token, asked) => keys.verify(token, asked).catch(refuseToken);
  }
  if (keyOf !== undefined) {
    const keys = new KeysByName(async (kid) => {
      const key = await keyOf(kid);
      return typeof key === 'string' ? createPublicKey(key) : key;
    });
    return async (token, asked, { peer }) => checkToken(token, await keys.of(kidOf(token), peer), asked);
  }
  const keys = checkPublicKeys(where, publicKeys);
  return (token, asked) => checkToken(token, keys, asked);
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

function invalid(message: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', message);
}
