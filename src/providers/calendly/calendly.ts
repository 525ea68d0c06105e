import type { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { parseInstant } from '../instant.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { bookingCancellation, inviteeCreated, markedAs } from './booking.ts';
import { lastPart, personOf } from './invitee.ts';
import { anyResource, envelope, inviteeCanceled, inviteeChanged, uri } from './payload.ts';
import { calendlySamples } from './samples.ts';

/** The largest age of a delivery, in seconds. Calendly advises this value. */
const TOLERANCE = 180;

/** In bytes: enough for one recap with its discussion and a transcript of many hours. A transcript of one hour is some 60 KiB. */
const LARGEST_BODY = 1024 * 1024;

/** The kind of subject, by the collection in its URI. If the URI has another collection, the event has no subject. */
const SUBJECTS: Readonly<Record<string, string>> = {
  invitees: 'booking',
  contacts: 'contact',
  meeting_recaps: 'meeting_recap',
  event_types: 'event_type',
  routing_form_submissions: 'routing_form_submission',
};
/** The collections of people. */
const PEOPLE: readonly string[] = ['invitees', 'contacts'];

/**
 * Calendly: `calendly-webhook-signature` is `t=<seconds>,v1=<hex>`, the HMAC-SHA256 of the time, a dot and the raw body.
 *
 * @param options `secrets` are the signing keys of the webhook subscriptions, the newest first.
 */
export function calendly(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('calendly', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'calendly',
    largestBody: LARGEST_BODY,
    verify: hmac({
      secrets,
      header: 'calendly-webhook-signature',
      encoding: 'hex',
      timestamp: { past: TOLERANCE, future: TOLERANCE },
    }),
    about: (verified) => about(verified, checks),
    events: {
      'invitee.canceled': event(inviteeCanceled, bookingCancellation),
      'invitee.created': event(inviteeChanged, inviteeCreated),
      'invitee_no_show.created': event(inviteeChanged, markedAs('MARKED_AS_NO_SHOW')),
      'invitee_no_show.deleted': event(inviteeChanged, markedAs('UNMARKED_AS_NO_SHOW')),
    },
    samples: calendlySamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error, { account: lastPart(payload['created_by']) });
  const { event: type, created_at: createdAt, created_by: createdBy } = parsed.data;
  const resource = checks.safeParse(anyResource, parsed.data.payload).data;
  const at = typeof createdAt === 'string' ? createdAt : null;
  const about = checks.safeParse(uri, resource?.uri).data;
  const collection = about?.split('/').at(-2) ?? null;
  return {
    type,
    // Calendly gives its events no id.
    derivedFrom: about && at !== null ? [type, about, at] : null,
    account: lastPart(createdBy),
    subject: subjectOf(collection, about),
    occurredAt: at === null ? null : parseInstant(at),
    people: resource && (collection === null || PEOPLE.includes(collection)) ? peopleOf(resource) : [],
  };
}

function subjectOf(collection: string | null, about: string | undefined): string | null {
  const kind = collection !== null && Object.hasOwn(SUBJECTS, collection) ? SUBJECTS[collection] : null;
  return kind ? `${kind}/${lastPart(about)}` : null;
}

/** The same person once for each address, so that an erasure by any of the addresses finds the event. */
function peopleOf(resource: z.infer<typeof anyResource>): readonly Person[] {
  const addresses = resource.emails.flatMap((email) => (typeof email === 'string' ? [email] : Object.values(email)));
  const others = addresses.filter((address) => typeof address === 'string' && address.includes('@'));
  return [resource, ...others.map((email) => ({ ...resource, email: email as string }))].map(personOf);
}
