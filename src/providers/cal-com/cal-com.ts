import { anyBody } from '../body.ts';
import type { Introduction } from '../about.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { parseInstant } from '../instant.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { bookingCancellation } from './booking-cancellation.ts';
import { bookingChange, noShowChange } from './booking-change.ts';
import { type Hosts, checkHosts, hostOf } from './host.ts';
import { occurrenceOf } from './occurrence.ts';
import { anyBooking, bookingCancelled, bookingChanged, envelope, noShowUpdated } from './payload.ts';
import { calComSamples } from './samples.ts';

/**
 * Cal.com: `x-cal-signature-256` is the hex HMAC-SHA256 of the raw body. No time is signed. A webhook without a secret sends
 * `no-secret-provided` in this header, which is no signature.
 *
 * @param options `secrets` are as they were typed into the webhook's form, the newest first. `hosts` has the ids of hosts by their e-mail
 *   address or username, for events that name a host without an id: `{ 'nora@gastgeberin.example': '4711' }`. If the webhook belongs to one
 *   host, `*` has the id for all other events.
 */
export function calCom(options: {
  readonly secrets: Secrets;
  readonly hosts?: Readonly<Record<string, string>>;
}): Provider {
  const secrets = checkSecrets('calcom', options?.secrets, { least: LEAST_KNOWN });
  const hosts = checkHosts(options.hosts);
  return defineProvider({
    name: 'calcom',
    // A template of the user may change the whole body. If the body is no known delivery, it waits in quarantine.
    verify: hmac({ secrets, header: 'x-cal-signature-256', encoding: 'hex', body: anyBody }),
    about: (verified) => about(verified, hosts),
    events: {
      BOOKING_CANCELLED: event(bookingCancelled, bookingCancellation),
      BOOKING_CREATED: event(bookingChanged, bookingChange('CREATED')),
      BOOKING_REQUESTED: event(bookingChanged, bookingChange('REQUESTED')),
      BOOKING_RESCHEDULED: event(bookingChanged, bookingChange('RESCHEDULED')),
      BOOKING_REJECTED: event(bookingChanged, bookingChange('DECLINED')),
      BOOKING_PAID: event(bookingChanged, bookingChange('PAID')),
      BOOKING_NO_SHOW_UPDATED: event(noShowUpdated, noShowChange),
    },
    samples: calComSamples,
  });
}

function about({ payload }: Verified, hosts: Hosts): Introduction | Unnormalised {
  const parsed = envelope.safeParse(payload);
  // If a meeting starts or ends, the booking's members stand at the top level, beside the event's name.
  const said = isObject(payload['payload']) ? payload['payload'] : payload;
  const booking = anyBooking.safeParse(said).data;
  const account = hostOf(booking, said, hosts);
  if (!parsed.success) return unfit(parsed.error, { account });
  const { triggerEvent: type, createdAt } = parsed.data;
  if (type === 'PING') return { outcome: 'pong' };
  const uid = booking?.uid ?? booking?.bookingUid ?? null;
  const at = typeof createdAt === 'string' ? parseInstant(createdAt) : null;
  return {
    type,
    derivedFrom: occurrenceOf(type, at, uid, said),
    formerlyFrom: uid !== null && typeof createdAt === 'string' ? [type, createdAt, uid] : null,
    account,
    subject: uid === null ? null : `booking/${uid}`,
    occurredAt: at,
  };
}
