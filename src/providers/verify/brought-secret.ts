import { HookcastError } from '../../errors.ts';
import type { Verifier } from '../verifier.ts';
import type { Secrets } from './secrets.ts';

/**
 * Deliveries that are signed with a secret which their sender has brought itself (`headerEcho`) and which the log keeps.
 *
 * @param make the verifier for some secrets: `(secrets) => hmac({ secrets, … })`.
 * @param known secrets that you know besides, such as those of before. They also sign samples.
 * @throws {Error} for known secrets that are missing, empty or too short.
 */
export function broughtSecret(make: (secrets: Secrets) => Verifier, known: Secrets | null = null): Verifier {
  const fixed = known && make(known);
  // Of the secrets of the delivery before: they are others only when one was brought since.
  let made: { readonly of: readonly string[]; readonly verifier: Verifier } | null = null;
  return {
    ...(fixed?.key && { key: fixed.key }),
    verify(delivery) {
      const { brought } = delivery;
      if (brought.length === 0) {
        if (fixed) return fixed.verify(delivery);
        throw new HookcastError('SIGNATURE_INVALID', 'The sender has not sent a secret to this source yet.');
      }
      if (made?.of !== brought)
        made = { of: brought, verifier: make([...(known ?? []), ...brought] as unknown as Secrets) };
      return made.verifier.verify(delivery);
    },
    sign: fixed?.sign ?? null,
  };
}
