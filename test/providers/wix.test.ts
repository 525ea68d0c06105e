import { type KeyObject, createHmac, generateKeyPairSync, sign as cryptoSign } from 'node:crypto';
import { CompactEncrypt, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { NewEvent } from '../../src/events/event.ts';
import type { Normalised, Provider, Verified } from '../../src/providers/provider.ts';
import { signAsWix, wixSamples } from '../../src/providers/wix/samples.ts';
import { type WixSettings, wix } from '../../src/providers/wix/wix.ts';
import { INSTANCE, bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';

const AT = { source: 'wix', receivedAt: Date.parse('2026-03-05T00:00:00Z') };
const NOW = Math.floor(Date.now() / 1000);
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const second = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

function providerWith(settings: Partial<WixSettings> = {}): Provider {
  return wix({ publicKeys: [keys.publicKey, second.publicKey], instanceIds: null, appId: null, ...settings });
}
const provider = providerWith();

async function verify(body: string | Buffer, by: Provider = provider): Promise<Verified> {
  return by.verify({ body: Buffer.from(body), headers: {} });
}

async function normalise(claims: Record<string, unknown>, by: Provider = provider): Promise<Normalised> {
  return by.normalise(await verify((await signAsWix(claims, keys.privateKey)).body), AT);
}

async function event(claims: Record<string, unknown>): Promise<NewEvent> {
  const normalised = await normalise(claims);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

/** A token put together by hand, for what no library would make. */
function token(header: unknown, payload: unknown, key: KeyObject | null = keys.privateKey): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${key ? cryptoSign('sha256', Buffer.from(input), key).toString('base64url') : ''}`;
}

const RS256 = { alg: 'RS256' };
const payload = { data: JSON.stringify(bookingCanceled()), iat: NOW };

describe('tokens', () => {
  let good: string;
  beforeAll(async () => {
    good = (await signAsWix(bookingCanceled(), keys.privateKey)).body;
  });

  it('IN2 accepts a token of the app, of either key, with white space around it and without expiry', async () => {
    for (const body of [good, ` \n${good}\r\n`, token(RS256, payload), token(RS256, payload, second.privateKey)]) {
      expect((await verify(body)).payload).toMatchObject({ data: { instanceId: INSTANCE } });
    }
  });

  it('IN2 accepts what Wix’s clock is ahead of ours by, and an iat in the future', async () => {
    await verify(token(RS256, { ...payload, iat: NOW + 500, nbf: NOW + 10 }));
  });

  const untrusted: [what: string, body: () => string | Promise<string>][] = [
    ['of another key', () => token(RS256, payload, stranger.privateKey)],
    ['whose payload was changed', () => good.replace(/\.([\w-]{40})/, (part) => part.slice(0, -1) + 'A')],
    ['whose signature was cut', () => good.slice(0, -4)],
    ['that has expired', () => token(RS256, { ...payload, exp: NOW - 3_600 })],
    ['that is not good yet', () => token(RS256, { ...payload, nbf: NOW + 3_600 })],
    ['with an expiry that is no number', () => token(RS256, { ...payload, exp: 'never' })],
    ['with alg none', () => token({ alg: 'none' }, payload, null) + 'AA'],
    ['without alg', () => token({}, payload)],
    [
      'with HS256 and the public key as its secret',
      () => {
        const [header, body] = token({ alg: 'HS256' }, payload).split('.');
        return `${header}.${body}.${createHmac('sha256', pem).update(`${header}.${body}`).digest('base64url')}`;
      },
    ],
    ['with PS256', () => new SignJWT(payload).setProtectedHeader({ alg: 'PS256' }).sign(keys.privateKey)],
    ['with RS512', () => new SignJWT(payload).setProtectedHeader({ alg: 'RS512' }).sign(keys.privateKey)],
    [
      'that brings its own key',
      () =>
        token(
          { alg: 'RS256', jwk: stranger.publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1:1/keys' },
          payload,
          stranger.privateKey,
        ),
    ],
    ['with a critical extension', () => token({ alg: 'RS256', crit: ['exotic'], exotic: true }, payload)],
    ['whose claims are a list', () => token(RS256, [payload])],
    ['whose claims are no JSON', () => token(RS256, 'nothing')],
  ];
  it.each(untrusted)('IN2 refuses a token %s', async (_what, body) => {
    await expect(verify(await body())).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('IN2 follows neither kid nor jku', async () => {
    const header = { alg: 'RS256', kid: 'unknown', jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/x' };
    expect((await verify(token(header, payload))).payload).toMatchObject({ data: { instanceId: INSTANCE } });
  });

  const malformed: [what: string, body: () => string | Promise<string>][] = [
    ['empty', () => ''],
    ['JSON', () => JSON.stringify(bookingCanceled())],
    ['a token in quotes', () => `"${good}"`],
    ['a token inside JSON', () => JSON.stringify({ data: good })],
    ['two parts', () => good.split('.').slice(0, 2).join('.')],
    ['four parts', () => `${good}.${good.split('.')[0]}`],
    [
      'encrypted',
      () =>
        new CompactEncrypt(Buffer.from('{}'))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
          .encrypt(keys.publicKey),
    ],
    ['not ASCII', () => `${good}é`],
    ['two tokens', () => `${good}\n${good}`],
  ];
  it.each(malformed)('IN5 refuses a body that is %s', async (_what, body) => {
    await expect(verify(await body())).rejects.toMatchObject({ code: 'MALFORMED_DELIVERY' });
  });

  it('IN2 checks the audience only where an app id is configured', async () => {
    const strict = providerWith({ appId: 'app-1' });
    await expect(verify(token(RS256, payload), strict)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(verify(token(RS256, { ...payload, aud: 'app-2' }), strict)).rejects.toThrow(/aud/);
    await verify(token(RS256, { ...payload, aud: 'app-1', iss: 'wix.com' }), strict);
    await verify(token(RS256, { ...payload, aud: 'app-2', iss: 'somebody' }));
  });

  it('IN2 takes public keys however they are pasted', async () => {
    const secondPem = second.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const ways = [
      pem,
      pem.trim().replaceAll('\n', String.raw`\n`),
      Buffer.from(pem).toString('base64'),
      `${secondPem},${pem}`,
      `${secondPem}\n${pem}`,
      `${Buffer.from(secondPem).toString('base64')}, ${Buffer.from(pem).toString('base64')}`,
    ];
    for (const way of ways) {
      const config = readConfig({ EDUZZ_SECRETS: 'x', WIX_PUBLIC_KEYS: way, AUTH_SECRET: 'x'.repeat(32) });
      const source = config.sources.find(({ name }) => name === 'wix') as unknown as WixSettings;
      await verify(good, wix(source));
    }
  });
});

describe('claims', () => {
  it('IN6 opens every level, as text or as an object, and twice-written text', async () => {
    const inner = bookingCanceledEvent({ id: 'e1' });
    const ways = [
      wixClaims(inner),
      wixClaims(inner, { nested: 'object' }),
      { ...wixClaims(inner), data: JSON.stringify(JSON.stringify(inner)) },
      wixClaims({ ...inner, actionEvent: { body: JSON.stringify((inner['actionEvent'] as { body: unknown }).body) } }),
      wixClaims({
        ...inner,
        actionEvent: { bodyAsJson: JSON.stringify((inner['actionEvent'] as { body: unknown }).body) },
      }),
      wixClaims({ ...inner, actionEvent: { bodyAsJson: (inner['actionEvent'] as { body: unknown }).body } }),
    ];
    const [first, ...others] = await Promise.all(ways.map(event));
    expect(first?.shape).toBe('BookingCancellation');
    for (const other of others) expect(other).toEqual(first);
    const objectClaims = token(RS256, { data: wixClaims(inner, { nested: 'object' }) });
    expect(provider.normalise(await verify(objectClaims), AT)).toMatchObject({ outcome: 'event', event: first });
  });

  it('IN3 gives a retry that was signed anew the same digest', async () => {
    const claims = bookingCanceled();
    const [one, two] = [1, 2].map((iat) => token(RS256, { data: JSON.stringify(claims), iat }));
    expect((await verify(one!)).digest).toBe((await verify(two!)).digest);
  });

  it('IN6 ignores an installation that is not on the list', async () => {
    const strict = providerWith({ instanceIds: new Set(['another']) });
    expect(await normalise(bookingCanceled(), strict)).toMatchObject({ outcome: 'ignored' });
    const listed = providerWith({ instanceIds: new Set([INSTANCE]) });
    expect(await normalise(bookingCanceled(), listed)).toMatchObject({ outcome: 'event' });
  });

  it('PRIV2 keeps the payload opened and without what opens something', async () => {
    const { raw } = await event(
      wixClaims(bookingCanceledEvent({ booking: { checkoutUrl: 'https://x.example/SESAME' } })),
    );
    expect(raw).not.toContain('SESAME');
    expect(JSON.parse(raw!)).toMatchObject({
      data: { data: { actionEvent: { body: { booking: { revision: '3' } } } } },
    });
  });
});

describe('booking_canceled', () => {
  it('IN6 normalises the documented payload to a BookingCancellation', async () => {
    const { raw, ...cancellation } = await event(wixSamples[0]!.payload());
    expect(raw).toContain('In-person Appointment');
    const instant = (text: string) => ({ at: Date.parse(text), text });
    expect(cancellation).toEqual({
      provider: 'wix',
      source: 'wix',
      type: 'wix.bookings.v2.booking_canceled',
      eventId: '43d78076-b7ad-4953-87ca-56fa7bd4f4a7',
      tenant: 'wix:a0d0f0c2-3f0b-4f57-9f0c-6f1d7c1b2e3d',
      subject: 'booking/4d5088e6-7cd4-40cf-8009-92ad4532965e',
      occurredAt: { at: Date.parse('2023-05-16T15:13:32.617Z'), text: '2023-05-16T15:13:32.617855Z' },
      receivedAt: AT.receivedAt,
      shape: 'BookingCancellation',
      kind: 'BOOKING',
      data: {
        title: 'In-person Appointment',
        canceledBy: 'CUSTOMER',
        quantity: 1,
        status: 'CANCELED',
        previousStatus: 'CONFIRMED',
        startsAt: instant('2023-05-21T08:00:00Z'),
        endsAt: instant('2023-05-21T09:00:00Z'),
        timeZone: 'Europe/Dublin',
        refundExpected: true,
        bookingId: '4d5088e6-7cd4-40cf-8009-92ad4532965e',
        slot: {
          sessionId:
            '2mmoW0vwKcSFyxtOfCdKEIyLg0bUqDxC7n556fhwxXMJ2KYUozYnDSwEopLO4whwsCwU8S02FuOjsF9t4Xuud1pGGwLmQMZoWAP7',
          eventId: '65a5776e-37f1-45f7-8e4c-f22d01b23254',
          serviceId: '9bf5cd2d-32fa-4ee7-952c-5e4b6de14714',
          scheduleId: '5c32d307-1e48-489d-899e-bcfc92c9ffec',
          startsAt: { at: Date.parse('2023-05-21T08:00:00Z'), text: '2023-05-21T09:00:00.000+01:00' },
          endsAt: { at: Date.parse('2023-05-21T09:00:00Z'), text: '2023-05-21T10:00:00.000+01:00' },
          timeZone: 'Europe/Dublin',
          resourceId: '5fa50f19-4c94-4c42-a72b-289505ba2028',
          resourceScheduleId: 'a4166c1f-728c-4895-8a6e-1942bb321315',
          locationId: '9de094d5-8985-484e-9218-d020d9d17953',
          locationType: 'OWNER_BUSINESS',
        },
        schedule: null,
        tags: ['INDIVIDUAL'],
        paymentStatus: 'PAID',
        selectedPaymentOption: 'MEMBERSHIP',
        createdAt: instant('2023-05-14T13:08:50.773Z'),
        updatedAt: instant('2023-05-16T15:13:32.520Z'),
        createdBy: 'CUSTOMER',
        revision: '6',
        entityEventSequence: null,
        notifyParticipants: true,
        ignoreCancellationPolicy: false,
        waiveCancellationFee: null,
        originatedFrom: null,
        anonymized: false,
      },
      personal: {
        tenantName: null,
        customer: {
          name: 'John Johnny',
          email: 'john@example.com',
          phone: null,
          externalId: 'aec9b576-5798-4f6d-bd93-d317418dc03d',
        },
        canceledById: 'ce6a0249-aad3-4460-96a7-c38873e54ea8',
        reason: null,
        createdById: 'ce6a0249-aad3-4460-96a7-c38873e54ea8',
        customerAddress: null,
        countryCode: null,
        staffName: 'Tom Jones',
        staffEmail: 'tom@example.com',
        locationName: 'Location Name',
        locationAddress: 'Location Address',
        participantsChoices: null,
        additionalFields: [],
        extendedFields: null,
      },
    });
  });

  it('PRIV2 puts nothing that identifies anybody into data', async () => {
    const { data, subject, tenant } = await event(bookingCanceled());
    const open = JSON.stringify({ data, subject, tenant });
    for (const personal of [
      'Ana',
      'imaginaria',
      '+346',
      'contact-1',
      'member-1',
      'Nuria',
      'inventada',
      'Falsa',
      'ir',
    ]) {
      expect(open).not.toContain(personal === 'ir' ? 'No puedo ir' : personal);
    }
  });

  it('IN6 says who cancelled by the id that is set, and falls back to the token’s identity', async () => {
    const by = async (initiatedBy: unknown, identity: unknown = {}) => {
      const cancellation = await event(wixClaims(bookingCanceledEvent({ body: { initiatedBy } }), { identity }));
      if (cancellation.shape !== 'BookingCancellation') throw new Error(cancellation.shape);
      return [cancellation.data.canceledBy, cancellation.personal?.canceledById];
    };
    expect(await by({ identityType: 'UNKNOWN', memberId: 'm' })).toEqual(['CUSTOMER', 'm']);
    expect(await by({ anonymousVisitorId: 'v' })).toEqual(['CUSTOMER', 'v']);
    expect(await by({ wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by({ appId: 'a' })).toEqual(['APP', 'a']);
    expect(await by({ identityType: 'MEMBER' })).toEqual(['UNKNOWN', null]);
    expect(await by(undefined, { identityType: 'WIX_USER', wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by(null, 'nobody')).toEqual(['UNKNOWN', null]);
  });

  it('IN6 takes a course, choices of participants, and a contact that is gone', async () => {
    const course = await event(
      wixClaims(
        bookingCanceledEvent({
          entityEventSequence: '12345678901234567890',
          booking: {
            bookedEntity: {
              schedule: {
                scheduleId: 'course-1',
                firstSessionStart: '2026-03-10T18:00:00',
                lastSessionEnd: '2026-04-10T19:00:00Z',
                timezone: 'Europe/Madrid',
              },
              title: 'Curso',
              tags: ['COURSE'],
            },
            contactDetails: undefined,
            totalParticipants: undefined,
            participantsChoices: { serviceChoices: [{ numberOfParticipants: 2 }, { numberOfParticipants: 1 }] },
            canceledDate: '2026-03-03T10:00:00Z',
          },
        }),
      ),
    );
    expect(course).toMatchObject({
      occurredAt: { text: '2026-03-03T10:00:00Z' },
      data: {
        quantity: 3,
        slot: null,
        timeZone: 'Europe/Madrid',
        entityEventSequence: '12345678901234567890',
        schedule: { scheduleId: 'course-1', firstSessionStart: { at: Date.parse('2026-03-10T17:00:00Z') } },
      },
      personal: { customer: { name: null, email: null, phone: null, externalId: null } },
    });
  });

  it('PRIV2 records an event set off by a request for privacy without anything personal', async () => {
    const anonymous = await event(wixClaims(bookingCanceledEvent({ triggeredByAnonymizeRequest: true })));
    expect(anonymous).toMatchObject({ personal: null, raw: null, data: { anonymized: true } });
    const other = wixClaims(bookingCanceledEvent({ triggeredByAnonymizeRequest: true }), { eventType: 'wix.other' });
    expect(await event(other)).toMatchObject({ personal: null, raw: null, shape: 'OtherEvent' });
  });

  const unfit: [what: string, claims: Record<string, unknown>, path: string][] = [
    ['another slug', wixClaims(bookingCanceledEvent({ slug: 'confirmed' })), 'data.data.slug'],
    ['another entity', wixClaims(bookingCanceledEvent({ entityFqdn: 'wix.x.y' })), 'data.data.entityFqdn'],
    ['no entity id', wixClaims(bookingCanceledEvent({ entityId: undefined })), 'data.data.entityId'],
    ['no event time', wixClaims(bookingCanceledEvent({ eventTime: undefined })), 'data.data.eventTime'],
    ['no action', wixClaims(bookingCanceledEvent({ actionEvent: undefined })), 'data.data.actionEvent'],
    [
      'a body that is no JSON',
      wixClaims(bookingCanceledEvent({ actionEvent: { body: '{"booking":' } })),
      'data.data.actionEvent.body',
    ],
    [
      'a status that is a number',
      wixClaims(bookingCanceledEvent({ booking: { status: 3 } })),
      'data.data.actionEvent.body.booking.status',
    ],
    [
      'a start that is no date',
      wixClaims(bookingCanceledEvent({ booking: { startDate: 'soon' } })),
      'data.data.actionEvent.body.booking.startDate',
    ],
    ['an event that is no JSON', { ...bookingCanceled(), data: '{' }, 'data.data'],
    ['no event', { ...bookingCanceled(), data: undefined }, 'data.data'],
    ['no name', { ...bookingCanceled(), eventType: undefined }, 'data.eventType'],
    ['no instance', { ...bookingCanceled(), instanceId: undefined }, 'data.instanceId'],
  ];
  it.each(unfit)(
    'IN4 keeps one with %s for quarantine, and says where it does not fit',
    async (_what, claims, path) => {
      const normalised = await normalise(claims);
      if (normalised.outcome !== 'unfit') throw new Error(JSON.stringify(normalised));
      expect(normalised.issues.map((issue) => issue.path)).toContain(path);
      expect(JSON.stringify(normalised.issues)).not.toMatch(/Ana|imaginaria/);
    },
  );
});

it('IN4 keeps every event of Wix that it has no type for', async () => {
  const claims = wixClaims(
    {
      id: 'c1',
      entityFqdn: 'wix.contacts.v4.contact',
      slug: 'created',
      entityId: 'k1',
      eventTime: '2026-01-01T00:00:00Z',
    },
    { eventType: 'wix.contacts.v4.contact_created' },
  );
  expect(await event(claims)).toMatchObject({
    shape: 'OtherEvent',
    type: 'wix.contacts.v4.contact_created',
    subject: 'contact/k1',
    tenant: `wix:${INSTANCE}`,
    eventId: 'c1',
  });
});
