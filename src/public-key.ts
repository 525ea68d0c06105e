import { X509Certificate, createPublicKey, type KeyObject } from 'node:crypto';

/** Docker's --env-file keeps the quotes that a shell removes. */
const QUOTED = /^(["'])(.*)\1$/s;
/** The curves of ES256, ES384 and ES512. */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Reads a public key as operators paste it: PEM with its line breaks, PEM on one line with `\n` written out, base64 of the PEM
 * (Wix's SDK calls that an encoded key), or a PEM's base64 without its first and last line, as Keycloak's page of keys shows it. From a
 * certificate it takes the key.
 *
 * @throws {Error} with what it is instead, such as `not a PEM public key`.
 */
export function publicKey(text: string): KeyObject {
  const plain = text
    .trim()
    .replace(QUOTED, '$2')
    .trim()
    .replaceAll(String.raw`\n`, '\n');
  const bytes = plain.startsWith('-----BEGIN') ? Buffer.from(plain) : Buffer.from(plain, 'base64');
  const pem = bytes.toString('utf8').trim();
  if (pem.includes('PRIVATE KEY')) throw new Error('not a PEM public key');
  const readings = pem.startsWith('-----BEGIN') ? [() => createPublicKey(pem)] : ofDer(bytes);
  for (const read of readings) {
    try {
      return read();
    } catch {
      // The text has another form, or none of them.
    }
  }
  throw new Error('not a PEM public key');
}

/** Reads the bytes of a PEM without its first and last line. Node makes a public key of a private PEM, but neither reading takes a private key. */
function ofDer(key: Buffer): (() => KeyObject)[] {
  return [() => createPublicKey({ key, format: 'der', type: 'spki' }), () => new X509Certificate(key).publicKey];
}

/** Reads a public key that can check tokens. @throws {Error} with what it is instead. */
export function tokenPublicKey(text: string): KeyObject {
  const key = publicKey(text);
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve = '' } = {} } = key;
  if (type === 'rsa') return rsaPublicKey(key);
  if (type === 'ed25519' || (type === 'ec' && CURVES.includes(namedCurve))) return key;
  throw new Error('not a key for RSA, Ed25519, P-256, P-384 or P-521');
}

/** Reads a public key that can check RS256. @throws {Error} with what it is instead. */
export function rsaPublicKey(key: KeyObject | string): KeyObject {
  const rsa = typeof key === 'string' ? publicKey(key) : key;
  if (rsa.type !== 'public') throw new Error('not a public key');
  if (rsa.asymmetricKeyType !== 'rsa') throw new Error('not an RSA key');
  if ((rsa.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('an RSA key with less than 2,048 bits');
  return rsa;
}
