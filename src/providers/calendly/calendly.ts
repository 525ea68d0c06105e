import type { z } from 'zod';
import type { ActorType } from '../../events/cancellation.ts';
import type { Money } from '../../events/money.ts';
import type { Person } from '../../events/person.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import type { Introduction } from '../about.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { parseInstant } from '../instant.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type InviteeCanceled, type Payment, anyResource, envelope, inviteeCanceled, uri } from './payload.ts';
import { calendlySamples } from './samples.ts';

/** How long a delivery is good for, in seconds: what Calendly advises. */
const TOLERANCE = 180;

/** Of one recap with its discussion and a transcript of many hours. A transcript of one hour is some 60 KiB. */
const LARGEST_BODY = 1024 * 1024;

/** What events are about, by the collection in its URI. What has a URI of another kind has no subject. */
const SUBJECTS: Readonly<Record<string, string>> = {
  invitees: 'booking',
  contacts: 'contact',
  meeting_recaps: 'meeting_recap',
  event_types: 'event_type',
  routing_form_submissions: 'routing_form_submission',
};
/** Those that are people. */
const PEOPLE: readonly string[] = ['invitees', 'contacts'];

/** Locations that are no place: whom to call, or who calls. */
const CALLS: readonly string[] = ['outbound_call', 'inbound_call'];

const ACTORS: Readonly<Record<string, ActorType>> = { host: 'BUSINESS', invitee: 'CUSTOMER' };

/**
 * Calendly: `calendly-webhook-signature` is `t=<seconds>,v1=<hex>`, the HMAC-SHA256 of the time, a dot and the raw body.
 *
 * @param options `secrets` are the signing keys of the webhook subscriptions, the newest first.
 */
export function calendly(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('calendly', options?.secrets, { least: LEAST_KNOWN });
  return defineProvider({
    name: 'calendly',
    largestBody: LARGEST_BODY,
    verify: hmac({
      secrets,
      header: 'calendly-webhook-signature',
      encoding: 'hex',
      timestamp: { past: TOLERANCE, future: TOLERANCE },
    }),
    about,
    events: { 'invitee.canceled': event(inviteeCanceled, bookingCancellation) },
    samples: calendlySamples,
  });
}

function about({ payload }: Verified): Introduction | Unnormalised {
  const parsed = envelope.safeParse(payload);
  if (!parsed.success) return unfit(parsed.error, { account: lastPart(payload['created_by']) });
  const { event: type, created_at: createdAt, created_by: createdBy } = parsed.data;
  const resource = anyResource.safeParse(parsed.data.payload).data;
  const at = typeof createdAt === 'string' ? createdAt : null;
  const about = uri.safeParse(resource?.uri).data;
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

function bookingCancellation({ payload: invitee }: InviteeCanceled): Said {
  const { scheduled_event: scheduled, payment } = invitee;
  // Of a whole meeting that a host cancels, it may stand with the meeting alone, and be empty with the invitee.
  const hows = [invitee.cancellation, scheduled?.cancellation];
  const how = hows.find((one) => one?.canceler_type || one?.canceled_by) ?? invitee.cancellation;
  const canceledByName = nameIn(how?.canceled_by);
  const { type: locationType = null, location = null } = scheduled?.location ?? {};
  // The host calls the invitee there.
  const called = locationType === 'outbound_call' ? location : null;
  const customer = { ...personOf(invitee), phone: invitee.text_reminder_number ?? called };
  const bookedBy = lastPart(invitee.invitee_scheduled_by);
  if (invitee.rescheduled) return otherEvent([customer]);
  const [host] = scheduled?.event_memberships ?? [];
  const startsAt = scheduled?.start_time ?? null;
  const endsAt = scheduled?.end_time ?? null;
  return said(
    BookingCancellation,
    {
      bookingId: lastPart(invitee.uri) ?? invitee.uri,
      title: scheduled?.name ?? null,
      canceledBy: {
        type:
          (how?.canceler_type && Object.hasOwn(ACTORS, how.canceler_type) && ACTORS[how.canceler_type]) || 'UNKNOWN',
        actorId: canceledByName === null ? lastPart(how?.canceled_by) : null,
        name: canceledByName,
      },
      reason: how?.reason ?? null,
      quantity: 1,
      status: invitee.status ?? null,
      startsAt,
      endsAt,
      price: priceOf(payment),
      paymentStatus: paymentStatusOf(payment),
      createdBy: { type: bookedBy === null ? 'UNKNOWN' : 'BUSINESS', actorId: bookedBy },
      createdAt: invitee.created_at ?? null,
      updatedAt: invitee.updated_at ?? null,
      slot: {
        eventId: lastPart(scheduled?.uri),
        serviceId: lastPart(scheduled?.event_type),
        startsAt,
        endsAt,
        staff: { staffId: lastPart(host?.user), name: host?.user_name ?? null, email: host?.user_email ?? null },
        location: {
          type: locationType,
          name: locationType !== null && CALLS.includes(locationType) ? null : nameIn(location),
        },
      },
      customer,
      customerTimeZone: invitee.timezone ?? null,
      additionalFields: invitee.questions_and_answers,
    },
    { occurredAt: how?.created_at ?? null },
  );
}

function priceOf(payment: Payment | null): Money | null {
  const { amount, currency } = payment ?? {};
  return amount && currency ? { amount, currency: currency.toUpperCase() } : null;
}

function paymentStatusOf(payment: Payment | null): string | null {
  const successful = payment?.successful ?? null;
  if (successful === null) return null;
  return successful ? 'PAID' : 'FAILED';
}

/** A link is no name, and one to a meeting lets in whoever has it. */
function nameIn(text: string | null | undefined): string | null {
  return text && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : null;
}

/** One person, once for each address: an erasure by any of these finds the event. */
function peopleOf(resource: z.infer<typeof anyResource>): readonly Person[] {
  const addresses = resource.emails.flatMap((email) => (typeof email === 'string' ? [email] : Object.values(email)));
  const others = addresses.filter((address) => typeof address === 'string' && address.includes('@'));
  return [resource, ...others.map((email) => ({ ...resource, email: email as string }))].map(personOf);
}

function personOf({ uri, name, email }: Pick<z.infer<typeof anyResource>, 'uri' | 'name' | 'email'>): Person {
  return { name: name ?? null, email: email ?? null, phone: null, externalId: lastPart(uri) };
}

/** Of an id that is a URL, what differs. Null for what is none. */
function lastPart(value: unknown): string | null {
  return typeof value === 'string' ? (/\/([\w-]{1,128})$/.exec(value)?.[1] ?? null) : null;
}
