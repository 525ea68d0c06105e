import { toAddress } from '../../events/trace.ts';
import type { ActorType } from '../../events/cancellation.ts';
import { anyBody } from '../body.ts';
import { BookingCancellation } from '../../types/booking-cancellation.ts';
import type { Introduction } from '../about.ts';
import { type Said, otherEvent, said } from '../../declaration/event-type.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { parseInstant } from '../instant.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { type BookingCancelled, anyBooking, bookingCancelled, envelope } from './payload.ts';
import { calComSamples } from './samples.ts';

/**
 * Cal.com: `x-cal-signature-256` is the hex HMAC-SHA256 of the raw body; no time is signed. A webhook without a secret sends
 * `no-secret-provided` there, which is no signature.
 *
 * @param options `secrets` are as they were typed into the webhook's form, the newest first.
 */
export function calCom(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('calcom', options?.secrets, { least: LEAST_KNOWN });
  return defineProvider({
    name: 'calcom',
    // A template may make anything of the body. What it doesn't make a delivery of ours waits in quarantine.
    verify: hmac({ secrets, header: 'x-cal-signature-256', encoding: 'hex', body: anyBody }),
    about,
    events: { BOOKING_CANCELLED: event(bookingCancelled, bookingCancellation) },
    samples: calComSamples,
  });
}

function about({ payload }: Verified): Introduction | Unnormalised {
  const parsed = envelope.safeParse(payload);
  const booking = anyBooking.safeParse(payload['payload']).data;
  if (!parsed.success) return unfit(parsed.error, { account: booking?.organizer?.id ?? null });
  const { triggerEvent: type, createdAt } = parsed.data;
  if (type === 'PING') return { outcome: 'pong' };
  const uid = booking?.uid ?? booking?.bookingUid ?? null;
  const at = typeof createdAt === 'string' ? createdAt : null;
  return {
    type,
    // Cal.com gives its events no id. Of one moment and one booking there is one event of a kind.
    derivedFrom: uid !== null && at !== null ? [type, at, uid] : null,
    account: booking?.organizer?.id,
    subject: uid === null ? null : `booking/${uid}`,
    occurredAt: at === null ? null : parseInstant(at),
  };
}

function bookingCancellation({ payload: booking }: BookingCancelled): Said {
  const { uid, organizer, startTime, endTime } = booking;
  const { attendees } = booking;
  const people = attendees.map(({ name, email, phoneNumber }) => ({
    name: name ?? null,
    email: email ?? null,
    phone: phoneNumber ?? null,
    externalId: null,
  }));
  if (booking.requestReschedule) return otherEvent(people);
  const [customer, ...others] = people;
  return said(
    BookingCancellation,
    {
      bookingId: uid,
      // Not `title`: it names the people.
      title: booking.eventTitle || booking.type || null,
      canceledBy: { type: actorOf(booking), actorId: booking.cancelledBy ?? null },
      reason: booking.cancellationReason ?? null,
      quantity: attendees.length,
      status: booking.status ?? null,
      startsAt: startTime ?? null,
      endsAt: endTime ?? null,
      timeZone: organizer?.timeZone ?? null,
      slot: {
        eventId: booking.bookingId ?? null,
        serviceId: booking.eventTypeId ?? null,
        startsAt: startTime ?? null,
        endsAt: endTime ?? null,
        timeZone: organizer?.timeZone ?? null,
        staff: {
          staffId: organizer?.id ?? null,
          name: organizer?.name ?? null,
          email: organizer?.email ?? null,
        },
        location: { name: placeOf(booking.location) },
      },
      ...(customer && { customer }),
      additionalFields: booking.responses,
    },
    { people: others },
  );
}

/** Cal.com says it by an e-mail address, so whose it is decides. */
function actorOf({ cancelledBy, organizer, attendees }: BookingCancelled['payload']): ActorType {
  if (!cancelledBy) return 'UNKNOWN';
  // Once, and not for each of the attendees.
  const address = toAddress(cancelledBy);
  const is = (email: string | null | undefined) => !!email && toAddress(email) === address;
  if (is(organizer?.email)) return 'BUSINESS';
  return attendees.some(({ email }) => is(email)) ? 'CUSTOMER' : 'UNKNOWN';
}

/** A link to a meeting lets in whoever has it. */
function placeOf(location: string | null | undefined): string | null {
  return location && !/^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? location : null;
}
