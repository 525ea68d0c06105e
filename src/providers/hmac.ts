import { hash, timingSafeEqual } from 'node:crypto';

/** The block size of the hash, in bytes. */
const BLOCK = { sha1: 64, sha256: 64, sha512: 128 } as const;
/** The size of the digest, in bytes. */
const DIGEST = { sha1: 20, sha256: 32, sha512: 64 } as const;
export type HmacAlgorithm = keyof typeof BLOCK;
/** Text of one character for each byte. */
const TEXT = 'binary';

/** A prepared secret of HMAC: its inner and outer pads (RFC 2104). */
export interface HmacKey {
  readonly algorithm: HmacAlgorithm;
  readonly inner: Buffer;
  /** It has room at its end for the inner hash. */
  readonly outer: Buffer;
}

/** A key of HMAC-SHA256 from the text of a secret. */
export function hmacKey(secret: string): HmacKey {
  return keyOf(Buffer.from(secret, 'utf8'), 'sha256');
}

export function keyOf(bytes: Buffer, algorithm: HmacAlgorithm): HmacKey {
  const block = BLOCK[algorithm];
  const key = bytes.length > block ? digestOf(algorithm, bytes) : bytes;
  const inner = Buffer.alloc(block, 0x36);
  const outer = Buffer.alloc(block + DIGEST[algorithm], 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index]! ^= byte;
    outer[index]! ^= byte;
  }
  return { algorithm, inner, outer };
}

/**
 * The HMAC of the concatenated parts, by two one-shot hashes. `createHmac` makes a native object for each delivery that the
 * garbage collector must finalize, which under load costs more than the hashing.
 */
export function hmacOf({ algorithm, inner, outer }: HmacKey, ...parts: readonly Buffer[]): Buffer {
  outer.write(hash(algorithm, Buffer.concat([inner, ...parts]), TEXT), BLOCK[algorithm], TEXT);
  return digestOf(algorithm, outer);
}

/** A digest's bytes. Asked for as a buffer, they would be memory of their own for the garbage collector to return: that takes twice as long. */
export function digestOf(algorithm: HmacAlgorithm, data: Buffer | string): Buffer {
  return Buffer.from(hash(algorithm, data, TEXT), TEXT);
}

/** HMAC-SHA256 with a key that was made for it. */
export function hmacSha256(key: HmacKey, body: Buffer): Buffer {
  return hmacOf(key, body);
}

/**
 * Whether one of the signatures is the HMAC of the parts under one of the keys. Several keys at once are how a secret is
 * changed without losing deliveries. Each is tried to the end, so the time taken tells nothing.
 */
export function isSigned(
  keys: readonly HmacKey[],
  parts: readonly Buffer[],
  signatures: readonly (Buffer | null)[],
): boolean {
  let matches = false;
  for (const key of keys) {
    const expected = hmacOf(key, ...parts);
    for (const given of signatures) {
      if (given?.length === expected.length && timingSafeEqual(expected, given)) matches = true;
    }
  }
  return matches;
}

const HEX = /^[0-9a-f]+$/i;

export type SignatureEncoding = 'hex' | 'base64' | 'base64url';

/**
 * The bytes of a signature's text, in either case for hex, with its padding or without for base64url; null for what no encoder
 * writes.
 */
export function signatureBytes(text: string, encoding: SignatureEncoding): Buffer | null {
  if (encoding === 'hex') return text.length % 2 === 0 && HEX.test(text) ? Buffer.from(text, 'hex') : null;
  const bytes = Buffer.from(text, encoding);
  // Node takes base64 without its padding or with something behind it, and of hex stops at the first digit that is none.
  const written = encoding === 'base64url' ? text.replace(/={1,2}$/, '') : text;
  return bytes.toString(encoding) === written && bytes.length > 0 ? bytes : null;
}
