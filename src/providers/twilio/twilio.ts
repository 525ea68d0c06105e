import { z } from 'zod';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { id, secondary, sentInstant } from '../fields.ts';
import { type JsonObject, isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { twilioSamples } from './samples.ts';
import { twilioVerifier } from './verify.ts';

const secondaryId = secondary(id);
const text = secondary(z.string());

/** What a form is about, and which of its fields has the state. The first match counts, since a recording also has the id of its call. */
const KINDS: readonly (readonly [kind: string, sid: string, ...states: string[]])[] = [
  ['recording', 'RecordingSid', 'RecordingStatus'],
  ['transcription', 'TranscriptionSid', 'TranscriptionStatus'],
  ['conference', 'ConferenceSid', 'StatusCallbackEvent'],
  ['room', 'RoomSid', 'StatusCallbackEvent'],
  ['conversation', 'ConversationSid', 'EventType'],
  ['message', 'MessageSid', 'MessageStatus', 'SmsStatus'],
  ['call', 'CallSid', 'CallStatus'],
];

/** The form of a state that may be part of a type. */
const PLAIN = /^[\w.-]{1,128}$/;

/**
 * Twilio sends forms, whose fields are signed in the order of their names, and JSON, whose hash is in the URL. Neither names its event. The
 * type is made of the kind of the subject and its state.
 *
 * @param options `secrets` are the accounts' auth tokens, or shared keys of webhooks, the newest first.
 */
export function twilio(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('twilio', options?.secrets, { least: LEAST_KNOWN });
  const checks = new Checks();
  return defineProvider({
    name: 'twilio',
    verify: twilioVerifier(secrets),
    // Event Streams sends lists.
    each: ({ body }) => (Array.isArray(body) ? body : null),
    about: (verified) => about(verified, checks),
    // If Twilio asks for an answer to a message, it would send any body as the answer, or log an error.
    respond: { status: 204, body: null },
    events: {},
    samples: twilioSamples,
  });
}

const named = z.object({ type: z.string().min(1).max(256) });
const someTime = secondary(sentInstant);

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  const data = isObject(payload['data']) ? payload['data'] : {};
  const account = idIn(payload, 'AccountSid') ?? idIn(data, 'accountSid') ?? idIn(data, 'account_sid');
  const [kind, sid, state] = formOf(payload);
  const said = kind !== null && state !== null ? `${kind}.${state}` : (payload['EventType'] ?? payload['type']);
  const parsed = checks.safeParse(named, { type: said });
  if (!parsed.success) return unfit(parsed.error, { account });
  return {
    type: parsed.data.type,
    // The id of a CloudEvent. A form has no id: all of its content identifies it.
    eventId: idIn(payload, 'id'),
    account,
    subject: subjectOf(kind, sid),
    occurredAt: timeIn(payload, 'Timestamp') ?? timeIn(payload, 'time'),
    people: peopleIn(payload),
  };
}

function formOf(payload: JsonObject): readonly [kind: string | null, sid: string | null, state: string | null] {
  for (const [kind, member, ...states] of KINDS) {
    const sid = idIn(payload, member);
    if (sid === null) continue;
    const state = states.map((name) => text.parse(payload[name])).find((said) => said !== null && PLAIN.test(said));
    return [kind, sid, state ?? null];
  }
  return [null, null, null];
}

/** The person at the other end. With the business's own number, all events would be of one person. */
function peopleIn(payload: JsonObject): NonNullable<Introduction['people']> {
  const isInbound = payload['Direction'] === 'inbound' || payload['SmsStatus'] === 'received';
  const number = text.parse(payload[isInbound ? 'From' : 'To']);
  return number === null ? [] : [{ phone: number, externalId: number }];
}

function idIn(payload: JsonObject, name: string): string | null {
  return secondaryId.parse(payload[name]);
}

function timeIn(payload: JsonObject, name: string) {
  return someTime.parse(payload[name]);
}
