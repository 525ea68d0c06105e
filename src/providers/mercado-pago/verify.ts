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
 * `x-signature` is `ts=…,v1=…`, over the id of what it is about, which stands in the query as `data.id`, the header
 * `x-request-id` and the time. What is missing of these is left out of what is signed. The body is not signed: so it must
 * at least be about what the query names.
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
    // A retry has the time of the first attempt, and its pages have it in seconds as well as in milliseconds.
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

/** @throws {HookcastError} SIGNATURE_INVALID for a body that is about something else than what was signed. */
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
