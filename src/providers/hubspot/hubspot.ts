import { z } from 'zod';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { id, secondary, sentInstant } from '../fields.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { hubspotSamples } from './samples.ts';
import { hubspotVerifier } from './verify.ts';

const secondaryId = secondary(id);

/** https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide */
const change = z.object({
  subscriptionType: z.string().min(1).max(256),
  portalId: secondaryId,
  occurredAt: secondary(sentInstant),
  objectId: secondaryId,
  /** The type of the object. Only `object.…` events have it, which may be about any type. */
  objectTypeId: secondary(z.string()),
  /** The record that was merged. */
  primaryObjectId: secondaryId,
  /** The record that was associated. */
  fromObjectId: secondaryId,
  propertyName: secondary(z.string()),
  propertyValue: secondary(z.string()),
});

const KINDS: Readonly<Record<string, string>> = {
  '0-1': 'contact',
  '0-2': 'company',
  '0-3': 'deal',
  '0-5': 'ticket',
  '0-7': 'product',
  '0-8': 'line_item',
};

/**
 * HubSpot: each event says which record has changed, and for a property its new value. One delivery has up to a hundred changes. None of
 * them is a cancellation or a payment, so no event has a type. Only version 3 of its signatures is accepted: versions 1 and 2 are digests
 * without a time.
 *
 * @param options `secrets` are the client secrets of the apps, the newest first.
 */
export function hubspot(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('hubspot', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'hubspot',
    verify: hubspotVerifier(secrets),
    each: ({ body }) => (Array.isArray(body) ? body : null),
    about: (verified) => about(verified, checks),
    events: {},
    samples: hubspotSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const account = secondaryId.parse(payload['portalId']);
  const parsed = checks.safeParse(change, payload);
  if (!parsed.success) return unfit(parsed.error, { account });
  const { subscriptionType: type, occurredAt, objectTypeId, ...sent } = parsed.data;
  const record = sent.objectId ?? sent.primaryObjectId ?? sent.fromObjectId;
  const [own = ''] = type.split('.', 1);
  const kind = own === 'object' && objectTypeId !== null ? (KINDS[objectTypeId] ?? objectTypeId) : own;
  const email = sent.propertyName === 'email' ? sent.propertyValue : null;
  // Somebody deleted the contact for good, as privacy law requires. The type is signed, so nobody else can have asked for it.
  const isErasure = type === 'contact.privacyDeletion' && record !== null;
  return {
    type,
    // HubSpot says that its `eventId` may be that of another event as well.
    derivedFrom: stateOf(payload),
    account,
    subject: subjectOf(kind, record),
    occurredAt,
    people: kind === 'contact' ? [{ email, externalId: record }] : [],
    ...(isErasure && { erases: { contacts: [record] } }),
  };
}

/** All members except the number of the attempt, which differs in a retry. */
function stateOf(payload: Verified['payload']): readonly unknown[] {
  const said = Object.entries(payload).filter(([name]) => name !== 'attemptNumber');
  return said.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
