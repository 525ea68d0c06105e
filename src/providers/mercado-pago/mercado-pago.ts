import { z } from 'zod';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { id, secondary, sentInstant } from '../fields.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { mercadoPagoSamples } from './samples.ts';
import { idIn, mercadoPagoVerifier } from './verify.ts';

const envelope = z.object({
  id: secondary(id),
  type: z.string().min(1).max(128),
  action: secondary(z.string().min(1).max(128)),
  date_created: secondary(sentInstant),
});

/**
 * Mercado Pago: an event only says which payment or subscription has changed. So no event has a type. A frontend that wants to know more
 * asks Mercado Pago's API for the subject.
 *
 * @param options `secrets` are the secret signatures of the applications, the newest first.
 */
export function mercadoPago(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('mercadopago', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'mercadopago',
    verify: mercadoPagoVerifier(secrets),
    about: (verified) => about(verified, checks),
    events: {},
    samples: mercadoPagoSamples,
  });
}

/** No account is read: only the unsigned body names it, so somebody who replays a delivery could write any other. */
function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error);
  const { id: eventId, type, action, date_created: occurredAt } = parsed.data;
  return {
    // `payment.updated` has both parts. For a subscription the action is only `updated`.
    type: action === null ? type : action.includes('.') ? action : `${type}.${action}`,
    eventId,
    subject: subjectOf(type, idIn(payload)),
    occurredAt,
  };
}
