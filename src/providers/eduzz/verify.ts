import { parsePayload } from '../payload.ts';
import type { Verifier } from '../verifier.ts';
import { hmac } from '../verify/hmac.ts';
import { verifiedBody } from '../verify/verified.ts';
import { ping } from './payload.ts';
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

/** Eduzz asks whether anybody is there before it is known to sign; the answer says nothing and leaves nothing. */
function isPing(body: Buffer): boolean {
  if (body.length > LARGEST_PING) return false;
  try {
    return ping.safeParse(parsePayload(body).payload).success;
  } catch {
    return false;
  }
}
