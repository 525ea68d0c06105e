import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * A public key as operators paste it: PEM with its line breaks, PEM on one line with `\n` written out, or base64 of
 * the PEM (what Wix's SDK calls an encoded key).
 *
 * @throws {Error} with what it is instead, such as `no PEM public key`.
 */
export function publicKey(text: string): KeyObject {
  const plain = text.trim().replaceAll(String.raw`\n`, '\n');
  const pem = plain.startsWith('-----BEGIN') ? plain : Buffer.from(plain, 'base64').toString('utf8').trim();
  if (!pem.startsWith('-----BEGIN') || pem.includes('PRIVATE KEY')) throw new Error('no PEM public key');
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('no PEM public key');
  }
}

/** One that RS256 can be checked with. @throws {Error} with what it is instead. */
export function rsaPublicKey(key: KeyObject | string): KeyObject {
  const rsa = typeof key === 'string' ? publicKey(key) : key;
  if (rsa.type !== 'public') throw new Error('no public key');
  if (rsa.asymmetricKeyType !== 'rsa') throw new Error('no RSA key');
  if ((rsa.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('an RSA key of less than 2,048 bits');
  return rsa;
}
