import { createPublicKey, type KeyObject } from 'node:crypto';

/** The curves of ES256, ES384 and ES512. */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * A public key as operators paste it: PEM with its line breaks, PEM on one line with `\n` written out, or base64 of
 * the PEM (what Wix's SDK calls an encoded key).
 *
 * @throws {Error} with what it is instead, such as `no PEM public key`.
 */
function publicKey(text: string): KeyObject {
  const plain = text.trim().replaceAll(String.raw`\n`, '\n');
  const pem = plain.startsWith('-----BEGIN') ? plain : Buffer.from(plain, 'base64').toString('utf8').trim();
  if (!pem.startsWith('-----BEGIN') || pem.includes('PRIVATE KEY')) throw new Error('no PEM public key');
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('no PEM public key');
  }
}

/** One that tokens can be checked with. @throws {Error} with what it is instead. */
export function tokenPublicKey(text: string): KeyObject {
  const key = publicKey(text);
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve = '' } = {} } = key;
  if (type === 'rsa') return rsaPublicKey(key);
  if (type === 'ed25519' || (type === 'ec' && CURVES.includes(namedCurve))) return key;
  throw new Error('a key of another kind than RSA, Ed25519, P-256, P-384 and P-521');
}

/** One that RS256 can be checked with. @throws {Error} with what it is instead. */
export function rsaPublicKey(key: KeyObject | string): KeyObject {
  const rsa = typeof key === 'string' ? publicKey(key) : key;
  if (rsa.type !== 'public') throw new Error('no public key');
  if (rsa.asymmetricKeyType !== 'rsa') throw new Error('no RSA key');
  if ((rsa.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('an RSA key of less than 2,048 bits');
  return rsa;
}
