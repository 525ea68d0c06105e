import { hash } from 'node:crypto';
import { HookcastError } from '../../errors.ts';
import { formBody, listBody } from '../body.ts';
import { refuse } from '../define-provider.ts';
import type { Delivery } from '../delivery.ts';
import type { HmacAlgorithm } from '../hmac.ts';
import type { Verifier } from '../verifier.ts';
import { hmac } from '../verify/hmac.ts';
import type { Secrets } from '../verify/secrets.ts';
import { map, sortedFields, url } from '../verify/template.ts';

/**
 * Names the algorithm that a shared key signs with. Changing this header is no attack: a forger has no signature by the other algorithm
 * either.
 */
const SETTINGS = 'x-twilio-webhooks-signature-settings';

/** The parameter of the URL that has the hash of a body that is no form. */
const BODY_HASH = 'bodySHA256';

/**
 * `x-twilio-signature` is the base64 signature of the URL. For a form, its fields follow in the order of their names, each name before its
 * value. For a JSON body, the URL has the hash of the body.
 *
 * Twilio signs the URL with its port for some of its products and without for others, so either is tried.
 *
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
export function twilioVerifier(secrets: Secrets): Verifier {
  const common = { secrets, header: 'x-twilio-signature', encoding: 'base64' } as const;
  const urls = [url, map(url, withOtherPort)] as const;
  const of = (algorithm: HmacAlgorithm) => ({
    forms: urls.map((one) => hmac({ ...common, algorithm, signed: [one, sortedFields], body: formBody })),
    hashed: urls.map((one) => hmac({ ...common, algorithm, signed: [one], body: listBody })),
  });
  const byAlgorithm: Readonly<Record<string, ReturnType<typeof of>>> = {
    HMAC_SHA1: of('sha1'),
    HMAC_SHA256: of('sha256'),
  };
  const [usual] = byAlgorithm['HMAC_SHA1']!.forms as [Verifier];
  return {
    ...usual,
    async verify(delivery) {
      const name = algorithmIn(delivery);
      const known = Object.hasOwn(byAlgorithm, name) ? byAlgorithm[name] : undefined;
      const { forms, hashed } = known ?? refuse(`The header ${SETTINGS} names an unknown algorithm.`);
      const said = delivery.parameters.get(BODY_HASH);
      if (said !== null) checkBody(said, delivery);
      const [asItIs, other] = (said === null ? forms : hashed) as [Verifier, Verifier];
      try {
        return await asItIs.verify(delivery);
      } catch (error) {
        if (!(error instanceof HookcastError) || error.code !== 'SIGNATURE_INVALID') throw error;
        return other.verify(delivery);
      }
    },
  };
}

/** @throws {HookcastError} SIGNATURE_INVALID if the signed hash is of another body. */
function checkBody(said: string, { body }: Delivery): void {
  // The sender knows both hashes, so the time of this comparison reveals no secret.
  if (said === hash('sha256', body, 'hex')) return;
  refuse(`The body does not match its hash in the URL, ${BODY_HASH}.`);
}

function algorithmIn({ headers }: Delivery): string {
  const settings = headers[SETTINGS];
  const items = typeof settings === 'string' ? settings.split(',').map((item) => item.trim().split('=')) : [];
  return items.find(([name]) => name === 'algorithm')?.[1] ?? 'HMAC_SHA1';
}

/** `https://host:443/…` for `https://host/…`, and the other way round. */
function withOtherPort(address: string): string {
  const [whole = '', scheme = '', host = '', port] = /^(https?:\/\/)([^/?#]*?)(:\d+)?(?=[/?#]|$)/.exec(address) ?? [];
  const standard = scheme === 'https://' ? ':443' : ':80';
  return scheme + host + (port === undefined ? standard : '') + address.slice(whole.length);
}
