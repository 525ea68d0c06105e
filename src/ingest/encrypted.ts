import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** A key for one kind of data, derived from the log's own secret. It decrypts no other kind. */
export function keyFor(secretOfLog: string, what: 'secrets that senders bring' | 'refused deliveries'): Buffer {
  return Buffer.from(hkdfSync('sha256', secretOfLog, '', `hookcast: ${what}`, 32));
}

/** @param bound the context of the text. With another context it can't be decrypted. */
export function encrypted(text: string, key: Buffer, bound: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(Buffer.from(bound));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** Null if the text was encrypted with another key or context, or was changed since. */
export function decrypted(text: string, key: Buffer, bound: string): string | null {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
