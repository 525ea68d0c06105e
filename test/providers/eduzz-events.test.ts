import { describe, expect, it } from 'vitest';
import { EDUZZ_EVENTS } from '../../src/providers/eduzz/names.ts';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';
import { eduzzEvent } from '../fixtures/eduzz.ts';
import { NAMES, bareName, contract, eventOf, sampleOf } from '../fixtures/eduzz-events.ts';
import { AT, event, misfits, normalise, provider, sign, verify } from '../support/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';

const EVERYTHING_RECORDED = `query Recorded($after: String) {
  events(first: 100, after: $after) {
    edges { node { __typename type eventId raw ... on Cancellation { kind } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Recorded {
  readonly __typename: string;
  readonly type: string;
  readonly eventId: string;
  readonly kind?: string;
  readonly raw: unknown;
}

async function recorded(gateway: TestGateway): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for (let after: string | null = null; ;) {
    const { data } = await gateway.query(EVERYTHING_RECORDED, { after });
    events.push(...data!['events'].edges.map(({ node }: { node: Recorded }) => node));
    if (!data!['events'].pageInfo.hasNextPage) return events;
    after = data!['events'].pageInfo.endCursor;
  }
}

function cancellations(events: readonly Recorded[]): string[] {
  return events.flatMap(({ type, kind }) => (kind ? `${kind} ${type}` : [])).toSorted();
}

describe('all 63 events', () => {
  it('IN4.7 has the names of all of them, and no name without its app could be two', () => {
    expect(EDUZZ_EVENTS.toSorted()).toEqual(NAMES.toSorted());
    expect(NAMES).toHaveLength(63);
    expect(new Set(NAMES.map(bareName)).size).toBe(63);
  });

  it('IN4.6 takes every one as Eduzz writes it, and of them exactly the ticket and the invoice are cancellations', async () => {
    const gateway = await TestGateway.start();
    const receipts = await Promise.all(NAMES.map((name) => gateway.eduzz(sampleOf(name))));
    expect(receipts.map(({ status, body }) => `${status} ${body['status']}`)).toEqual(NAMES.map(() => '200 accepted'));
    const events = await recorded(gateway);
    const ids = new Map(receipts.map(({ body }, index) => [body['id'], NAMES[index]]));
    expect(new Map(events.map(({ eventId, type }) => [eventId, type]))).toEqual(ids);
    expect(cancellations(events)).toEqual(['ORDER myeduzz.invoice_canceled', 'TICKET blinket.attendance_canceled']);
    // Security tokens, links and codes to pay with are in no payload that is kept.
    expect(JSON.stringify(events)).not.toContain('SESAME');
  });

  it('IN4.7 knows every one with and without its app, and a contract by its reason', async () => {
    const gateway = await TestGateway.start();
    const payloads = NAMES.flatMap((name) =>
      [name, bareName(name)].map((event) => ({
        ...(name === 'myeduzz.contract_updated'
          ? eventOf(event, contract({ status: 'canceled' }, { reason: 'cancellation' }))
          : { ...sampleOf(name, { event }), id: event }),
      })),
    );
    const receipts = await Promise.all(payloads.map((payload) => gateway.eduzz(payload)));
    expect(new Set(receipts.map(({ status, body }) => `${status} ${body['status']}`))).toEqual(
      new Set(['200 accepted']),
    );
    const events = await recorded(gateway);
    expect(events.map(({ type }) => type).toSorted()).toEqual(NAMES.flatMap((name) => [name, name]).toSorted());
    const canceled = [
      'ORDER myeduzz.invoice_canceled',
      'SUBSCRIPTION myeduzz.contract_updated',
      'TICKET blinket.attendance_canceled',
    ];
    expect(cancellations(events)).toEqual(canceled.flatMap((one) => [one, one]));
  });

  it('IN4.7 never takes safevideo.upload_canceled for a cancellation, nor anything else that only ends like one', () => {
    for (const name of [
      'myeduzz.contract_canceled',
      'contract_canceled',
      'x.attendance_canceled',
      'attendance_canceled.x',
      'ATTENDANCE_CANCELED',
      'canceled',
      ' attendance_canceled',
    ]) {
      expect(event({ ...sampleOf('blinket.attendance_canceled'), event: name })).toMatchObject({
        shape: 'OtherEvent',
        kind: null,
      });
    }
    for (const name of ['safevideo.upload_canceled', 'upload_canceled']) {
      expect(event({ ...sampleOf('safevideo.upload_canceled'), event: name })).toMatchObject({
        type: 'safevideo.upload_canceled',
        shape: 'VideoProcessing',
        kind: null,
      });
    }
  });

  it('IN2.10 lets the header x-subscription, which is not signed, say nothing: not of a clear name, nor of an unknown one', () => {
    const hints = ['lk354:blinket.attendance_canceled', 'lk354:myeduzz.invoice_canceled', ':', '', 'lk354'];
    for (const payload of [
      sampleOf('safevideo.upload_canceled'),
      eventOf('thing_canceled', contract()),
      sampleOf('nutror.lesson_rated'),
    ]) {
      const body = JSON.stringify(payload);
      const plain = provider.normalise(verify(body), AT);
      for (const hint of hints) expect(provider.normalise(verify(body, { 'x-subscription': hint }), AT)).toEqual(plain);
    }
  });

  it('IN6.4 sends a sample of each event by hookcast send, and each becomes the type that its name says', () => {
    const sent = eduzzSamples.map(({ event: name, payload }) => {
      const normalised = normalise(payload({ id: 'fresh', at: new Date(AT.receivedAt) }));
      return `${name} ${normalised.outcome === 'event' ? normalised.event.shape : normalised.outcome}`;
    });
    expect(sent).toEqual([
      'blinket.attendance_canceled TicketCancellation',
      'ping pong',
      'blinket.attendance_added TicketChange',
      'blinket.attendance_assigned TicketChange',
      'blinket.attendance_edited TicketChange',
      'blinket.attendance_checkin TicketChange',
      'blinket.attendance_tag_changed TicketChange',
      'blinket.attendances_printed TicketChange',
      'blinket.ticket_edited TicketEdit',
      'myeduzz.invoice_canceled OrderCancellation',
      'myeduzz.contract_updated SubscriptionCancellation',
      'myeduzz.invoice_opened OrderChange',
      'myeduzz.invoice_paid OrderChange',
      'myeduzz.invoice_refunded OrderChange',
      'myeduzz.invoice_chargeback OrderChange',
      'myeduzz.contract_created SubscriptionChange',
      'myeduzz.contract_card_attempted SubscriptionChange',
      'myeduzz.commission_processed Commission',
      'sun.cart_abandonment CartAbandonment',
      'nutror.lesson_watched LearnerActivity',
      'nutror.enrollment_created LearnerActivity',
      'nutror.lesson_rated LearnerActivity',
      'nutror.comment_created LearnerActivity',
      'alpaclass.student_course_finished LearnerActivity',
      'safevideo.encoder_finished VideoProcessing',
      'safevideo.encoder_error VideoProcessing',
    ]);
    const signed = provider.sign!(eduzzSamples[0]!.payload(), new Date());
    expect(signed).toMatchObject({ headers: { 'x-signature': sign((signed as { body: string }).body) } });
  });
});

describe('the envelope', () => {
  it('IN6.3 derives an id, marked as derived, from the bytes if there is none (alpaclass.student_module_finished)', () => {
    const derived = [undefined, null, ''].map((id) => {
      const payload = { ...sampleOf('alpaclass.student_module_finished'), id };
      expect(event(payload).eventId).toBe(event(payload).eventId);
      return event(payload).eventId;
    });
    for (const id of derived) expect(id).toMatch(/^derived:[0-9a-f]{64}$/);
    expect(new Set(derived).size).toBe(3);
  });

  it('IN4.7 never takes an id in data for the event’s: it is the order’s, and an order has several events', () => {
    const paid = event({ ...sampleOf('myeduzz.invoice_paid'), id: undefined });
    const refunded = event({ ...sampleOf('myeduzz.invoice_refunded'), id: undefined });
    expect(paid.eventId).toMatch(/^derived:[0-9a-f]{64}$/);
    expect(refunded.eventId).not.toBe(paid.eventId);
    expect([paid.subject, refunded.subject]).toEqual(['order/5500123', 'order/5500123']);
  });

  it('IN6.2 finds sentDate in data (myeduzz.invoice_chargeback), and takes the time of receipt if there is none', () => {
    expect(event(sampleOf('myeduzz.invoice_chargeback')).occurredAt.text).toBe('2026-03-01T12:00:05.250Z');
    const unsaid = event(sampleOf('alpaclass.student_module_unfinished'));
    expect(unsaid.occurredAt).toEqual({ at: AT.receivedAt, text: '2026-03-05T00:00:00.000Z' });
  });

  const dates: [written: unknown, at: string][] = [
    ['2026-03-01T12:00:00.617855Z', '2026-03-01T12:00:00.617Z'],
    ['2026-03-01T12:00:00+01:00', '2026-03-01T11:00:00.000Z'],
    ['2026-03-01T12:00:00', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01 12:00:00', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.0Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00:617Z', '2026-03-01T12:00:00.617Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ];
  it.each(dates)('IN6.2 reads the date %s, and keeps how it was written', (written, at) => {
    const { occurredAt } = event(eventOf('nutror.lesson_rated', { createdAt: written }));
    expect(occurredAt).toEqual({ at: Date.parse(at), text: written });
  });

  it('IN6.2 takes the next best date for an invalid one: empty, rolled over, seconds or milliseconds since 1970', () => {
    for (const none of ['', '2024-02-30T00:00:00Z', '1700000000', 1_700_000_000, 1_700_000_000_000, {}, 'soon']) {
      expect(event(eventOf('nutror.lesson_rated', { createdAt: none })).occurredAt.text).toBe(
        '2026-03-01T12:00:05.250Z',
      );
      const nothing = event(eventOf('nutror.lesson_rated', { createdAt: none }, { sentDate: none }));
      expect(nothing.occurredAt.at).toBe(AT.receivedAt);
    }
  });

  it('IN4.4 takes numbers beyond 2^53, and both kinds of ids, for the text that they are', () => {
    const text = JSON.stringify(eventOf('myeduzz.invoice_paid', { id: 'ORDER', producer: { id: 7 } })).replace(
      '"ORDER"',
      '12345678901234567890',
    );
    const normalised = provider.normalise(verify(text), AT);
    expect(normalised).toMatchObject({ event: { subject: 'order/12345678901234567890', tenant: 'eduzz:7' } });
    expect(misfits(eventOf('x', {}, { id: 1.5 }))).toEqual(['id']);
    expect(misfits(eventOf('x', {}, { id: 'x'.repeat(257) }))).toEqual(['id']);
  });

  it('IN4.2 records an event with malformed data, and one with unknown fields', () => {
    for (const data of [undefined, null, [], 'x', 7, { participant: 7, participants: 7, buyer: [], contract: 'x' }]) {
      expect(event(eventOf('brand.new', data))).toMatchObject({
        shape: 'OtherEvent',
        tenant: 'eduzz:unknown',
        subject: null,
      });
    }
    expect(event({ ...sampleOf('blinket.attendance_canceled'), tomorrow: { a: 1 } }).raw).toContain('tomorrow');
  });
});

describe('subjects, tenants and people', () => {
  const said: [name: string, subject: string | null, tenant: string, occurredAt: string][] = [
    ['myeduzz.invoice_opened', 'order/5500123', 'eduzz:7001', '2026-03-01T12:00:05.250Z'],
    ['myeduzz.invoice_paid', 'order/5500123', 'eduzz:7001', '2026-02-02T10:00:00.000Z'],
    ['myeduzz.invoice_refunded', 'order/5500123', 'eduzz:7001', '2026-03-01T12:00:00.000Z'],
    ['myeduzz.commission_processed', 'order/5500123', 'eduzz:7001', '2026-03-01T12:00:05.250Z'],
    ['myeduzz.contract_created', 'subscription/330077', 'eduzz:7001', '2026-03-01T11:59:58.000Z'],
    ['myeduzz.contract_updated', 'subscription/330077', 'eduzz:7001', '2026-03-01T11:59:58.000Z'],
    ['myeduzz.contract_pix_attempted', 'subscription/330077', 'eduzz:7001', '2026-03-01T11:30:00.000Z'],
    [
      'alpaclass.student_created',
      'student/a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5',
      'eduzz:unknown',
      '2026-03-01T12:00:05.250Z',
    ],
    ['nutror.comment_deleted', 'comment/88002', 'eduzz:unknown', '2026-03-01 09:00:00'],
    ['nutror.lesson_rated', null, 'eduzz:unknown', '2026-03-01 09:00:00'],
    ['safevideo.upload_started', null, 'eduzz:unknown', '2026-03-01T12:00:05.250Z'],
    ['sun.cart_abandonment', 'cart/1a2b3c4d5e6f708192a3b4c5d6e7f809', 'eduzz:7001', '2026-03-01T11:00:00.903Z'],
  ];
  it.each(said)('IN6.3 finds them where %s has them', (name, subject, tenant, occurredAt) => {
    expect(event(sampleOf(name))).toMatchObject({ subject, tenant, occurredAt: { text: occurredAt } });
  });

  const left: [name: string, contacts: string[], emails: string[], mentions: string[]][] = [
    [
      'myeduzz.invoice_paid',
      ['9900551', '9900552'],
      ['bento@compra.example', 'elis@aluna.example'],
      ['rosa@produtora.example', 'afonso@afiliado.example'],
    ],
    ['myeduzz.contract_created', [], ['caio@assina.example', 'lia@paga.example'], ['rosa@produtora.example']],
    ['nutror.comment_deleted', [], ['davi@aprende.example'], ['rosa@produtora.example', 'davi2@aprende.example']],
    ['alpaclass.student_created', ['a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5'], ['nara@estuda.example'], []],
    ['sun.cart_abandonment', [], ['otto@indeciso.example'], []],
  ];
  it.each(left)(
    'PRIV1.3 leaves the traces of the people in %s, by which they are found again',
    (name, contacts, emails, mentions) => {
      const { traces } = event(sampleOf(name));
      const of = (wanted: string) =>
        traces
          .filter(({ kind }) => kind === wanted)
          .map(({ value }) => value)
          .toSorted();
      expect({ contacts: of('contact'), emails: of('email'), mentions: of('mention') }).toEqual({
        contacts: contacts.toSorted(),
        emails: emails.toSorted(),
        mentions: mentions.toSorted(),
      });
    },
  );

  it('PRIV1.3 leaves the traces of somebody whose id is a number and whose address is no text as far as there are any', () => {
    const { traces } = event(eduzzEvent('brand.new', { customer: { id: 12, email: { main: 'Zoe@Longe.example' } } }));
    expect(traces).toContainEqual({ kind: 'contact', value: '12' });
    expect(traces).toContainEqual({ kind: 'mention', value: 'zoe@longe.example' });
  });
});
