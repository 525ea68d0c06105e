import { listBody } from '../body.ts';
import type { Verifier } from '../verifier.ts';
import { hmac } from '../verify/hmac.ts';
import type { Secrets } from '../verify/secrets.ts';
import { body, header, map, method, time, url } from '../verify/template.ts';

/** The largest age of a delivery, in seconds. Each attempt is signed anew. */
const TOLERANCE = 300;

/** Characters that HubSpot signs decoded, even if the URL has them encoded. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/**
 * `x-hubspot-signature-v3` is the base64 signature of the method, the URL, the raw body and the time, in this order.
 *
 * https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export function hubspotVerifier(secrets: Secrets): Verifier {
  return hmac({
    secrets,
    header: 'x-hubspot-signature-v3',
    encoding: 'base64',
    signed: [method, map(url, (text) => text.replace(DECODED, decodeURIComponent)), body, time],
    timestamp: { from: header('x-hubspot-request-timestamp'), unit: 'ms', past: TOLERANCE, future: TOLERANCE },
    body: listBody,
  });
}
