import { HookcastError } from '../../errors.ts';
import type { Verifier } from '../verifier.ts';
import type { Secrets } from './secrets.ts';

/**
 * Deliveries that are signed with a secret that their sender has brought itself (`headerEcho`) and that the log keeps.
 *
 * @param make the verifier for some secrets: `(secrets) => hmac({ secrets, … })`.
 * @param known further secrets that you know, such as earlier ones. They also sign samples.
 * @throws {Error} for known secrets that are missing, empty or too short.
 */
export function broughtSecret(make: (secrets: Secrets) => Verifier, known: Secrets | null = null): Verifier {
  const fixed = known && make(known);
  // The verifier of the last delivery's secrets, which only change if a new one is brought.
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
