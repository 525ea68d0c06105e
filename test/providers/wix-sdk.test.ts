import { createHmac } from 'node:crypto';
import { AppStrategy, createClient } from '@wix/sdk';
import { CompactEncrypt, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { wix } from '../../src/providers/wix/wix.ts';
import { keys, pemOf, second, stranger, token } from '../fixtures/wix-provider.ts';
import { bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';

// The SDK reads the machine's clock, so that both are given that one.
const SECONDS = Math.floor(Date.now() / 1000);
const APP = 'app-1';
const RS256 = { alg: 'RS256', kid: 'key-1' };
const claims = bookingCanceled();
const payload = { data: JSON.stringify(claims), iat: SECONDS, exp: SECONDS + 300_000 };
const { exp: _, ...withoutExp } = payload;
const good = token(RS256, payload);
const pem = pemOf(keys.publicKey);
const inner = JSON.stringify(bookingCanceledEvent());

const sdk = createClient({ auth: AppStrategy({ appId: APP, publicKey: pem }) });
const ours = wix({ publicKeys: [keys.publicKey, second.publicKey] });
const oursOfApp = wix({ publicKeys: [keys.publicKey], appId: APP });

/** The results for a body of the SDK, of hookcast, and of hookcast with the app's id as the audience. */
interface Case {
  readonly what: string;
  readonly body: () => string | Promise<string>;
  readonly sdk: 'accepts' | 'refuses';
  readonly ours: 'accepts' | 'refuses';
  /** Where it differs. */
  readonly withAppId?: 'accepts' | 'refuses';
  /** Why the two may not agree. */
  readonly because?: string;
}

const accepted = { sdk: 'accepts', ours: 'accepts' } as const;
const refused = { sdk: 'refuses', ours: 'refuses' } as const;
const lenient = { sdk: 'refuses', ours: 'accepts' } as const;
const strict = { sdk: 'accepts', ours: 'refuses' } as const;
const withoutAudience = { withAppId: 'refuses', because: 'stricter: an appId that is given is required' } as const;
const SKEW = 'more lenient: clocks may be half a minute apart';
const NESTING = 'more lenient: samples and documents of Wix disagree on what is text and what is an object';

const cases: readonly Case[] = [
  { what: 'valid', body: () => good, ...accepted, ...withoutAudience },
  { what: 'no exp', body: () => token(RS256, withoutExp), ...accepted, ...withoutAudience },
  { what: 'no iat', body: () => token(RS256, { data: payload.data }), ...accepted, ...withoutAudience },
  { what: 'kid unknown', body: () => token({ ...RS256, kid: 'nobody' }, payload), ...accepted, ...withoutAudience },
  { what: 'iat future', body: () => token(RS256, { ...payload, iat: SECONDS + 600 }), ...accepted, ...withoutAudience },
  { what: 'trailing newline', body: () => `${good}\n`, ...accepted, ...withoutAudience },
  { what: 'trailing space', body: () => `${good} `, ...accepted, ...withoutAudience },
  { what: 'aud and iss right', body: () => token(RS256, { ...payload, aud: APP, iss: 'wix.com' }), ...accepted },
  {
    what: 'aud and iss wrong',
    body: () => token(RS256, { ...payload, aud: 'app-2', iss: 'somebody' }),
    ...accepted,
    ...withoutAudience,
  },
  { what: 'iss wrong, aud right', body: () => token(RS256, { ...payload, aud: [APP], iss: 'somebody' }), ...accepted },

  { what: 'expired', body: () => token(RS256, { ...payload, exp: SECONDS - 60 }), ...refused },
  { what: 'nbf future', body: () => token(RS256, { ...payload, nbf: SECONDS + 600 }), ...refused },
  { what: 'exp no number', body: () => token(RS256, { ...payload, exp: 'never' }), ...refused },
  { what: 'wrong key', body: () => token(RS256, payload, stranger.privateKey), ...refused },
  { what: 'tampered', body: () => good.replace(/\.([\w-]{40})/, (part) => `${part.slice(0, -1)}-`), ...refused },
  {
    what: 'HS256 with the PEM as secret',
    body: () => {
      const input = token({ alg: 'HS256' }, payload).split('.').slice(0, 2).join('.');
      return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    },
    ...refused,
  },
  { what: 'alg none', body: () => token({ alg: 'none' }, payload, null), ...refused },
  {
    what: 'JWE of five parts',
    body: () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
        .encrypt(keys.publicKey),
    ...refused,
  },
  { what: '2 parts', body: () => good.split('.').slice(0, 2).join('.'), ...refused },
  { what: '4 parts', body: () => `${good}.${good.split('.')[0]}`, ...refused },
  { what: 'JSON-quoted token', body: () => JSON.stringify(good), ...refused },
  { what: 'JSON body {"data": token}', body: () => JSON.stringify({ data: good }), ...refused },
  { what: 'nothing', body: () => '', ...refused },

  ...['PS256', 'RS384', 'RS512'].map((alg): Case => ({
    what: alg,
    body: () => new SignJWT({ ...payload, aud: APP }).setProtectedHeader({ alg }).sign(keys.privateKey),
    ...strict,
    because: 'stricter: Wix signs with RS256, and on Node the SDK takes whatever an RSA key can sign',
  })),
  {
    what: 'nested beyond all reason',
    body: () =>
      token(
        RS256,
        JSON.stringify({ ...payload, aud: APP, more: 0 }).replace(/0}$/, `${'['.repeat(99)}${']'.repeat(99)}}`),
      ),
    ...strict,
    because: 'stricter: what walks a payload must not exhaust the stack',
  },

  {
    what: 'second key',
    body: () => token(RS256, payload, second.privateKey),
    ...lenient,
    withAppId: 'refuses',
    because: 'more lenient: a source may have several keys, so that one can replace another',
  },
  {
    what: 'expired a moment ago',
    body: () => token(RS256, { ...payload, exp: SECONDS - 10, aud: APP }),
    ...lenient,
    because: SKEW,
  },
  {
    what: 'nbf in a moment',
    body: () => token(RS256, { ...payload, nbf: SECONDS + 15, aud: APP }),
    ...lenient,
    because: SKEW,
  },
  {
    what: 'data claim as object',
    body: () => token(RS256, { ...payload, aud: APP, data: claims }),
    ...lenient,
    because: NESTING,
  },
  {
    what: 'data claim double-encoded',
    body: () => token(RS256, { ...payload, aud: APP, data: JSON.stringify(payload.data) }),
    ...lenient,
    because: NESTING,
  },
  {
    what: 'inner data as object',
    body: () =>
      token(RS256, { ...payload, aud: APP, data: JSON.stringify({ ...claims, data: bookingCanceledEvent() }) }),
    ...lenient,
    because: NESTING,
  },
  {
    what: 'inner data double-encoded',
    body: () =>
      token(RS256, { ...payload, aud: APP, data: JSON.stringify({ ...claims, data: JSON.stringify(inner) }) }),
    ...accepted,
    because: 'though the SDK then hands on a text for an event',
  },
  {
    what: 'identity as object',
    body: () => token(RS256, { ...payload, aud: APP, data: JSON.stringify({ ...claims, identity: { appId: 'a' } }) }),
    ...lenient,
    because: NESTING,
  },
  {
    what: 'no data claim',
    body: () => token(RS256, { iat: SECONDS, aud: APP }),
    ...lenient,
    because: 'more lenient: it is authentic, so that it is kept in quarantine',
  },
  {
    what: 'data claim that is no JSON',
    body: () => token(RS256, { ...payload, aud: APP, data: '{' }),
    ...lenient,
    because: 'more lenient: it is authentic, so that it is kept in quarantine',
  },
  {
    what: 'leading space',
    body: () => ` ${token(RS256, { ...payload, aud: APP })}`,
    ...lenient,
    because: 'more lenient: white space says nothing, on either side',
  },
];

describe('beside @wix/sdk', () => {
  it.each(cases)('IN2.9 $what: the SDK $sdk it, hookcast $ours it', async ({ body, withAppId, ...expected }) => {
    const text = await body();
    const delivery = { body: Buffer.from(text), headers: {}, receivedAt: Date.now() };
    expect({
      sdk: await verdict(() => sdk.webhooks.process(text)),
      ours: await verdict(() => ours.verify(delivery)),
      withAppId: await verdict(() => oursOfApp.verify(delivery)),
    }).toEqual({ sdk: expected.sdk, ours: expected.ours, withAppId: withAppId ?? expected.ours });
    // A case in which they differ says why.
    if (expected.sdk !== expected.ours || withAppId) expect(expected.because).toMatch(/^(stricter|more lenient)/);
  });

  it('IN6.10 understands the same of an event', async () => {
    const { eventType, instanceId, identity, payload: event } = await sdk.webhooks.process(good);
    const { data } = (await ours.verify({ body: Buffer.from(good), headers: {}, receivedAt: Date.now() })).payload;
    expect(data).toEqual({ eventType, instanceId, identity, data: event });
  });

  it('IN4.2 records an unexpected event, on which the SDK throws', async () => {
    const unexpected = token(RS256, { data: JSON.stringify(wixClaims({ id: 'x' }, { eventType: 'wix.new' })) });
    const expectedEvents = [{ type: 'wix.bookings.v2.booking_canceled' }];
    await expect(sdk.webhooks.process(unexpected, { expectedEvents } as never)).rejects.toThrow(/Unexpected event/);
    const verified = await ours.verify({ body: Buffer.from(unexpected), headers: {}, receivedAt: Date.now() });
    expect(ours.normalise(verified, { source: 'wix', receivedAt: 0 })).toMatchObject({
      outcome: 'event',
      event: { shape: 'OtherEvent', eventId: 'x' },
    });
  });
});

async function verdict(judge: () => unknown): Promise<'accepts' | 'refuses'> {
  try {
    await judge();
    return 'accepts';
  } catch {
    return 'refuses';
  }
}
