import { hash, timingSafeEqual } from 'node:crypto';

const HEX_SHA256 = /^[0-9a-f]{64}$/i;
/** SHA-256's block, in bytes. */
const BLOCK = 64;

/** A secret of HMAC-SHA256, made ready: its inner and outer pads. (RFC 2104) */
export interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

export function hmacKey(secret: string): HmacKey {
  const bytes = Buffer.from(secret, 'utf8');
  const key = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
  const inner = Buffer.alloc(BLOCK, 0x36);
  const outer = Buffer.alloc(BLOCK, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index]! ^= byte;
    outer[index]! ^= byte;
  }
  return { inner, outer };
}

/**
 * HMAC-SHA256 by two one-shot hashes. `createHmac` makes a native object for each delivery that the garbage collector
 * must finalise, which under load costs more than the hashing does.
 */
export function hmacSha256({ inner, outer }: HmacKey, body: Buffer): Buffer {
  return hash('sha256', Buffer.concat([outer, hash('sha256', Buffer.concat([inner, body]), 'buffer')]), 'buffer');
}

/**
 * Whether the header is the hex HMAC-SHA256 of the body under one of the keys. Several at once is how a secret is
 * changed without losing deliveries. Each is tried to the end, so the time taken tells nothing; whatever is not 64 hex
 * digits is a wrong signature like any other.
 */
export function isSignedWithHmac(
  keys: readonly HmacKey[],
  body: Buffer,
  header: string | string[] | undefined,
): boolean {
  if (typeof header !== 'string' || !HEX_SHA256.test(header)) return false;
  const given = Buffer.from(header, 'hex');
  let matches = false;
  for (const key of keys) {
    if (timingSafeEqual(hmacSha256(key, body), given)) matches = true;
  }
  return matches;
}
