import { type KeyObject, constants, sign, verify } from 'node:crypto';
import type { Verifier } from '../verifier.ts';
import { nameOf } from './hmac.ts';
import { keySet } from './key-set.ts';
import { ALGORITHMS, type SignatureAlgorithm, fits, readPublicKeys } from './public-keys.ts';
import { type SignatureOptions, signatureVerifier } from './signature.ts';

export interface AsymmetricOptions extends SignatureOptions {
  readonly algorithm: SignatureAlgorithm;
  /** As keys, PEM, base64 or hex; for Ed25519 also the 32 bytes alone. There are several while one replaces another. */
  readonly publicKeys?: readonly (KeyObject | string | undefined)[];
  /**
   * The address at which the sender publishes its keys instead, as a set of keys (JWKS). It is fixed, and never one that a
   * delivery names.
   */
  readonly keysAt?: string;
  /** How ECDSA's two numbers are written: as DER, or one after the other (`r||s`). The default is DER. */
  readonly form?: 'der' | 'raw';
  /** The fewest bits of an RSA key. The default is 2048. Woovi's key has 1024. */
  readonly leastBits?: number;
  /** The key that signs samples, in development. Providers don't publish theirs. */
  readonly signingKey?: KeyObject;
}

/** The most signatures of a delivery. Each takes a tenth of a millisecond to check, and a header can hold hundreds. */
const MOST_SIGNATURES = 8;

/**
 * Deliveries that are signed with the sender's private key.
 *
 * @throws {Error} for keys that are missing or of another kind than the algorithm's.
 */
export function asymmetric(options: AsymmetricOptions): Verifier {
  const { algorithm, publicKeys, keysAt, form = 'der', leastBits = 2048, signingKey } = options;
  const where = `asymmetric (${nameOf(options)})`;
  if (!ALGORITHMS.includes(algorithm)) throw new Error(`${where}: algorithm must be one of ${ALGORITHMS.join(', ')}`);
  if ((publicKeys === undefined) === (keysAt === undefined))
    throw new Error(`${where}: give either publicKeys or keysAt`);
  const fixed = keysAt === undefined ? readPublicKeys(where, publicKeys, { algorithm, leastBits }) : null;
  const published = keysAt === undefined ? null : keySet(where, keysAt);
  const hash = algorithm === 'ed25519' ? null : 'sha256';
  const keyed = (key: KeyObject) => ({
    key,
    ...(algorithm === 'rsa-sha256' && { padding: constants.RSA_PKCS1_PADDING }),
    ...(algorithm === 'rsa-pss-sha256' && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_AUTO,
    }),
    ...(algorithm === 'ecdsa-p256-sha256' && ({ dsaEncoding: form === 'raw' ? 'ieee-p1363' : 'der' } as const)),
  });
  const isSignedBy = (keys: readonly KeyObject[], bytes: Buffer, signatures: readonly (Buffer | null)[]) => {
    const given = signatures.filter((one) => one !== null).slice(0, MOST_SIGNATURES);
    return keys.some((key) => given.some((signature) => verifies(hash, bytes, keyed(key), signature)));
  };
  return signatureVerifier(where, options, {
    isSigned(parts, signatures) {
      const bytes = Buffer.concat(parts(null));
      if (fixed) return isSignedBy(fixed, bytes, signatures);
      const isSignedByPublished = async (anew: boolean) => {
        const keys = await published!.keys(anew);
        const fitting = keys.filter((key) => fits(key, { algorithm, leastBits }));
        return isSignedBy(fitting, bytes, signatures);
      };
      // If the sender has changed its key, the new one may not be loaded yet.
      return isSignedByPublished(false).then((isRight) => isRight || isSignedByPublished(true));
    },
    sign: signingKey
      ? (parts) => {
          const key = { ...keyed(signingKey), ...(algorithm === 'rsa-pss-sha256' && { saltLength: 32 }) };
          return sign(hash, Buffer.concat(parts(null)), key);
        }
      : null,
  });
}

/** Node throws for a malformed signature. Such a signature is wrong like any other. */
function verifies(hash: string | null, bytes: Buffer, key: Parameters<typeof verify>[2], signature: Buffer): boolean {
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    return false;
  }
}
