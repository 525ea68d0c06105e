import { HookcastError } from '../../errors.ts';
import { hmacKey, isSignedWithHmac } from '../hmac.ts';
import { parsePayload, sha256Hex } from '../payload.ts';
import type { Provider, Verified } from '../provider.ts';
import { normaliseEduzz } from './normalise.ts';
import { ping } from './payload.ts';

/** A ping is some eighty bytes; nothing larger is looked into before it is authenticated. */
const LARGEST_PING = 1024;

/**
 * Eduzz: `x-signature` is the hex HMAC-SHA256 of the raw body. No time is signed, so a delivery that is repeated can't
 * be told from a retry; the event's id makes it a duplicate.
 *
 * @param secrets the access keys ("chave de acesso") of the webhook's configurations, as Eduzz shows them, the newest first.
 */
export function eduzz(secrets: readonly [string, ...string[]]): Provider {
  const [newest, ...others] = secrets;
  const keys = [hmacKey(newest), ...others.map(hmacKey)] as const;
  return {
    name: 'eduzz',
    verify({ headers, body }) {
      const signature = headers['x-signature'];
      if (signature === undefined && isPing(body)) return verified(body);
      if (!isSignedWithHmac(keys, body, signature)) {
        throw new HookcastError(
          'SIGNATURE_INVALID',
          'x-signature is not the HMAC-SHA256 of this body under any secret of this source.',
        );
      }
      return verified(body);
    },
    normalise: (verified, place) => normaliseEduzz(keys[0], verified, place),
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
