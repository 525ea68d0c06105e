import { HookcastError } from '../../errors.ts';
import type { Delivery } from '../delivery.ts';
import { id } from '../fields.ts';
import { isObject } from '../payload.ts';
import type { Verified } from '../provider.ts';
import type { Verifier } from '../verifier.ts';
import { hmac } from '../verify/hmac.ts';
import type { Secrets } from '../verify/secrets.ts';
import { header, map, optional, query, time } from '../verify/template.ts';

const lower = (text: string) => text.toLowerCase();

/**
 * `x-signature` is `ts=…,v1=…`. It signs the id of the subject, which is `data.id` in the query, the header `x-request-id` and the time. If
 * one of these is missing, it is left out of what is signed. The body is not signed, so it must name the same id as the query.
 *
 * https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks
 */
export function mercadoPagoVerifier(secrets: Secrets): Verifier {
  const signature = hmac({
    secrets,
    header: 'x-signature',
    encoding: 'hex',
    separator: ',',
    signed: [
      optional('id:', map(query('data.id'), lower), ';'),
      optional('request-id:', header('x-request-id'), ';'),
      'ts:',
      time,
      ';',
    ],
    // A retry has the time of the first attempt, so no age is checked. Mercado Pago's pages show the time in seconds as well as in
    // milliseconds.
    timestamp: { name: 'ts', unit: 'ms', past: null, future: null },
  });
  return {
    ...signature,
    verify(delivery) {
      const verified = signature.verify(delivery);
      return verified instanceof Promise
        ? verified.then((authentic) => aboutTheSame(authentic, delivery))
        : aboutTheSame(verified, delivery);
    },
  };
}

/** @throws {HookcastError} SIGNATURE_INVALID if the body names another id than the signed query. */
function aboutTheSame(verified: Verified, { parameters }: Delivery): Verified {
  const named = idIn(verified.payload);
  if (named === null || lower(named) === parameters.get('data.id')?.toLowerCase()) return verified;
  throw new HookcastError(
    'SIGNATURE_INVALID',
    'The body and the parameter data.id of the URL name different things, and only the URL is signed.',
  );
}

export function idIn(payload: Verified['payload']): string | null {
  const { data } = payload;
  return isObject(data) ? (id.safeParse(data['id']).data ?? null) : null;
}
