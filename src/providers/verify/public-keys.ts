import { KeyObject, createPublicKey } from 'node:crypto';
import { publicKey } from '../../public-key.ts';
import { checkList } from './secrets.ts';

export const ALGORITHMS = ['ed25519', 'ecdsa-p256-sha256', 'rsa-sha256', 'rsa-pss-sha256'] as const;
export type SignatureAlgorithm = (typeof ALGORITHMS)[number];

const KIND: Record<SignatureAlgorithm, string> = {
  ed25519: 'Ed25519',
  'ecdsa-p256-sha256': 'P-256',
  'rsa-sha256': 'RSA',
  'rsa-pss-sha256': 'RSA',
};

/**
 * Public keys in the forms in which senders show them: PEM, base64 of it, base64 or hex of its DER, and for Ed25519 the 32
 * bytes alone.
 *
 * @param leastBits of an RSA key.
 * @throws {Error} for an invalid key, or one that the algorithm can't use.
 */
export function readPublicKeys(
  where: string,
  given: unknown,
  { algorithm, leastBits = 2048 }: { readonly algorithm: SignatureAlgorithm; readonly leastBits?: number },
): readonly KeyObject[] {
  return checkList(where, given, 'publicKeys').map((key, index) => {
    const place = `${where}: publicKeys[${index}]`;
    if (key === undefined || key === null || (typeof key === 'string' && key.trim() === '')) {
      throw new Error(`${place} is missing or empty`);
    }
    if (typeof key !== 'string' && !(key instanceof KeyObject)) throw new Error(`${place} is not text`);
    return checkKind(place, typeof key === 'string' ? read(place, key, algorithm) : key, { algorithm, leastBits });
  });
}

function read(place: string, text: string, algorithm: SignatureAlgorithm): KeyObject {
  const bare = text.trim();
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(bare);
  const bytes = Buffer.from(bare, isHex ? 'hex' : 'base64');
  if (algorithm === 'ed25519' && bytes.length === 32 && !bare.startsWith('-----')) {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
  }
  try {
    return publicKey(isHex ? bytes.toString('base64') : bare);
  } catch (error) {
    throw new Error(`${place} is not a public key; give the PEM, or base64 or hex of it`, { cause: error });
  }
}

/** Whether the algorithm can use a key. */
export function fits(key: KeyObject, { algorithm, leastBits }: Fitting): boolean {
  return key.type === 'public' && kindOf(key) === KIND[algorithm] && !isTooShort(key, leastBits);
}

interface Fitting {
  readonly algorithm: SignatureAlgorithm;
  readonly leastBits: number;
}

function checkKind(place: string, key: KeyObject, { algorithm, leastBits }: Fitting): KeyObject {
  if (key.type !== 'public') throw new Error(`${place} is not a public key`);
  if (kindOf(key) !== KIND[algorithm]) throw new Error(`${place} is not a key of ${algorithm}`);
  if (isTooShort(key, leastBits)) throw new Error(`${place} has less than ${leastBits} bits`);
  return key;
}

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve } = {} }: KeyObject): string {
  if (type === 'rsa') return 'RSA';
  if (type === 'ed25519') return 'Ed25519';
  return namedCurve === 'prime256v1' ? 'P-256' : 'other';
}

function isTooShort({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, least: number): boolean {
  return type === 'rsa' && (details?.modulusLength ?? 0) < least;
}
