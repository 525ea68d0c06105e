import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eduzzSamples, signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { AT, SECRET, event, normalise, provider, sign, verify, verifyWith } from '../support/eduzz.ts';

const body = JSON.stringify(attendanceCanceled());

describe('signatures', () => {
  it('IN2.3 accepts the documented signature: hex HMAC-SHA256 of the raw body, with any of the secrets', () => {
    // Computed apart from the code: printf '{"a":1}' | openssl dgst -sha256 -hmac edzwgd_one-of-the-suite
    const known = '{"a":1}';
    expect(sign(known)).toMatch(/^[0-9a-f]{64}$/);
    expect(verify(known).payload).toEqual({ a: 1 });
    expect(verify(body, { 'x-signature': sign(body, 'edzwgd_two-of-the-suite') }).payload).toEqual(JSON.parse(body));
    expect(verify(body, { 'x-signature': sign(body).toUpperCase() }).payload).toEqual(JSON.parse(body));
  });

  const wrong: [what: string, header: string | string[] | undefined][] = [
    ['missing', undefined],
    ['empty', ''],
    ['of another secret', sign(body, 'edzwgd_three')],
    ['of another body', sign(`${body} `)],
    ['cut short', sign(body).slice(0, 63)],
    ['of odd length', `${sign(body)}0`],
    ['with its algorithm in front', `sha256=${sign(body)}`],
    ['not hex', 'z'.repeat(64)],
    ['in base64', createHmac('sha256', SECRET).update(body).digest('base64')],
    ['surrounded by blanks', ` ${sign(body)} `],
    ['twice', [sign(body), sign(body)]],
    ['twice in one', `${sign(body)}, ${sign(body)}`],
    ['a plain hash', createHash('sha256').update(body).digest('hex')],
    ['made of full-width digits', '０'.repeat(64)],
  ];
  it.each(wrong)('IN2.2 refuses a signature that is %s', (_what, header) => {
    expect(() => verifyWith(body, { 'x-signature': header })).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    );
  });

  it('IN2.3 checks the bytes that came, not what they parse to', () => {
    const reordered = JSON.stringify(JSON.parse(body), null, 1);
    expect(() => verify(reordered, { 'x-signature': sign(body) })).toThrow(/x-signature/);
    const flipped = Buffer.from(body);
    flipped[flipped.length - 3]! ^= 1;
    expect(() => verify(flipped, { 'x-signature': sign(body) })).toThrow(/x-signature/);
  });
});

describe('bodies', () => {
  const malformed: [what: string, bytes: string | Buffer][] = [
    ['empty', ''],
    ['no JSON', 'event=ping'],
    ['cut off', body.slice(0, -2)],
    ['null', 'null'],
    ['a list', '[{"event":"ping"}]'],
    ['a text', '"ping"'],
    ['a number', '42'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a character', Buffer.from('{"a":"é"}').subarray(0, 7)],
    ['nested a thousand deep', `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['nested a hundred thousand deep', `{"a":${'{"a":'.repeat(100_000)}`],
  ];
  it.each(malformed)('IN5.2 refuses a signed body that is %s', (_what, bytes) => {
    expect(() => verify(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED_DELIVERY' }));
  });

  it('IN6.8 reads a body behind a byte order mark', () => {
    expect(verify(`\uFEFF${body}`).payload).toEqual(JSON.parse(body));
  });

  it('IN6.1 takes ids as text, whether they were numbers or text, and loses no digit', () => {
    const text = JSON.stringify(
      attendanceCanceled({ id: 'ID', producer: { id: 'PID', name: 'R', email: 'r@r.example' } }),
    )
      .replace('"ID"', '12345678901234567890')
      .replace('"PID"', '98765432109876543210');
    const normalised = provider.normalise(verify(text), AT);
    expect(normalised).toMatchObject({
      outcome: 'event',
      event: { eventId: '12345678901234567890', tenant: 'eduzz:98765432109876543210' },
    });
  });

  it('IN6.1 keeps every digit in what it stores as well, with or without anything to leave out', () => {
    for (const extra of ['', ',"token":"x"']) {
      const { text } = verify(`{"event":"x","id":"1","data":{"orderId":12345678901234567890${extra}}}`);
      expect(text).toBe('{"event":"x","id":"1","data":{"orderId":12345678901234567890}}');
    }
  });

  it('IN4.1 keeps an id with half a surrogate pair for quarantine, where two of them would be one', () => {
    for (const half of [String.raw`\ud800x`, String.raw`\ud801x`]) {
      const text = JSON.stringify(attendanceCanceled({ id: 'HALF' })).replace('HALF', half);
      expect(provider.normalise(verify(text), AT)).toMatchObject({ outcome: 'unfit', issues: [{ path: 'id' }] });
    }
  });

  it.each([
    ['a list', '["7"]', 'expected an id as text or integer'],
    ['a fraction', '7.5', 'expected an id as text or integer'],
    ['true', 'true', 'expected an id as text or integer'],
    ['too long', `"${'7'.repeat(257)}"`, 'expected an id of 256 characters at most'],
    [
      'half of a surrogate pair',
      String.raw`"\ud800x"`,
      'expected an id of whole characters, without half of a surrogate pair',
    ],
  ])('IN4.1 says of an id that is %s what was expected', (_what, written, message) => {
    for (const [path, payload] of [
      ['id', attendanceCanceled({ id: 'ID' })],
      ['data.participant.id', attendanceCanceled({ participant: { id: 'ID' } })],
      ['data.event.id', attendanceCanceled({ occasion: { id: 'ID' } })],
    ] as const) {
      const normalised = provider.normalise(verify(JSON.stringify(payload).replace('"ID"', written)), AT);
      expect(normalised).toMatchObject({ outcome: 'unfit', issues: [{ path, message }] });
    }
  });

  it('IN5.4 is not misled by members called __proto__ or constructor, or given twice', () => {
    const text = JSON.stringify(attendanceCanceled({ id: 'first' })).replace(
      '"id":"first"',
      '"id":"first","__proto__":{"event":"ping"},"constructor":{"prototype":{"polluted":true}},"id":"second"',
    );
    expect(provider.normalise(verify(text), AT)).toMatchObject({ outcome: 'event', event: { eventId: 'second' } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(normalise({ event: 'constructor', id: '1', data: {} })).toMatchObject({ event: { type: 'constructor' } });
  });

  it('IN5.4 takes text with NUL and with half a surrogate pair', () => {
    const participant = { name: 'N\u0000L \ud800' };
    expect(event(attendanceCanceled({ participant }))).toMatchObject({ personal: { customer: participant } });
  });

  it('PRIV2.3 keeps nothing that opens something', () => {
    const payload = eduzzEvent('myeduzz.invoice_paid', {
      id: '5500123',
      producer: { id: '7001', name: 'Rosa', originSecret: 'SESAME' },
      checkoutUrl: 'https://eduzz.example/SESAME',
      items: [{ billetUrl: 'https://eduzz.example/SESAME', name: 'Curso' }],
      participant: { checkInLink: 'https://eduzz.example/SESAME' },
      href: 'https://eduzz.example/?signature=SESAME',
    });
    expect(event(payload).raw).not.toContain('SESAME');
    expect(event(payload).raw).toContain('Curso');
    const escaped = JSON.stringify(payload).replace('originSecret', String.raw`origin\u0053ecret`);
    expect(verify(escaped).text).not.toContain('SESAME');
  });
});

describe('attendance_canceled', () => {
  it('IN6.4 normalises a payload in the documented form to a TicketCancellation', () => {
    const payload = attendanceCanceled({ id: '43d7', sentDate: '2026-03-01T12:00:05.250Z' });
    const { raw, ...cancellation } = event(payload);
    expect(JSON.parse(raw!)).toEqual(payload);
    const at = { at: Date.parse('2026-03-01T12:00:00.000Z'), text: '2026-03-01T12:00:00.000Z' };
    const id = '0f4b7c2e-9d1a-4f6b-8a3c-5e6d7f8a9b0c';
    expect(cancellation).toEqual({
      provider: 'eduzz',
      source: 'eduzz',
      type: 'blinket.attendance_canceled',
      eventId: '43d7',
      tenant: 'eduzz:7001',
      subject: `ticket/${id}`,
      occurredAt: at,
      receivedAt: AT.receivedAt,
      shape: 'TicketCancellation',
      kind: 'TICKET',
      happened: 'CANCELED',
      worth: null,
      version: null,
      traces: [
        { kind: 'contact', value: id },
        { kind: 'email', value: 'iara@ficticia.example' },
        { kind: 'mention', value: 'rosa@produtora.example' },
      ],
      data: {
        title: 'Noite de Choro',
        kind: 'TICKET',
        isScheduled: false,
        canceledBy: { type: 'UNKNOWN' },
        quantity: 1,
        status: 'canceled',
        previousStatus: null,
        startsAt: null,
        endsAt: null,
        timeZone: null,
        refundExpected: null,
        producer: { producerId: '7001' },
        occasion: { occasionId: 'd2a6f1c0-5c7e-4b6e-9f43-2f1f0a7a1c11', name: 'Noite de Choro', type: 'presencial' },
        ticketName: null,
        isPaid: null,
        batch: null,
        participantId: id,
        manuallyCreated: true,
        createdAt: at,
        sentAt: { at: Date.parse('2026-03-01T12:00:05.250Z'), text: '2026-03-01T12:00:05.250Z' },
      },
      personal: {
        tenantName: 'Rosa Produtora',
        reference: '00412233',
        customer: { name: 'Iara Fictícia', email: 'iara@ficticia.example', phone: '+5511900000000', externalId: id },
        canceledBy: { actorId: null, name: null },
        reason: null,
        producer: { name: 'Rosa Produtora', email: 'rosa@produtora.example' },
        buyer: null,
        ticketTags: [{ tagId: 't-1', title: 'VIP ', color: '#112233' }],
        customFields: { city: 'Recife', diet: '2' },
      },
    });
  });

  it('PRIV2.2 puts nothing that identifies anybody into data', () => {
    const { data, subject, tenant } = event(attendanceCanceled());
    const open = JSON.stringify({ data, subject, tenant });
    for (const personal of ['Rosa', 'rosa@', 'Iara', 'iara@', '+5511', '00412233', 'VIP', 'Recife']) {
      expect(open).not.toContain(personal);
    }
  });

  it('IN6.7 takes numbers for ids, tags as text, custom fields as a list, and keeps leading zeros', () => {
    const cancellation = event(
      attendanceCanceled({
        producer: { id: 7001, name: 'Rosa', email: 'rosa@produtora.example' },
        participant: {
          inviteKey: '000123',
          tags: ['VIP', { id: 9, title: null }],
          customFields: [{ key: 'city', value: 'Recife' }],
          phone: null,
        },
      }),
    );
    expect(cancellation).toMatchObject({
      tenant: 'eduzz:7001',
      personal: {
        reference: '000123',
        ticketTags: [
          { tagId: null, title: 'VIP', color: null },
          { tagId: '9', title: null, color: null },
        ],
        customFields: { city: 'Recife' },
        customer: { phone: null },
      },
    });
  });

  it('IN6.7 takes the payload of 2024, without a participant id, and shows no ticket number', () => {
    const { subject } = event(attendanceCanceled({ participant: { id: undefined } }));
    expect(subject).toMatch(/^ticket\/[0-9a-f]{32}$/);
    expect(event(attendanceCanceled({ participant: { id: undefined } })).subject).toBe(subject);
    expect(event(attendanceCanceled({ participant: { id: undefined, inviteKey: '1' } })).subject).not.toBe(subject);
  });

  it('IN6.2 keeps dates as they were received, beside the moment', () => {
    const text = '2026-03-01 09:00:00.123456-03:00';
    const cancellation = event(attendanceCanceled({ data: { createdAt: text } }));
    expect(cancellation.occurredAt).toEqual({ at: Date.parse('2026-03-01T12:00:00.123Z'), text });
    const late = event(attendanceCanceled({ data: { createdAt: '' } }));
    expect(late.occurredAt.text).toBe('2026-03-01T12:00:05.250Z');
    const unsaid = event(attendanceCanceled({ sentDate: undefined, data: { createdAt: undefined } }));
    expect(unsaid.occurredAt.at).toBe(AT.receivedAt);
  });

  it('IN6.3 knows the event without its prefix, and derives an id if it has none', () => {
    const payload = attendanceCanceled({ id: undefined, event: 'attendance_canceled' });
    const eventId = expect.stringMatching(/^derived:[0-9a-f]{64}$/);
    expect(event(payload)).toMatchObject({ type: 'blinket.attendance_canceled', eventId });
  });

  const unfit: [what: string, payload: Record<string, unknown>, path: string][] = [
    ['no participant', attendanceCanceled({ data: { participant: undefined } }), 'data.participant'],
    ['a participant that is text', attendanceCanceled({ data: { participant: 'Iara' } }), 'data.participant'],
    ['an id that is a fraction', attendanceCanceled({ participant: { id: 1.5 } }), 'data.participant.id'],
    ['neither id nor number', attendanceCanceled({ participant: { id: null, inviteKey: {} } }), 'data.participant.id'],
    ['no producer id', attendanceCanceled({ producer: { name: 'R', email: 'r@r.example' } }), 'data.producer.id'],
    ['a fraction for an event id', attendanceCanceled({ occasion: { id: 1.5 } }), 'data.event.id'],
    ['no data', { ...attendanceCanceled(), data: null }, 'data'],
    ['data that is a list', { ...attendanceCanceled(), data: [] }, 'data'],
  ];
  it.each(unfit)('IN4.1 keeps one with %s for quarantine, and says where it does not fit', (_what, payload, path) => {
    const normalised = normalise(payload);
    expect(normalised).toMatchObject({ outcome: 'unfit', type: 'blinket.attendance_canceled' });
    const { issues } = normalised as Extract<Normalised, { outcome: 'unfit' }>;
    expect(issues.map((issue) => issue.path)).toContain(path);
    expect(JSON.stringify(issues)).not.toMatch(/Iara|iara|Rosa/);
  });
});

describe('other events', () => {
  it('IN4.2 keeps every event that it has no type for, and never guesses from the end of a name', () => {
    for (const type of ['myeduzz.invoice_tomorrow', 'nutror.lesson_canceled', 'new.canceled']) {
      expect(event(eduzzEvent(type))).toMatchObject({ type, shape: 'OtherEvent', kind: null, tenant: 'eduzz:7001' });
    }
  });

  it('IN6.3 finds tenant and time where the samples have them', () => {
    expect(event({ event: 'sun.cart_abandonment', id: '1', data: { producerId: 55 } }).tenant).toBe('eduzz:55');
    expect(event({ event: 'safevideo.upload_started', id: '1', data: { filename: 'a.mp4' } })).toMatchObject({
      tenant: 'eduzz:unknown',
      occurredAt: { at: AT.receivedAt },
    });
    const inside = {
      event: 'myeduzz.invoice_chargeback',
      id: '1',
      data: { id: 1, producer: { id: 2 }, sentDate: '2026-01-02T03:04:05Z' },
    };
    expect(event(inside).occurredAt.text).toBe('2026-01-02T03:04:05Z');
    const zoneless = eduzzEvent('nutror.inactive_student', { createdAt: '2023-09-13 21:00:36' });
    expect(event(zoneless).occurredAt.at).toBe(Date.parse('2023-09-13T21:00:36Z'));
  });

  it('IN4.1 keeps a signed object without a name for quarantine', () => {
    for (const payload of [{}, { event: 7 }, { event: '' }, { event: null }, { event: 'x', id: { a: 1 } }]) {
      expect(normalise(payload)).toMatchObject({ outcome: 'unfit', type: null });
    }
  });
});

describe('ping', () => {
  it('IN6.9 answers a ping, signed or not, and records nothing', () => {
    const plain = JSON.stringify({ event: 'ping', data: { message: 'ping' } });
    const full = JSON.stringify({
      event: 'ping',
      data: { message: 'ping' },
      id: 'p1',
      sentDate: '2026-01-01T00:00:00Z',
    });
    for (const text of [plain, full]) {
      expect(provider.normalise(verify(text), AT)).toEqual({ outcome: 'pong' });
      const unsigned = verifyWith(text, {});
      expect(provider.normalise(unsigned, AT)).toEqual({ outcome: 'pong' });
    }
    const signed = signAsEduzz(eduzzSamples[1]!.payload(), SECRET);
    expect(verify(signed.body, signed.headers).payload).toMatchObject({ event: 'ping' });
  });

  const unsigned: [what: string, payload: unknown][] = [
    ['anything else', attendanceCanceled()],
    ['a ping with more in it', { event: 'ping', data: { message: 'ping', participant: {} } }],
    ['a ping with more beside it', { event: 'ping', data: { message: 'ping' }, also: 1 }],
    ['a ping that says something else', { event: 'ping', data: { message: 'pong' } }],
    ['a long one', { event: 'ping', data: { message: 'ping' }, id: 'x'.repeat(2_000) }],
  ];
  it.each(unsigned)('IN2.2 refuses %s without a signature', (_what, payload) => {
    expect(() => verifyWith(JSON.stringify(payload), {})).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    );
  });

  it('IN2.2 refuses a ping whose signature is wrong', () => {
    const plain = JSON.stringify({ event: 'ping', data: { message: 'ping' } });
    expect(() => verify(plain, { 'x-signature': '0'.repeat(64) })).toThrow(/x-signature/);
  });
});
