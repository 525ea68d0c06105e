import { HookcastError } from '../../errors.ts';
import { hmacKey, isSignedWithHmac } from '../hmac.ts';
import { parsePayload, sha256Hex } from '../payload.ts';
import type { Verified } from '../provider.ts';
import type { Verifier } from '../verifier.ts';
import { ping } from './payload.ts';
import { missing } from '../verify/missing.ts';
import { checkSecrets } from '../verify/secrets.ts';
import { signAsEduzz } from './samples.ts';

/** A ping is some eighty bytes; nothing larger is looked into before it is authenticated. */
const LARGEST_PING = 1024;

/**
 * `x-signature` is the hex HMAC-SHA256 of the raw body. No time is signed, so a delivery that is repeated can't be told
 * from a retry; the event's id makes it a duplicate.
 *
 * @param secrets the newest first.
 * @throws {Error} for secrets that are missing or empty.
 */
export function eduzzVerifier(secrets: readonly [string, ...string[]]): Verifier {
  const keys = checkSecrets('eduzz', secrets).map(hmacKey);
  return {
    verify({ headers, body }) {
      const signature = headers['x-signature'];
      if (signature === undefined) {
        if (isPing(body)) return verified(body);
        throw missing('x-signature');
      }
      if (!isSignedWithHmac(keys, body, signature)) {
        throw new HookcastError(
          'SIGNATURE_INVALID',
          'x-signature is not the HMAC-SHA256 of this body under any secret of this source.',
        );
      }
      return verified(body);
    },
    sign: (payload) => signAsEduzz(payload, secrets[0]),
  };
}

function verified(body: Buffer): Verified {
  const { payload, text } = parsePayload(body);
  return {
    payload,
    text,
    get digest() {
      return sha256Hex(body);
    },
  };
}

/** Eduzz asks whether anybody is there before it is known to sign; the answer says nothing and leaves nothing. */
function isPing(body: Buffer): boolean {
  if (body.length > LARGEST_PING) return false;
  try {
    return ping.safeParse(parsePayload(body).payload).success;
  } catch {
    return false;
  }
}
