import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

const HEX_SHA256 = /^[0-9a-f]{64}$/i;

/** The secrets of a source, as keys. Several at once is how a secret is changed without losing deliveries. */
export function hmacKeys(secrets: readonly string[]): readonly KeyObject[] {
  return secrets.map((secret) => createSecretKey(secret, 'utf8'));
}

export function hmacSha256Hex(key: KeyObject, body: Buffer): string {
  return createHmac('sha256', key).update(body).digest('hex');
}

/**
 * Whether the header is the hex HMAC-SHA256 of the body under one of the keys. Every key is tried to the end, so the
 * time taken tells nothing; whatever is not 64 hex digits is a wrong signature like any other.
 */
export function isSignedWithHmac(
  keys: readonly KeyObject[],
  body: Buffer,
  header: string | string[] | undefined,
): boolean {
  if (typeof header !== 'string' || !HEX_SHA256.test(header)) return false;
  const given = Buffer.from(header, 'hex');
  let matches = false;
  for (const key of keys) {
    if (timingSafeEqual(createHmac('sha256', key).update(body).digest(), given)) matches = true;
  }
  return matches;
}
