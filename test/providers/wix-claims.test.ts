import { describe, expect, it } from 'vitest';
import { bookingClaims, eventOf, normalise, providerWith, token, verify, NOW } from '../fixtures/wix-provider.ts';
import { BOOKING_ID, NESTINGS, SLUGS, wixEvent } from '../fixtures/wix-events.ts';
import { INSTANCE, bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';

const provider = providerWith();
const PLACE = { source: 'wix', receivedAt: NOW };

describe('nesting', () => {
  const inner = bookingCanceledEvent({ id: 'e1' });
  const { body } = inner['actionEvent'] as { body: unknown };
  const text = JSON.stringify;
  const identity = { identityType: 'MEMBER', memberId: 'member-1' };
  const outer = wixClaims(inner);
  const ways: [what: string, claims: unknown][] = [
    ['claim data as text', text(outer)],
    ['claim data as object', outer],
    ['claim data double-encoded', text(text(outer))],
    ['inner data as object', text({ ...outer, data: inner })],
    ['inner data double-encoded', text({ ...outer, data: text(text(inner)) })],
    ['identity as object', text({ ...outer, identity })],
    ['identity double-encoded', text({ ...outer, identity: text(text(identity)) })],
    ['everything as object', { ...outer, data: inner, identity }],
    ['body as text', wixClaims({ ...inner, actionEvent: { body: text(body) } })],
    ['body double-encoded', wixClaims({ ...inner, actionEvent: { body: text(text(body)) } })],
    ['bodyAsJson as text', wixClaims({ ...inner, actionEvent: { bodyAsJson: text(body) } })],
    ['bodyAsJson as object', wixClaims({ ...inner, actionEvent: { bodyAsJson: body } })],
    ['an empty body beside bodyAsJson', wixClaims({ ...inner, actionEvent: { body: null, bodyAsJson: text(body) } })],
    ['actionEvent as text', wixClaims({ ...inner, actionEvent: text({ body }) })],
  ];
  it.each(ways)('IN6.8 opens %s', async (_what, data) => {
    const verified = await verify(token({ alg: 'RS256' }, { data }));
    expect(provider.normalise(verified, PLACE)).toMatchObject({ outcome: 'event', event: await eventOf(outer) });
  });

  it('IN6.3 takes an event without identity', async () => {
    const { identity: _, ...without } = outer;
    expect(await eventOf(without)).toMatchObject({
      shape: 'BookingCancellation',
      data: { canceledBy: { type: 'CUSTOMER' } },
    });
  });

  for (const slug of SLUGS) {
    it(`IN6.8 opens ${slug} the same as object, as text and as …AsJson`, async () => {
      const event = wixEvent(slug, { id: slug });
      const ways = Object.values(NESTINGS).map((write) => eventOf(bookingClaims(slug, write(event))));
      const [first, ...others] = await Promise.all(ways);
      expect(first?.shape).toBe(slug === 'canceled' ? 'BookingCancellation' : 'BookingChange');
      for (const other of others) expect(other).toEqual(first);
    });
  }

  it('IN6.1 keeps every digit of ids that are numbers', async () => {
    const digits = '12345678901234567890';
    const claims = `{"data":{"eventType":"wix.other","instanceId":${digits},"data":{"id":${digits},"slug":"x"}}}`;
    const verified = await verify(token({ alg: 'RS256' }, claims));
    expect(provider.normalise(verified, PLACE)).toMatchObject({
      event: { eventId: digits, tenant: `wix:${digits}`, shape: 'OtherEvent' },
    });
  });

  it('IN6.14 keeps every number as Wix wrote it, however deep its text stands in text', async () => {
    const numbers = '[1e400,12345678901234567890,0.12345678901234567890]';
    const event = JSON.stringify({ id: 'n1', slug: 'x', createdEvent: { entityAsJson: `{"numbers":${numbers}}` } });
    const data = JSON.stringify({ eventType: 'wix.other', instanceId: 'i1', data: event });
    const verified = await verify(token({ alg: 'RS256' }, JSON.stringify({ data })));
    const opened = `{"data":{"eventType":"wix.other","instanceId":"i1","data":{"id":"n1","slug":"x","createdEvent":{"entity":{"numbers":${numbers}}}}}}`;
    expect(verified.text).toBe(opened);
    // Code gets texts and doubles, as always.
    expect(verified.payload).toMatchObject({
      data: {
        data: { createdEvent: { entity: { numbers: ['1e400', '12345678901234567890', 0.12345678901234568] } } },
      },
    });
  });

  it('PRIV2.3 keeps nothing in fields of the site’s own that opens something', async () => {
    const own = { seat: '7', joinLink: 'SESAME', nested: [{ accessToken: 'SESAME', color: 'red' }] };
    const left = { seat: '7', nested: [{ color: 'red' }] };
    const { personal, raw } = await eventOf(
      bookingCanceled({
        booking: { additionalFields: [own], extendedFields: { namespaces: { '@site/x': own } } },
        body: { participantNotification: { metadata: { channels: 'EMAIL', ...own } } },
      }),
    );
    expect(JSON.stringify({ personal, raw })).not.toContain('SESAME');
    expect(personal).toMatchObject({
      additionalFields: [left],
      extendedFields: { namespaces: { '@site/x': left } },
      notificationMetadata: { channels: 'EMAIL', ...left },
    });
  });

  it('PRIV2.3 keeps the payload opened and without what opens something', async () => {
    const { raw } = await eventOf(bookingCanceled({ booking: { checkoutUrl: 'https://x.example/SESAME' } }));
    expect(raw).not.toContain('SESAME');
    expect(JSON.parse(raw!)).toMatchObject({
      data: { data: { actionEvent: { body: { booking: { revision: '3' } } } } },
    });
  });
});

describe('whose and which', () => {
  const accountInfo = { accountId: 'account-1', parentAccountId: 'agency-1', siteId: 'site-1' };

  it('IN6.4 says in which account and on which site of Wix’s a booking was cancelled or changed', async () => {
    for (const written of [accountInfo, JSON.stringify(accountInfo)]) {
      expect(await eventOf({ ...bookingCanceled(), accountInfo: written })).toMatchObject({
        tenant: `wix:${INSTANCE}`,
        data: { accountInfo },
      });
    }
    expect(await eventOf({ ...bookingClaims('created', wixEvent('created')), accountInfo })).toMatchObject({
      shape: 'BookingChange',
      data: { accountInfo },
    });
    const site = { siteId: 'site-1' };
    const onlySite = { accountId: null, parentAccountId: null, siteId: 'site-1' };
    expect(await eventOf({ ...bookingCanceled(), accountInfo: site })).toMatchObject({
      data: { accountInfo: onlySite },
    });
    expect(await eventOf(bookingCanceled())).toMatchObject({ data: { accountInfo: null } });
  });

  it('IN4.6 takes an event with an accountInfo of any form', async () => {
    for (const odd of [7, 'x', true, [], { accountId: ['a'] }, null]) {
      const event = await eventOf({ ...bookingCanceled(), accountInfo: odd });
      expect(event, JSON.stringify(odd)).toMatchObject({ shape: 'BookingCancellation', tenant: `wix:${INSTANCE}` });
    }
  });

  it('IN4.2 records what happened to an account as a whole, which is of no installation, as that account’s', async () => {
    const of = (more: Record<string, unknown>) => {
      const { instanceId: _instanceId, ...claims } = wixClaims(
        { id: 'a1', entityFqdn: 'wix.sites.v1.site', slug: 'created', entityId: 's1' },
        { eventType: 'wix.sites.v1.site_created' },
      );
      return { ...claims, ...more };
    };
    expect(await eventOf(of({ accountInfo }))).toMatchObject({
      tenant: 'wix:account-1',
      type: 'wix.sites.v1.site_created',
      shape: 'OtherEvent',
    });
    const listed = providerWith({ instanceIds: new Set([INSTANCE]) });
    expect(await normalise(of({ accountInfo }), listed)).toMatchObject({ outcome: 'ignored' });
    for (const none of [{}, { accountInfo: { siteId: 'site-1' } }, { instanceId: '', accountInfo: 7 }]) {
      expect(await normalise(of(none))).toMatchObject({ outcome: 'unfit', issues: [{ path: 'data.instanceId' }] });
    }
  });

  it('IN6.9 ignores an instanceId that is not on the allow-list', async () => {
    const strict = providerWith({ instanceIds: ['another'] });
    expect(await normalise(bookingCanceled(), strict)).toMatchObject({ outcome: 'ignored' });
    const listed = providerWith({ instanceIds: new Set([INSTANCE]) });
    expect(await normalise(bookingCanceled(), listed)).toMatchObject({ outcome: 'event' });
  });

  const mismatches: [what: string, type: string, fields: Record<string, unknown>, path: string][] = [
    ['another slug', 'wix.bookings.v2.booking_canceled', { slug: 'confirmed' }, 'data.data.slug'],
    ['another entity', 'wix.bookings.v2.booking_canceled', { entityFqdn: 'wix.x.y' }, 'data.data.entityFqdn'],
    [
      'a slug in another spelling',
      'wix.bookings.v2.booking_markedAsPending',
      { slug: 'marked_as_pending' },
      'data.data.slug',
    ],
    ['a name of something else', 'wix.bookings.v2.booking_cancelled', {}, 'data.eventType'],
  ];
  it.each(mismatches)(
    'IN4.1 keeps an event for quarantine whose eventType does not match entityFqdn and slug: %s',
    async (_what, eventType, fields, path) => {
      const normalised = await normalise(wixClaims(bookingCanceledEvent({ id: 'm1', ...fields }), { eventType }));
      expect(normalised).toEqual({
        outcome: 'unfit',
        account: INSTANCE,
        type: eventType,
        eventId: 'm1',
        issues: [{ path, message: expect.stringMatching(/^expected \S+, as the rest of the event says$/) }],
      });
    },
  );

  it('IN6.7 takes an event that leaves out entityFqdn and slug', async () => {
    const claims = bookingCanceled({ entityFqdn: undefined, slug: null });
    expect(await eventOf(claims)).toMatchObject({ shape: 'BookingCancellation', subject: `booking/${BOOKING_ID}` });
  });

  const contact = {
    id: 'c1',
    entityFqdn: 'wix.contacts.v4.contact',
    slug: 'created',
    entityId: 'k1',
    eventTime: '2026-01-01T00:00:00Z',
    entityEventSequence: '8',
    createdEvent: { entityAsJson: '{"info":{"name":{"first":"Eva"}},"primaryInfo":{"email":"eva@ninguna.example"}}' },
  };
  const contactCreated = { eventType: 'wix.contacts.v4.contact_created' };

  it('IN4.2 keeps every event of Wix that it has no type for, and the marks by which its people are found', async () => {
    expect(await eventOf(wixClaims(contact, contactCreated))).toMatchObject({
      shape: 'OtherEvent',
      type: 'wix.contacts.v4.contact_created',
      subject: 'contact/k1',
      tenant: `wix:${INSTANCE}`,
      eventId: 'c1',
      version: 's00000000000000000008',
      occurredAt: { text: '2026-01-01T00:00:00Z' },
      traces: [
        { kind: 'contact', value: 'k1' },
        { kind: 'mention', value: 'eva@ninguna.example' },
      ],
    });
    const order = {
      id: 'o1',
      entityFqdn: 'wix.ecom.v1.order',
      slug: 'canceled',
      entityId: 'order-1',
      actionEvent: { bodyAsJson: { buyerInfo: { contactId: 'k2', email: 'Leo@Ninguno.example' } } },
    };
    expect(await eventOf(wixClaims(order, { eventType: 'wix.ecom.v1.order_canceled' }))).toMatchObject({
      subject: 'order/order-1',
      traces: [
        { kind: 'contact', value: 'k2' },
        { kind: 'email', value: 'leo@ninguno.example' },
      ],
    });
  });

  it('IN4.2 takes an event of which only the name and the account are known', async () => {
    expect(await normalise(wixClaims({}, { eventType: 'wix.x' }))).toMatchObject({
      outcome: 'event',
      event: {
        eventId: expect.stringMatching(/^derived:[0-9a-f]{64}$/),
        subject: null,
        version: null,
        occurredAt: { at: NOW },
      },
      erases: null,
    });
  });
});

describe('triggeredByAnonymizeRequest true', () => {
  const anonymous = { triggeredByAnonymizeRequest: true };

  for (const slug of SLUGS) {
    it(`PRIV1.9 erases the booking and the contact of ${slug}, and records nothing personal`, async () => {
      const normalised = await normalise(bookingClaims(slug, wixEvent(slug, anonymous)));
      expect(normalised).toMatchObject({
        outcome: 'event',
        event: { subject: `booking/${BOOKING_ID}`, personal: null, raw: null, traces: [], data: { anonymized: true } },
        erases: { contacts: ['contact-1'] },
      });
      expect(JSON.stringify(normalised)).not.toMatch(/Ana|imaginaria|member-1|owner-1|Blas|Nuria/);
    });
  }

  it('PRIV1.9 erases also by an event without contact', async () => {
    const event = bookingCanceledEvent({ ...anonymous, booking: { contactDetails: undefined } });
    expect(await normalise(wixClaims(event))).toMatchObject({ outcome: 'event', erases: { contacts: [] } });
  });

  it('PRIV1.9 erases by events without a type of their own', async () => {
    const deleted = {
      id: 'd',
      entityFqdn: 'wix.contacts.v4.contact',
      slug: 'deleted',
      entityId: 'k1',
      deletedEvent: {},
    };
    const claims = wixClaims({ ...deleted, ...anonymous }, { eventType: 'wix.contacts.v4.contact_deleted' });
    expect(await normalise(claims)).toMatchObject({
      event: { shape: 'OtherEvent', subject: 'contact/k1', personal: null, raw: null, traces: [] },
      erases: { contacts: ['k1'] },
    });
  });

  it('PRIV1.5 does not wait in quarantine, however little fits', async () => {
    const unfit = [
      wixClaims(bookingCanceledEvent({ ...anonymous, actionEvent: undefined })),
      wixClaims(bookingCanceledEvent({ ...anonymous, booking: { status: null } })),
      wixClaims(bookingCanceledEvent({ ...anonymous, slug: 'confirmed' })),
      wixClaims(bookingCanceledEvent({ triggeredByAnonymizeRequest: 'true', actionEvent: '{' })),
    ];
    for (const claims of unfit) {
      expect(await normalise(claims)).toMatchObject({
        outcome: 'event',
        event: { shape: 'OtherEvent', subject: `booking/${BOOKING_ID}`, personal: null, raw: null },
        erases: { contacts: expect.any(Array) },
      });
    }
  });

  it('PRIV1.9 takes a privacy request with any form of true, and with any ids', async () => {
    for (const triggeredByAnonymizeRequest of [true, 'true', 'TRUE', 'True', 1, '1']) {
      expect(await normalise(bookingCanceled({ triggeredByAnonymizeRequest }))).toMatchObject({ erases: {} });
    }
    for (const none of ['', null, {}, 'x'.repeat(300)]) {
      const event = bookingCanceledEvent({ ...anonymous, id: none, entityId: none });
      expect(await normalise(wixClaims(event)), JSON.stringify(none)).toMatchObject({
        outcome: 'event',
        event: { eventId: expect.stringMatching(/^derived:/), personal: null },
        erases: { contacts: ['contact-1'] },
      });
    }
  });

  it('PRIV1.9 takes null, missing and anything but true as false', async () => {
    for (const triggeredByAnonymizeRequest of [null, undefined, false, 'false', 'yes', 0, 2, {}]) {
      expect(await normalise(bookingCanceled({ triggeredByAnonymizeRequest }))).toMatchObject({
        outcome: 'event',
        event: { data: { anonymized: false }, personal: { customer: { name: 'Ana Imaginaria' } } },
        erases: null,
      });
    }
  });
});
