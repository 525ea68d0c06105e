import { describe, expect, it } from 'vitest';
import { eventOf, invoice, NAMES, sampleOf } from '../fixtures/eduzz-events.ts';
import { event, misfits, normalise, provider } from '../support/eduzz.ts';

type Data = Record<string, unknown>;

const time = (text: string) => ({ at: Date.parse(text), text });
const brl = (amount: string) => ({ amount, currency: 'BRL' });

/** The subjects of the 54 events that neither cancel a ticket nor are another event of Blinket's. */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  OrderChange: {
    'myeduzz.invoice_opened': 'OPENED',
    'myeduzz.invoice_scheduled': 'SCHEDULED',
    'myeduzz.invoice_waiting_payment': 'AWAITING_PAYMENT',
    'myeduzz.invoice_paid': 'PAID',
    'myeduzz.invoice_waiting_refund': 'AWAITING_REFUND',
    'myeduzz.invoice_refunded': 'REFUNDED',
    'myeduzz.invoice_chargeback': 'CHARGED_BACK',
    'myeduzz.invoice_recovering': 'RECOVERING',
    'myeduzz.invoice_expired': 'EXPIRED',
    'myeduzz.invoice_negotiated': 'NEGOTIATED',
  },
  OrderCancellation: { 'myeduzz.invoice_canceled': null },
  SubscriptionChange: {
    'myeduzz.contract_created': 'CREATED',
    'myeduzz.contract_updated': 'UPDATED',
    'myeduzz.contract_bankslip_attempted': 'CHARGE_ATTEMPTED',
    'myeduzz.contract_card_attempted': 'CHARGE_ATTEMPTED',
    'myeduzz.contract_eduzz_balance_attempted': 'CHARGE_ATTEMPTED',
    'myeduzz.contract_pix_attempted': 'CHARGE_ATTEMPTED',
  },
  Commission: { 'myeduzz.commission_processed': null },
  CartAbandonment: { 'sun.cart_abandonment': null },
  LearnerActivity: {
    'nutror.certificate_viewed': 'CERTIFICATE_VIEWED',
    'nutror.comment_created': 'COMMENT_CREATED',
    'nutror.comment_deleted': 'COMMENT_DELETED',
    'nutror.comment_replied': 'COMMENT_REPLIED',
    'nutror.community_viewed': 'COMMUNITY_VIEWED',
    'nutror.enrollment_created': 'ENROLLED',
    'nutror.file_downloaded': 'FILE_DOWNLOADED',
    'nutror.inactive_student': 'INACTIVE',
    'nutror.learner_help': 'HELP_REQUESTED',
    'nutror.lesson_rated': 'LESSON_RATED',
    'nutror.lesson_saved': 'LESSON_SAVED',
    'nutror.lesson_started': 'LESSON_STARTED',
    'nutror.lesson_watched': 'LESSON_FINISHED',
    'nutror.module_completed': 'MODULE_FINISHED',
    'nutror.notation_created': 'NOTE_CREATED',
    'alpaclass.student_certificate_accessed': 'CERTIFICATE_VIEWED',
    'alpaclass.student_comment_created': 'COMMENT_CREATED',
    'alpaclass.student_course_finished': 'COURSE_FINISHED',
    'alpaclass.student_course_last_seen': 'COURSE_SEEN',
    'alpaclass.student_course_unfinished': 'COURSE_UNFINISHED',
    'alpaclass.student_created': 'REGISTERED',
    'alpaclass.student_lesson_finished': 'LESSON_FINISHED',
    'alpaclass.student_lesson_last_seen': 'LESSON_SEEN',
    'alpaclass.student_lesson_marked_as_favorite': 'LESSON_FAVORITED',
    'alpaclass.student_lesson_unfinished': 'LESSON_UNFINISHED',
    'alpaclass.student_lesson_unmarked_as_favorite': 'LESSON_UNFAVORITED',
    'alpaclass.student_module_finished': 'MODULE_FINISHED',
    'alpaclass.student_module_unfinished': 'MODULE_UNFINISHED',
  },
  VideoProcessing: {
    'safevideo.encoder_error': 'ENCODING_FAILED',
    'safevideo.encoder_finished': 'ENCODING_FINISHED',
    'safevideo.encoder_started': 'ENCODING_STARTED',
    'safevideo.encoder_waiting': 'ENCODING_WAITING',
    'safevideo.upload_canceled': 'UPLOAD_CANCELED',
    'safevideo.upload_error': 'UPLOAD_FAILED',
    'safevideo.upload_finished': 'UPLOAD_FINISHED',
    'safevideo.upload_started': 'UPLOAD_STARTED',
  },
};

describe('all 63 events', () => {
  it('IN6.15 has a type for each event, and makes no OtherEvent', () => {
    const shapes = NAMES.map((name) => [name, event(sampleOf(name)).shape] as const);
    expect(shapes.filter(([, shape]) => shape === 'OtherEvent')).toEqual([]);
    const declared = new Set(provider.types!.map(({ name }) => name));
    expect(shapes.filter(([, shape]) => !declared.has(shape))).toEqual([]);
    const listed = Object.values(FAMILIES).flatMap((family) => Object.keys(family));
    expect(NAMES.filter((name) => !name.startsWith('blinket.')).toSorted()).toEqual(listed.toSorted());
  });

  const said = Object.entries(FAMILIES).flatMap(([shape, family]) =>
    Object.entries(family).map(([name, what]): [string, string, string | null] => [name, shape, what]),
  );
  it.each(said)('IN6.15 takes %s for a %s that says %s', (name, shape, what) => {
    const { happened } = provider.types!.find((type) => type.name === shape)!;
    const { data, kind } = event(sampleOf(name));
    expect(event(sampleOf(name)).shape).toBe(shape);
    expect(kind).toBe(shape === 'OrderCancellation' ? 'ORDER' : null);
    expect(happened === null ? null : data[happened]).toBe(what);
  });

  it.each(NAMES)('PRIV2.2 puts nothing personal of %s into what everybody sees', (name) => {
    const sample = sampleOf(name);
    const { data, subject, tenant, personal } = event(sample);
    const seen = JSON.stringify([data, subject, tenant]);
    const theirs = personalIn(sample);
    expect(theirs.filter((value) => seen.includes(JSON.stringify(value).slice(1, -1)))).toEqual([]);
    // The person's data is not lost, either.
    if (theirs.length > 0) expect(JSON.stringify(personal)).not.toBe(JSON.stringify({ tenantName: null }));
  });

  const apps = [...new Set(NAMES.map((name) => name.slice(0, name.indexOf('.'))))];
  it.each(apps)(
    'IN4.6 takes every event of %s in which any member that it can do without is of a wrong type',
    (app) => {
      let tried = 0;
      for (const name of NAMES.filter((name) => name.startsWith(`${app}.`))) {
        const { shape } = event(sampleOf(name));
        const { data } = sampleOf(name) as { data: Data };
        for (const [path, value] of membersOf(data)) {
          if (DECISIVE.test(path)) continue;
          for (const odd of typeof value === 'object' && value !== null ? ['odd', 7] : [{ odd: true }, ['odd']]) {
            const normalised = normalise({ ...sampleOf(name), data: withMember(data, path, odd) });
            expect(normalised, `${name} ${path}`).toMatchObject({ outcome: 'event', event: { shape } });
            tried += 1;
          }
        }
      }
      expect(tried).toBeGreaterThan(10);
    },
  );
});

/** The fields that identify the thing, its account or its person, or decide the event's meaning: docs/PROVIDERS.md. */
const DECISIVE = new RegExp(
  `^(?:${[
    'id|invoiceId|producerId|reason|changeType',
    String.raw`producer|producer\.id|commissions|commissions\.producer|commissions\.producer\.id`,
    String.raw`event|event\.id|participants?|participants?(?:\.\d+)?(?:\.(?:id|checkInAt))?`,
    String.raw`contract(?:\.(?:id|status))?|buyer|customer|financialResponsible|student|learner`,
  ].join('|')})$`,
);

/** The paths of all members, with their values. */
function membersOf(value: unknown, path = ''): (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`;
      return [[at, member] as const, ...membersOf(member, at)];
    });
}

function withMember(value: Data, path: string, member: unknown): Data {
  const copy = structuredClone(value);
  const names = path.split('.');
  const last = names.pop()!;
  const holder = names.reduce<any>((at, name) => at[name], copy);
  holder[last] = member;
  return copy;
}

/** All data of buyers, learners and participants; of sellers, the names. */
const ALL_PERSONAL =
  /(?:^|\.)(?:buyer|student|learner|customer|financialResponsible|participants?|utm|tracker|comment)\.(?!.*(?:status|assigned|manuallyCreated|checkInAt|createdAt|parentId)$)/;
const NAMED =
  /(?:producer|affiliate|affiliates\.\d|coproducers\.\d|team)\.(?:name|email)$|refund\.(?:reason|refundBy)$/;
const ALSO = /(?:filename|error|statusError|failReasonMessage|barcode|[uU]rl|href|document|transaction\.key)$/;
/** Ids of tickets and comments, by which what they are about is found. */
const NO_PERSON = /participants?\.(?:\d\.)?id$|comment\.id$|student\.id$/;

/** A shorter text may be anything, such as the number of a house. */
const SHORTEST = 4;

function personalIn(payload: Data): string[] {
  return membersOf(payload)
    .filter(([path]) => (ALL_PERSONAL.test(path) && !NO_PERSON.test(path)) || NAMED.test(path) || ALSO.test(path))
    .map(([, value]) => value)
    .filter((value): value is string => typeof value === 'string' && value.length >= SHORTEST);
}

describe('orders', () => {
  it('IN6.15 says of one that is paid what was paid, how, by whom and for whom', () => {
    const { data, personal, subject, traces } = event(sampleOf('myeduzz.invoice_paid'));
    expect(subject).toBe('order/5500123');
    expect(data).toMatchObject({
      orderChange: 'PAID',
      orderId: '5500123',
      status: 'paid',
      title: 'Choro I, Choro II',
      quantity: 2,
      total: brl('301.5'),
      paid: brl('301.5'),
      value: brl('301.5'),
      paidAt: time('2026-02-02T10:00:00.000Z'),
      paymentMethod: 'creditCard',
      installments: 3,
      installment: { number: 1, count: 2 },
      transactionId: '660011',
      parentSubscriptionId: '330077',
      affiliate: { affiliateId: '7100' },
      refund: null,
      shares: [],
      fees: [],
      items: [
        { sku: 'CH-1', discount: brl('2') },
        { couponId: '4411', price: brl('150.75') },
      ],
    });
    expect(personal).toMatchObject({
      customer: { name: 'Bento Comprador', externalId: '9900551' },
      recipient: { name: 'Elis Aluna', email: 'elis@aluna.example', externalId: '9900552' },
      affiliate: { name: 'Afonso Afiliado', email: 'afonso@afiliado.example' },
      customerAddress: { city: 'Olinda' },
      tenantName: 'Rosa Produtora',
    });
    expect(traces).toContainEqual({ kind: 'contact', value: '9900552' });
  });

  it('IN6.15 says of one that is refunded what goes back, and who gets what', () => {
    const { data, personal } = event(sampleOf('myeduzz.invoice_refunded'));
    expect(data).toMatchObject({
      orderChange: 'REFUNDED',
      refund: {
        type: 'common',
        amount: brl('301.5'),
        requestedAt: time('2026-03-01T12:00:00.000Z'),
        refundedAt: time('2026-03-01T12:00:00.000Z'),
      },
      shares: [
        { of: 'producer', amount: brl('220') },
        { of: 'coproducer', amount: brl('22') },
        { of: 'affiliate', amount: brl('21') },
      ],
      fees: [
        { of: 'eduzz', amount: brl('10') },
        { of: 'recovery', amount: brl('11') },
        { of: 'alumy', amount: brl('12') },
        { of: 'total', amount: brl('33') },
      ],
    });
    expect(personal).toMatchObject({ refund: { reason: 'Engano', refundedBy: 'Rosa Produtora' } });
    const beside = event(eventOf('invoice_refunded', invoice('refunded', { refundedAt: '2026-02-20T15:00:00.000Z' })));
    expect(beside.data['refund']).toMatchObject({ amount: null, refundedAt: time('2026-02-20T15:00:00.000Z') });
  });

  it('IN6.3 happened when the money came or went back, where it says so, and not when Eduzz sent it', () => {
    const when = (name: string, more: Data = {}) => event(eventOf(name, invoice('x', more))).occurredAt.text;
    const [came, sent] = ['2026-02-02T10:00:00.000Z', '2026-03-01T12:00:05.250Z'];
    expect(when('invoice_paid', { paidAt: came })).toBe(came);
    expect(when('invoice_refunded', { paidAt: came, refundedAt: '2026-02-20T15:00:00Z' })).toBe('2026-02-20T15:00:00Z');
    expect(when('invoice_paid', { paidAt: 'soon' })).toBe(sent);
    expect(when('invoice_refunded', { paidAt: came })).toBe(sent);
    expect(when('invoice_chargeback', { paidAt: came })).toBe(sent);
  });

  const [paid, part] = [
    { currency: 'BRL', value: 200 },
    { currency: 'BRL', value: 50 },
  ];
  const worth: [name: string, more: Data, value: string][] = [
    ['invoice_paid', { paid }, '200'],
    ['invoice_paid', { paid: null }, '301.5'],
    ['invoice_refunded', { paid, refund: part }, '50'],
    ['invoice_refunded', { paid, refund: { value: 50 } }, '200'],
    ['invoice_waiting_refund', { paid }, '200'],
    ['invoice_chargeback', { paid, refund: part }, '200'],
    ['invoice_negotiated', { paid: { currency: 'BRL', value: 0 } }, '301.5'],
    ['invoice_expired', {}, '301.5'],
  ];
  it.each(worth)('IN6.16 takes %s with %j to be worth %s', (name, more, value) => {
    expect(event(eventOf(name, invoice('x', more))).data['value']).toEqual(brl(value));
  });

  it('IN6.15 says how far a chargeback is, and since when somebody is reminded', () => {
    expect(event(sampleOf('myeduzz.invoice_chargeback')).data).toMatchObject({
      chargeback: { status: 'pendingDocuments', respondBy: time('2026-03-01T12:00:00.000Z'), finishedAt: null },
      sentAt: time('2026-03-01T12:00:05.250Z'),
    });
    expect(event(sampleOf('myeduzz.invoice_recovering')).data).toMatchObject({
      recoveringSince: time('2026-02-02T14:45:00.000Z'),
      chargeback: null,
    });
  });

  it('IN4.1 keeps one in quarantine that lacks the order or its account', () => {
    const of = (more: Data) => misfits(eventOf('invoice_paid', invoice('paid', more)));
    expect(of({ id: '' })).toEqual(['data.id']);
    expect(of({ producer: { name: 'Rosa' } })).toEqual(['data.producer.id']);
    expect(misfits(eventOf('commission_processed', { invoiceId: 1 }))).toEqual(['data.commissions']);
    expect(misfits(eventOf('cart_abandonment', {}))).toEqual(['data.producerId']);
  });
});

describe('subscriptions', () => {
  it('IN6.15 says of one what was subscribed to, what it costs, and why it was changed', () => {
    const { data, personal, version } = event(sampleOf('myeduzz.contract_updated'));
    expect(data).toMatchObject({
      subscriptionChange: 'UPDATED',
      cause: 'status_updated',
      subscriptionId: '330077',
      status: 'upToDate',
      title: 'Choro todo mês',
      products: [{ productId: '2201', price: brl('49.9') }],
      price: brl('49.9'),
      interval: { unit: 'month', count: 1 },
      startsAt: time('2025-03-01T10:00:00.000Z'),
      endsAt: null,
      nextDueAt: time('2026-04-01T10:00:00.000Z'),
      trialDays: 0,
      charge: null,
    });
    expect(personal).toMatchObject({ customer: { name: 'Caio Assinante' }, payer: { name: 'Lia Pagadora' } });
    expect(version).not.toBeNull();
    expect(event(sampleOf('myeduzz.contract_created')).data).toMatchObject({ cause: null, trialDays: 0 });
  });

  const outcomes: [invoice: Data | undefined, outcome: string][] = [
    [{ status: 'paid' }, 'SUCCEEDED'],
    [{ status: 'paid', failReason: null }, 'SUCCEEDED'],
    [{ status: 'open' }, 'PENDING'],
    [{ status: 'waitingPayment' }, 'PENDING'],
    [{ status: 'waiting_payment' }, 'PENDING'],
    [{ status: 'open', failReason: 'insufficient_funds' }, 'FAILED'],
    [{ status: 'refused' }, 'FAILED'],
    [{ status: 'tomorrow' }, 'UNKNOWN'],
    [{ status: { odd: true } }, 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ];
  it.each(outcomes)('IN6.15 takes an attempt that says %j to have %s', (said, outcome) => {
    const { data: sample } = sampleOf('myeduzz.contract_card_attempted') as { data: { invoice: Data } };
    const attempted = eventOf('contract_card_attempted', {
      ...sample,
      invoice: said && { ...sample.invoice, ...said },
    });
    expect(event(attempted).data['charge']).toMatchObject({ outcome, paymentMethod: 'creditCard' });
  });

  it('IN6.15 says which order an attempt is for, how and when, and the sentence only to tokens that may see people', () => {
    const { data: sample } = sampleOf('myeduzz.contract_card_attempted') as { data: { invoice: Data } };
    const failed = { ...sample.invoice, failReason: 'limit', failReasonMessage: 'Caio, seu cartão está sem limite' };
    const { data, personal } = event(eventOf('contract_card_attempted', { ...sample, invoice: failed }));
    expect(data['charge']).toEqual({
      orderId: '5500124',
      outcome: 'FAILED',
      status: 'open',
      paymentMethod: 'creditCard',
      installments: 1,
      isNegotiation: false,
      failure: 'limit',
      dueAt: time('2026-03-01T12:00:00.000Z'),
      attemptedAt: time('2026-03-01T11:30:00.000Z'),
    });
    expect(personal).toMatchObject({ charge: { failureMessage: 'Caio, seu cartão está sem limite' } });
  });
});

describe('the others', () => {
  it('IN6.15 says of a commission who gets how much of which order', () => {
    const { data, personal, tenant, subject } = event(sampleOf('myeduzz.commission_processed'));
    expect({ tenant, subject }).toEqual({ tenant: 'eduzz:7001', subject: 'order/5500123' });
    expect(data).toMatchObject({
      total: brl('301.5'),
      value: brl('90'),
      commissions: [
        { role: 'PRODUCER', partyId: '7001', amount: brl('90') },
        { role: 'COPRODUCER', partyId: '7002', amount: brl('10') },
        { role: 'AFFILIATE', partyId: '7100', amount: brl('2') },
      ],
    });
    expect(personal).toMatchObject({ commissions: [{ name: 'Rosa Produtora' }, {}, { name: 'Afonso Afiliado' }] });
  });

  it('IN6.15 says of a cart how far somebody came with what', () => {
    const { data, personal } = event(sampleOf('sun.cart_abandonment'));
    expect(data).toMatchObject({ cartId: expect.any(String), productIds: ['9849', '2987'], lastStep: 'payment-sent' });
    expect(personal).toMatchObject({ customer: { name: 'Otto Indeciso' }, tracker: { utmCampaign: 'verão' } });
  });

  it('IN6.15 says of somebody who learns what they did in which lesson, on either platform', () => {
    expect(event(sampleOf('nutror.lesson_rated'))).toMatchObject({
      data: { course: { title: 'Choro' }, lesson: { lessonId: '13', title: 'A mão esquerda' }, rating: 5 },
      personal: { learner: { name: 'Davi Aprendiz' }, producerEmail: 'rosa@produtora.example' },
    });
    expect(event(sampleOf('nutror.lesson_watched')).data).toMatchObject({ progress: 100 });
    expect(event(sampleOf('nutror.inactive_student')).data).toMatchObject({ inactiveDays: 30 });
    expect(event(sampleOf('nutror.comment_replied'))).toMatchObject({
      data: { commentId: '88003', parentCommentId: '88001' },
      personal: { comment: 'Por quê?' },
    });
    expect(event(sampleOf('nutror.enrollment_created')).data).toMatchObject({
      course: { title: 'Choro' },
      courses: [{ courseId: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c' }],
    });
    expect(event(sampleOf('alpaclass.student_lesson_finished'))).toMatchObject({
      data: { course: { courseId: 'c0' }, module: { title: 'Um' }, lesson: { title: 'Primeira' }, progress: 50 },
      personal: { learner: { name: 'Nara Estudante' }, school: { name: 'Escola Inventada' } },
    });
    expect(event(sampleOf('alpaclass.student_created')).data).toMatchObject({
      registeredAt: time('2026-03-01T12:00:00.000Z'),
    });
    // Missing fields are null, and only the name of the event is needed.
    expect(event(eventOf('nutror.lesson_rated', {})).data).toMatchObject({ course: null, rating: null, courses: [] });
  });

  it('IN6.15 says what became of a file, and its name only to tokens that may see people', () => {
    expect(event(sampleOf('safevideo.upload_error'))).toMatchObject({
      data: { videoProcessing: 'UPLOAD_FAILED', format: 'mp4', mediaType: 'video' },
      personal: { filename: 'ensaio.mp4', errorMessage: 'Não deu certo' },
    });
    expect(event(sampleOf('safevideo.encoder_error')).personal).toMatchObject({ errorMessage: 'Não deu certo' });
  });
});
