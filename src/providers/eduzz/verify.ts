import { parsePayload } from '../payload.ts';
import type { Verifier } from '../verifier.ts';
import { hmac } from '../verify/hmac.ts';
import { verifiedBody } from '../verify/verified.ts';
import { ping } from './payload.ts';
import { signAsEduzz } from './samples.ts';

/** In bytes. A ping has some eighty bytes, and a larger body is not parsed before it is authenticated. */
const LARGEST_PING = 1024;

/**
 * `x-signature` is the hex HMAC-SHA256 of the raw body. No time is signed, so a replayed delivery can't be told from a retry. The event's
 * id makes it a duplicate.
 *
 * @param secrets the newest first.
 * @throws {Error} for secrets that are missing or empty.
 */
export function eduzzVerifier(secrets: readonly [string, ...string[]]): Verifier {
  const signed = hmac({ secrets, header: 'x-signature', encoding: 'hex' });
  return {
    verify(delivery) {
      const { headers, body } = delivery;
      if (headers['x-signature'] === undefined && isPing(body)) return verifiedBody(parsePayload(body), body);
      return signed.verify(delivery);
    },
    sign: (payload) => signAsEduzz(payload, secrets[0]),
  };
}

/** Eduzz asks whether the address answers, before it is known to sign. The answer says nothing, and nothing is stored. */
function isPing(body: Buffer): boolean {
  if (body.length > LARGEST_PING) return false;
  try {
    return ping.safeParse(parsePayload(body).payload).success;
  } catch {
    return false;
  }
}
