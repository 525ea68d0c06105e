import type { z } from 'zod';
import type { ActorType } from '../../events/cancellation.ts';
import type { Person } from '../../events/person.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import type { Introduction } from '../about.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { parseInstant } from '../instant.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type InviteeCanceled, anyInvitee, envelope, inviteeCanceled, uri } from './payload.ts';
import { calendlySamples } from './samples.ts';

/** How long a delivery is good for, in seconds: what Calendly advises. */
const TOLERANCE = 180;

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
  const invitee = anyInvitee.safeParse(parsed.data.payload).data;
  const at = typeof createdAt === 'string' ? createdAt : null;
  const about = uri.safeParse(invitee?.uri).data;
  return {
    type,
    // Calendly gives its events no id.
    derivedFrom: about && at !== null ? [type, about, at] : null,
    account: lastPart(createdBy),
    subject: about?.includes('/invitees/') ? `booking/${lastPart(about)}` : null,
    occurredAt: at === null ? null : parseInstant(at),
    people: invitee ? [personOf(invitee)] : [],
  };
}

function bookingCancellation({ payload: invitee }: InviteeCanceled): Said {
  const { cancellation: how, scheduled_event: scheduled } = invitee;
  const customer = { ...personOf(invitee), phone: invitee.text_reminder_number ?? null };
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
      },
      reason: how?.reason ?? null,
      quantity: 1,
      status: invitee.status ?? null,
      startsAt,
      endsAt,
      createdAt: invitee.created_at ?? null,
      updatedAt: invitee.updated_at ?? null,
      slot: {
        eventId: lastPart(scheduled?.uri),
        serviceId: lastPart(scheduled?.event_type),
        startsAt,
        endsAt,
        staff: { staffId: lastPart(host?.user), name: host?.user_name ?? null, email: host?.user_email ?? null },
        location: { type: scheduled?.location?.type ?? null, name: scheduled?.location?.location ?? null },
      },
      customer,
      additionalFields: invitee.questions_and_answers,
    },
    { occurredAt: how?.created_at ?? null },
  );
}

function personOf({ uri, name, email }: z.infer<typeof anyInvitee>): Person {
  return { name: name ?? null, email: email ?? null, phone: null, externalId: lastPart(uri) };
}

/** Of an id that is a URL, what differs. Null for what is none. */
function lastPart(value: unknown): string | null {
  return typeof value === 'string' ? (/\/([\w-]{1,128})$/.exec(value)?.[1] ?? null) : null;
}
