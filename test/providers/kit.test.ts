import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BookingCancellation } from '../../src/types/booking-cancellation.ts';
import { OrderCancellation } from '../../src/types/order-cancellation.ts';
import { SubscriptionCancellation } from '../../src/types/subscription-cancellation.ts';
import { TicketCancellation } from '../../src/types/ticket-cancellation.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { type Said, otherEvent, said } from '../../src/declaration/event-type.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { theatre } from '../fixtures/theatre.ts';
import { NOON, eventFrom, receive } from '../support/receive.ts';

const SECRET = 'a secret of the suite';
const signature = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');

describe('a provider from its parts', () => {
  const token = sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] });
  const headers = { 'x-token': 't'.repeat(8) };

  it('IN6.3 fills in what a provider leaves out: the account is the source, the id is derived, the time is now', async () => {
    const provider = defineProvider({ name: 'plain', verify: token, about: () => ({ type: 'x' }), events: {} });
    const body = '{"person":"ana@imaginaria.example"}';
    expect(await eventFrom(provider, headers, body)).toEqual({
      provider: 'plain',
      source: 'box-office',
      type: 'x',
      eventId: expect.stringMatching(/^derived:[0-9a-f]{64}$/),
      tenant: 'plain:box-office',
      subject: null,
      occurredAt: { at: NOON, text: '2026-06-01T12:00:00.000Z' },
      receivedAt: NOON,
      shape: 'OtherEvent',
      kind: null,
      happened: null,
      worth: null,
      data: {},
      personal: { tenantName: null },
      raw: body,
      version: null,
      traces: [{ kind: 'mention', value: 'ana@imaginaria.example' }],
    });
  });

  it('IN4.8 keeps a delivery on which its code fails, and says only the class of the error, and the place', async () => {
    const failing = (message: unknown) => {
      throw new RangeError(String(message));
    };
    const about = defineProvider({
      name: 'p',
      verify: token,
      about: ({ payload }) => failing(payload['name']),
      events: {},
    });
    const normalise = defineProvider({
      name: 'p',
      verify: token,
      about: () => ({ type: 'x', eventId: '1' }),
      events: { x: event(z.object({ name: z.string() }), ({ name }) => failing(name)) },
    });
    for (const [provider, type, eventId, account] of [
      [about, null, null, null],
      [normalise, 'x', '1', null],
    ] as const) {
      expect(await receive(provider, headers, '{"name":"Ana"}')).toEqual({
        outcome: 'unfit',
        type,
        eventId,
        account,
        issues: [{ path: '', message: expect.stringMatching(/ failed on it \(RangeError at kit\.test\.ts:\d+\)$/) }],
      });
    }
  });

  const odd: [what: string, definition: Record<string, unknown>, schema?: z.ZodType][] = [
    ['a transform that throws', {}, z.object({ name: z.string().transform((name) => (null as never)[name]) })],
    ['an async refinement', {}, z.object({ name: z.string().refine(async () => true) })],
    ['a promise', { normalise: async () => Promise.reject(new Error('Ana')) }],
    ['nothing', { normalise: () => undefined }],
    ['people of whom one is none', { normalise: () => otherEvent([null as never]) }],
    ['no content', { normalise: () => ({ people: [] }) }],
    ['a time that is a Date', { normalise: () => ({ ...otherEvent(), occurredAt: new Date() }) }],
    [
      'something thrown that is no error',
      {
        normalise: () => {
          throw 'Ana';
        },
      },
    ],
    ['a promise of what it is', { about: async () => Promise.reject(new Error('Ana')) }],
    ['nothing of what it is', { about: () => undefined }],
    ['a type that is a number', { about: () => ({ type: 7 }) }],
    ['contacts that are numbers', { about: () => ({ type: 'x', erases: { contacts: [7] } }) }],
    [
      'people of an event without type that are none',
      { about: () => ({ type: 'other', people: ['Ana'.length, null] }) },
    ],
  ];
  it.each(odd)('IN4.8 keeps a delivery in quarantine of which its code makes %s', async (_what, parts, schema) => {
    const { normalise = () => otherEvent(), about = () => ({ type: 'x' }) } = parts;
    const provider = defineProvider({
      name: 'p',
      verify: token,
      about: about as never,
      events: { x: event(schema ?? z.object({ name: z.string() }), normalise as never) },
    });
    const normalised = await receive(provider, headers, '{"name":"Ana"}');
    expect(normalised).toMatchObject({
      outcome: 'unfit',
      issues: [{ message: expect.stringContaining('failed on it') }],
    });
    expect(JSON.stringify(normalised)).not.toContain('Ana');
  });

  it('PRIV2.1 takes no line of an error’s message for the place where it happened', async () => {
    const failing = () => {
      throw new TypeError('x\n    at file:///ana.imaginaria.ts:7:1\n    at ana (/ana.imaginaria.ts:7:1)');
    };
    const provider = defineProvider({ name: 'p', verify: token, about: failing, events: {} });
    const message = expect.stringMatching(/\(TypeError at kit\.test\.ts:\d+\)$/);
    expect(await receive(provider, headers, '{}')).toMatchObject({ issues: [{ message }] });
  });

  it('IN5.7 expects no field of a schema that can’t be read, and fails on no schema', () => {
    const named = () => z.string().meta({ id: 'twice' });
    const provider = defineProvider({
      name: 'p',
      verify: token,
      about: () => ({ type: 'x' }),
      events: { x: event(z.object({ a: named(), b: named() }), () => otherEvent()) },
    });
    expect(provider.expectedFields('x')).toBeNull();
    expect(provider.expectedFields('x')).toBeNull();
  });

  it('PRIV2.2 names no member that may be somebody’s, and says where twenty things don’t fit at most', async () => {
    const provider = defineProvider({
      name: 'p',
      verify: token,
      about: () => ({ type: 'x' }),
      events: {
        x: event(
          z.object({ by: z.record(z.string(), z.number()), list: z.array(z.number()), strict: z.strictObject({}) }),
          () => otherEvent(),
        ),
      },
    });
    const body = {
      by: { 'ana@imaginaria.example': '', '+34600000000': '', plain: '' },
      list: ['', ''],
      strict: { 'ana@x.example': 1 },
    };
    const normalised = await receive(provider, headers, JSON.stringify(body));
    if (normalised.outcome !== 'unfit') throw new Error(normalised.outcome);
    expect(normalised.issues.map(({ path }) => path)).toEqual([
      'by.*',
      'by.*',
      'by.plain',
      'list.0',
      'list.1',
      'strict',
    ]);
    expect(JSON.stringify(normalised)).not.toMatch(/ana|346/);
    const many = await receive(
      provider,
      headers,
      JSON.stringify({ ...body, list: Array.from({ length: 90_000 }, () => '') }),
    );
    if (many.outcome !== 'unfit') throw new Error(many.outcome);
    expect(many.issues).toHaveLength(21);
    expect(many.issues.at(-1)).toEqual({ path: '', message: 'and 89984 more' });
  });

  it('IN5.4 knows no events by the names that every object has', async () => {
    const provider = defineProvider({
      name: 'p',
      verify: token,
      about: ({ payload }) => ({ type: String(payload['type']) }),
      events: { x: event(z.object({}), () => otherEvent()) },
    });
    for (const type of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(await eventFrom(provider, headers, JSON.stringify({ type }))).toMatchObject({ type, shape: 'OtherEvent' });
      expect(provider.expectedFields(type)).toBeNull();
    }
  });

  it('OPS2.5 refuses a name that a tenant, a path and a label could not hold', () => {
    for (const name of ['', 'Theatre', 'a:b', 'a b', 'a/b', '7up', 'ü', 'x'.repeat(65)]) {
      expect(() => defineProvider({ name, verify: token, about: () => ({ type: 'x' }), events: {} })).toThrow(
        /not a name/,
      );
    }
  });

  it('PRIV1.9 records a request for privacy without anything personal, also of an event that does not fit', async () => {
    const provider = defineProvider({
      name: 'p',
      verify: token,
      about: () => ({ type: 'x', erases: { contacts: ['c1'] }, accountName: 'Rosa' }),
      events: { x: event(z.object({ never: z.literal(1) }), () => otherEvent()) },
    });
    const normalised = await receive(provider, headers, '{"mail":"ana@imaginaria.example"}');
    expect(normalised).toMatchObject({
      erases: { contacts: ['c1'] },
      event: { personal: null, raw: null, traces: [] },
    });
  });

  it('IN6.4 lets a user’s own file say typed cancellations, and the erasure find its people', async () => {
    const body = JSON.stringify({
      id: 'e1',
      event: 'seat.cancelled',
      house: 'h1',
      data: {
        seat: 'a-1',
        show: 'The Tempest',
        startsAt: '2026-07-01T18:00:00Z',
        guest: { name: 'Pia', email: 'Pia@Ersonnen.example' },
        note: 'ill',
      },
    });
    const provider = theatre({ secrets: [SECRET] });
    const signed = { 'x-theatre-signature': `sha256=${signature(body)}` };
    expect(await eventFrom(provider, signed, body)).toMatchObject({
      tenant: 'theatre:h1',
      eventId: 'e1',
      shape: 'TicketCancellation',
      kind: 'TICKET',
      data: {
        title: 'The Tempest',
        startsAt: { at: Date.parse('2026-07-01T18:00:00Z') },
        canceledBy: { type: 'UNKNOWN' },
      },
      personal: {
        reference: 'a-1',
        reason: 'ill',
        ticketTags: [],
        customer: { name: 'Pia', email: 'Pia@Ersonnen.example', phone: null, externalId: null },
      },
      traces: [{ kind: 'email', value: 'pia@ersonnen.example' }],
    });
    const ping = '{"id":"1","event":"ping","house":"h1"}';
    expect(await receive(provider, { 'x-theatre-signature': `sha256=${signature(ping)}` }, ping)).toEqual({
      outcome: 'pong',
    });
  });
});

describe('a typed cancellation', () => {
  const customer = {
    name: 'Ana Imaginaria',
    email: 'ana@imaginaria.example',
    phone: '+34600000000',
    externalId: 'c-1',
  };
  const about = { reason: 'Ana is ill', canceledBy: { actorId: 'u-1' }, customer };
  const place = { staff: { name: 'Nuria' }, location: { name: 'Sala' } };
  const least: [Said, Said][] = [
    [
      said(TicketCancellation, {
        ...about,
        reference: '7',
        customFields: { a: 1 },
        producer: { producerId: 'p', email: 'p@p.example' },
      }),
      said(TicketCancellation, {}),
    ],
    [
      said(BookingCancellation, { ...about, bookingId: 'b', slot: place, additionalFields: [1] }),
      said(BookingCancellation, { bookingId: 'b' }),
    ],
    [
      said(OrderCancellation, { ...about, orderId: 'o', customerAddress: 'Calle Falsa' }),
      said(OrderCancellation, { orderId: 'o' }),
    ],
    [
      said(SubscriptionCancellation, { ...about, subscriptionId: 's', payer: customer }),
      said(SubscriptionCancellation, { subscriptionId: 's' }),
    ],
  ];
  const recorded = (what: Said) => {
    const provider = defineProvider({
      name: 'kit',
      verify: sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] }),
      about: () => ({ type: 'x', accountName: 'Rosa' }),
      events: { x: event(z.object({}), () => what) },
    });
    const made = provider.normalise({ payload: {}, text: '{}', digest: 'd' }, { source: 'kit', receivedAt: 0 });
    if (made.outcome !== 'event') throw new Error(JSON.stringify(made));
    return made.event;
  };

  it.each(least)('PRIV2.2 separates personal from open data, and leaves no field undefined', (whole, bare) => {
    const { data, personal, kind, traces } = recorded(whole);
    expect(JSON.parse(JSON.stringify({ data, personal }))).toEqual({ data, personal });
    expect(JSON.stringify(data)).not.toMatch(/Ana|ana@|600000000|u-1|Rosa|Nuria|Sala|Calle|p@p|c-1/);
    expect(personal).toMatchObject({
      reason: 'Ana is ill',
      canceledBy: { actorId: 'u-1' },
      tenantName: 'Rosa',
      customer,
    });
    expect(data['kind']).toBe(kind);
    expect(traces).toContainEqual({ kind: 'email', value: 'ana@imaginaria.example' });
    const least = recorded(bare);
    expect(least).toMatchObject({
      kind,
      data: { title: null, canceledBy: { type: 'UNKNOWN' } },
      personal: { customer: { name: null, email: null, phone: null, externalId: null }, canceledBy: { actorId: null } },
    });
    expect(least.traces).toEqual([]);
  });

  it('IN6.7 fills in a slot that is mostly unknown', () => {
    const { data, personal } = recorded(said(BookingCancellation, { bookingId: 'b', slot: { serviceId: 's' } }));
    expect(data).toMatchObject({ slot: { serviceId: 's', eventId: null, startsAt: null, staff: { staffId: null } } });
    expect(personal).toMatchObject({ slot: { staff: { name: null }, location: { address: null } } });
    expect(recorded(said(BookingCancellation, { bookingId: 'b' })).data).toMatchObject({ slot: null });
  });
});
