import { BookingCancellation } from '../../types/booking-cancellation.ts';
import { BookingChange } from '../../types/booking-change.ts';
import type { Person } from '../../events/person.ts';
import type { Introduction } from '../about.ts';
import { keyedResponse } from '../signed-challenges.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import { type JsonObject, isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { body, header, time } from '../verify/template.ts';
import { meetingCreated, meetingDeleted, meetingUpdated } from './meeting.ts';
import { envelope, meetingChanged, registered, registrant, scheduled } from './payload.ts';
import { personOf, registrationCancelled, registrationChanged, registrationCreated } from './registration.ts';
import { zoomSamples } from './samples.ts';
import { scheduledCanceled, scheduledCreated } from './scheduled.ts';

/**
 * In seconds. Zoom's last retry comes 85 minutes after the first attempt, and Zoom does not say whether it is signed anew. Its own library
 * takes any age. A replay within this time is a duplicate.
 */
const PAST = 2 * 60 * 60;
const FUTURE = 5 * 60;
const VALIDATION = 'endpoint.url_validation';
/** The ids of meetings have only digits. */
const PLAIN = /^\d{1,32}$/;

const EVENTS = {
  ...familyOf('meeting'),
  ...familyOf('webinar'),
  'scheduler.scheduled_event_created': event(scheduled, scheduledCreated),
  'scheduler.scheduled_event_canceled': event(scheduled, scheduledCanceled),
};

/**
 * Zoom: `x-zm-signature` is `v0=<hex>`, the HMAC-SHA256 of `v0:`, the time in `x-zm-request-timestamp`, a colon and the raw body. No event
 * has an id. Every 72 hours Zoom asks for an HMAC of a text, which only a holder of the secret can make.
 *
 * @param options `secrets` are the secret tokens of the app, the newest first.
 */
export function zoom(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('zoom', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'zoom',
    verify: hmac({
      secrets,
      header: 'x-zm-signature',
      encoding: 'hex',
      prefix: 'v0=',
      signed: ['v0:', time, ':', body],
      timestamp: { from: header('x-zm-request-timestamp'), past: PAST, future: FUTURE },
    }),
    challenge: [
      keyedResponse({
        secrets,
        when: ({ event: name, payload }) => (name === VALIDATION && isObject(payload) ? payload['plainToken'] : null),
        answer: (plainToken, encryptedToken) => ({ plainToken, encryptedToken }),
      }),
    ],
    about: (verified) => about(verified, checks),
    events: EVENTS,
    types: [BookingCancellation, BookingChange],
    samples: zoomSamples,
  });
}

function familyOf(kind: 'meeting' | 'webinar') {
  return {
    [`${kind}.created`]: event(meetingChanged, meetingCreated),
    [`${kind}.updated`]: event(meetingChanged, meetingUpdated),
    [`${kind}.deleted`]: event(meetingChanged, meetingDeleted),
    [`${kind}.registration_created`]: event(registered, registrationCreated),
    [`${kind}.registration_approved`]: event(registered, registrationChanged('CONFIRMED')),
    [`${kind}.registration_denied`]: event(registered, registrationChanged('DECLINED')),
    [`${kind}.registration_cancelled`]: event(registered, registrationCancelled),
  };
}

function about({ payload: sent }: Verified, checks: Checks): Introduction | Unnormalised {
  const payload = isObject(sent['payload']) ? sent['payload'] : {};
  const account = checks.safeParse(id, payload['account_id']).data ?? null;
  const parsed = checks.safeParse(envelope, sent);
  if (!parsed.success) return unfit(parsed.error, { account });
  const { event: type, event_ts: at } = parsed.data;
  if (type === VALIDATION) return { outcome: 'pong' };
  const object = isObject(payload['object']) ? payload['object'] : {};
  return {
    type,
    account,
    derivedFrom: Object.hasOwn(EVENTS, type) ? happened(type, at, object) : null,
    // The declaration of a typed event sets its subject, since a registration is a booking of its own.
    subject: Object.hasOwn(EVENTS, type) ? null : subjectOf(type, object),
    occurredAt: at === null ? null : { at, text: String(at) },
    people: [operatorIn(payload), registrantIn(object), participantIn(object['participant'])].filter(
      (person) => person !== null,
    ),
  };
}

/**
 * Identifies a typed event within its account: by what it is about, and when it happened. An event without a type is identified by
 * everything that was signed.
 */
function happened(type: string, at: number | null, object: JsonObject): readonly unknown[] | null {
  const { id: meetingId, occurrences, registrant: registered, scheduled_event: scheduled } = object;
  const about = [
    meetingId,
    isObject(registered) ? registered['id'] : null,
    isObject(scheduled) ? scheduled['event_id'] : null,
    ...(Array.isArray(occurrences) ? occurrences.map((one) => (isObject(one) ? one['occurrence_id'] : null)) : []),
  ].map((known) => (typeof known === 'string' || typeof known === 'number' ? known : null));
  return at === null || about.every((known) => known === null) ? null : [type, at, ...about];
}

/** Events in a meeting are about the meeting. */
function subjectOf(type: string, { id: meetingId }: JsonObject): string | null {
  const known = /^(?:meeting|webinar)\./.test(type) ? String(meetingId) : '';
  return PLAIN.test(known) ? `booking/${known}` : null;
}

function operatorIn({ operator, operator_id: operatorId }: JsonObject): Person | null {
  const email = textOf(operator);
  return email === null ? null : { name: null, email, phone: null, externalId: textOf(operatorId) };
}

function registrantIn(object: JsonObject): Person | null {
  const { data } = registrant.safeParse(object['registrant']);
  return data ? personOf(data) : null;
}

function participantIn(participant: unknown): Person | null {
  if (!isObject(participant)) return null;
  const { user_name: name, email, phone_number: phone, id: externalId } = participant;
  return { name: textOf(name), email: textOf(email), phone: textOf(phone), externalId: textOf(externalId) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
