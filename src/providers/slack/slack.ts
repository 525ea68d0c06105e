import type { z } from 'zod';
import type { Introduction } from '../about.ts';
import type { UnsignedChallenge } from '../challenge.ts';
import { postEcho } from '../signed-challenges.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { type JsonObject, isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { hmac } from '../verify/hmac.ts';
import { LEAST_KNOWN, type Secrets, checkSecrets } from '../verify/secrets.ts';
import { body, header, time } from '../verify/template.ts';
import { slackBody } from './body.ts';
import { anything, callback, command, envelope } from './payload.ts';
import { peopleIn } from './people.ts';
import { slackSamples } from './samples.ts';

/** How far the signed time may be from the gateway's, in seconds, in either direction. Slack's page gives this value. */
const TOLERANCE = 300;
/** The form of a channel's id. */
const PLAIN = /^[A-Z0-9]{1,128}$/;

/**
 * Slack sometimes checks that the URL of a command answers and has a certificate. It does not sign this request, and it expects a plain
 * 200.
 */
const sslCheck: UnsignedChallenge = {
  signed: false,
  method: 'POST',
  answer: ({ body: bytes }) =>
    bytes.length <= 512 && /(?:^|&)ssl_check=1(?:&|$)/.test(bytes.toString('latin1')) ? { body: null } : null,
};

/**
 * Slack: `x-slack-signature` is `v0=<hex>`, the HMAC-SHA256 of `v0:`, the time in `x-slack-request-timestamp`, a colon and the raw body,
 * which is JSON or a form. Slack shows the body of an answer to the person who typed a command or clicked, so answers have none.
 *
 * @param options `secrets` are the signing secrets of the app, the newest first.
 */
export function slack(options: { readonly secrets: Secrets }): Provider {
  const secrets = checkSecrets('slack', options?.secrets, { least: LEAST_KNOWN });
  return defineProvider({
    name: 'slack',
    verify: hmac({
      secrets,
      header: 'x-slack-signature',
      encoding: 'hex',
      prefix: 'v0=',
      signed: ['v0:', time, ':', body],
      timestamp: { from: header('x-slack-request-timestamp'), past: TOLERANCE, future: TOLERANCE },
      body: slackBody,
    }),
    challenge: [
      sslCheck,
      postEcho({
        when: ({ type, challenge }) => (type === 'url_verification' ? challenge : null),
        as: { json: 'challenge' },
      }),
    ],
    respond: { body: null },
    about,
    events: {},
    samples: slackSamples,
  });
}

function about({ payload }: Verified): Introduction | Unnormalised {
  const said = anything.parse(payload);
  const account = said.team_id ?? said.team?.id ?? said.enterprise_id ?? said.enterprise?.id ?? null;
  const named = nameOf(payload);
  if (!named.success) return unfit(named.error, { account });
  if (named.data === 'url_verification' || named.data === 'ssl_check') return { outcome: 'pong' };
  return {
    type: named.data,
    // Some payloads have neither, such as a closed dialog. Then the id is made of everything that was signed.
    eventId: said.event_id ?? said.trigger_id,
    account,
    subject: subjectOf(payload),
    occurredAt: said.event_time,
    people: peopleIn(payload),
  };
}

type Named =
  | { readonly success: true; readonly data: string }
  | { readonly success: false; readonly error: z.ZodError };

/** All commands have one type, since their names are known to the users of one app alone and may be anything. */
function nameOf(payload: JsonObject): Named {
  if (payload['ssl_check'] === '1') return { success: true, data: 'ssl_check' };
  if (Object.hasOwn(payload, 'command')) {
    const parsed = command.safeParse(payload);
    return parsed.success ? { success: true, data: 'slash_command' } : parsed;
  }
  if (payload['type'] === 'event_callback') {
    const parsed = callback.safeParse(payload);
    return parsed.success ? { success: true, data: parsed.data.event.type } : parsed;
  }
  const parsed = envelope.safeParse(payload);
  return parsed.success ? { success: true, data: parsed.data.type } : parsed;
}

function subjectOf({ channel_id: channelId, channel, event }: JsonObject): string | null {
  const inner = isObject(event) ? [event['channel'], event['item']] : [];
  for (const place of [channelId, channel, ...inner]) {
    const found = isObject(place) ? (place['id'] ?? place['channel']) : place;
    if (typeof found === 'string' && PLAIN.test(found)) return `channel/${found}`;
  }
  return null;
}
