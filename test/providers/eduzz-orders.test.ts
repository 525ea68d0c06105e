import { describe, expect, it } from 'vitest';
import { contract, eventOf, invoice, sampleOf } from '../fixtures/eduzz-events.ts';
import { AT, event, misfits, normalise, provider, verify } from '../support/eduzz.ts';

const time = (text: string) => ({ at: Date.parse(text), text });

describe('myeduzz.invoice_canceled', () => {
  it('IN6.4 is an OrderCancellation with all that it says', () => {
    const { raw, traces, ...cancellation } = event({ ...sampleOf('myeduzz.invoice_canceled'), id: 'i1' });
    expect(cancellation).toEqual({
      provider: 'eduzz',
      source: 'eduzz',
      type: 'myeduzz.invoice_canceled',
      eventId: 'i1',
      tenant: 'eduzz:7001',
      subject: 'order/5500123',
      occurredAt: time('2026-03-01T12:00:05.250Z'),
      receivedAt: AT.receivedAt,
      shape: 'OrderCancellation',
      kind: 'ORDER',
      happened: 'CANCELED',
      worth: { currency: 'BRL', units: 3_015_000 },
      version: null,
      data: {
        title: 'Choro I, Choro II',
        kind: 'ORDER',
        isScheduled: false,
        reference: '5500123',
        canceledBy: { type: 'UNKNOWN' },
        quantity: 2,
        status: 'canceled',
        previousStatus: null,
        startsAt: null,
        endsAt: null,
        timeZone: null,
        // Nothing was paid, so nothing goes back.
        refundExpected: false,
        orderId: '5500123',
        items: [
          {
            productId: 'P1',
            name: 'Choro I',
            price: { amount: '150.75', currency: 'BRL' },
            billingType: 'Única',
            sku: 'CH-1',
            couponId: '4411',
            discount: { amount: '2', currency: 'BRL' },
            refundPeriod: { unit: 'days', count: 7 },
          },
          {
            productId: 'P2',
            name: 'Choro II',
            price: { amount: '150.75', currency: 'BRL' },
            billingType: 'single',
            sku: null,
            couponId: '4411',
            discount: { amount: '2', currency: 'BRL' },
            refundPeriod: { unit: 'days', count: 7 },
          },
        ],
        total: { amount: '301.5', currency: 'BRL' },
        paymentMethod: 'creditCard',
        installments: 3,
        parentSubscriptionId: '330077',
        mainOrderId: '5500122',
        offerName: 'Lançamento',
        createdAt: time('2026-02-01T09:00:00.000Z'),
        dueAt: time('2026-02-05T23:59:59.000Z'),
        sentAt: time('2026-03-01T12:00:05.250Z'),
        // Eduzz doesn't say it.
        isLive: null,
      },
      personal: {
        tenantName: 'Rosa Produtora',
        customer: {
          name: 'Bento Comprador',
          email: 'bento@compra.example',
          phone: '11 5550-0001',
          externalId: '9900551',
        },
        canceledBy: { actorId: null, name: null },
        reason: null,
        customerAddress: expect.objectContaining({ city: 'Olinda', zipCode: '50000-000' }),
        producerEmail: 'rosa@produtora.example',
        utm: { source: 'boletim', campaign: 'bento', medium: 'email', content: 'a', term: 'b' },
        tracker: { code1: 'amigo-do-bento', code2: '2', code3: '3' },
      },
    });
    expect(traces).toContainEqual({ kind: 'contact', value: '9900551' });
    expect(JSON.stringify(cancellation)).not.toContain('01234567890');
    expect(raw).not.toContain('SESAME');
  });

  it('PRIV2.3 keeps no originSecret, no link and no bar code, wherever they stand and however they are written', () => {
    const secrets = {
      originSecret: 'SESAME',
      billetUrl: 'SESAME',
      checkoutUrl: 'SESAME',
      bankslipUrl: 'SESAME',
      saleRecoveryUrl: 'SESAME',
      certificateUrl: 'SESAME',
      postback: 'SESAME',
      checkInLink: 'SESAME',
      href: 'SESAME',
      url: 'SESAME',
      barcode: 'SESAME',
      barCode: 'SESAME',
      qrCode: 'SESAME',
      base64Code: 'SESAME',
      nested: [{ originsecret: { deep: 'SESAME' } }, { BARCODE: ['SESAME'] }],
    };
    for (const name of [
      'myeduzz.invoice_canceled',
      'myeduzz.contract_updated',
      'blinket.attendance_added',
      'brand.new',
    ]) {
      const payload = sampleOf(name.startsWith('brand') ? 'nutror.lesson_rated' : name, { event: name });
      const { raw, data, personal } = event({
        ...payload,
        ...secrets,
        data: { ...(payload['data'] as object), ...secrets },
      });
      expect(JSON.stringify({ raw, data, personal })).not.toContain('SESAME');
      expect(raw).toContain('producer');
    }
  });

  it('PRIV2.3 keeps nothing in what a campaign says or an address holds that opens something', () => {
    const said = { source: 'boletim', token: 'SESAME', clickUrl: 'SESAME' };
    const sample = sampleOf('myeduzz.invoice_canceled');
    const { buyer, ...data } = sample['data'] as { buyer: object };
    const { personal } = event({
      ...sample,
      data: { ...data, utm: said, tracker: [said], buyer: { ...buyer, address: said } },
    });
    const left = { source: 'boletim' };
    expect(personal).toMatchObject({ utm: left, tracker: [left], customerAddress: left });
    expect(JSON.stringify(personal)).not.toContain('SESAME');
  });

  it('PRIV2.2 puts nothing that identifies anybody into data', () => {
    for (const name of ['myeduzz.invoice_canceled', 'myeduzz.contract_updated']) {
      const more = name.endsWith('updated') ? eventOf(name, contract({}, { reason: 'cancellation' })) : sampleOf(name);
      const { data, subject, tenant } = event(more);
      expect(JSON.stringify({ data, subject, tenant })).not.toMatch(
        /bento|Rosa|rosa@|Caio|caio@|Lia|lia@|5550-0|900000001|Olinda|boletim|amigo|0123456/i,
      );
    }
  });

  it('IN4.6 takes one that says only which order it is', () => {
    const bare = eventOf('invoice_canceled', { id: 77, producer: { id: 1 } });
    expect(event(bare)).toMatchObject({
      subject: 'order/77',
      data: {
        title: null,
        quantity: null,
        orderId: '77',
        items: [],
        total: null,
        paymentMethod: null,
        installments: null,
        parentSubscriptionId: null,
        mainOrderId: null,
      },
      personal: {
        customer: { name: null, email: null, phone: null, externalId: null },
        customerAddress: null,
        utm: null,
        tracker: null,
      },
    });
  });

  const odd: [what: string, fields: Record<string, unknown>, read: Record<string, unknown>][] = [
    ['a price that is a number', { price: 301.5 }, { total: null }],
    ['a price without currency', { price: { value: 3 } }, { total: null }],
    [
      'a price as text',
      { price: { currency: 'BRL', value: '301,50' } },
      { total: { amount: '301,50', currency: 'BRL' } },
    ],
    ['items that are none', { items: {} }, { items: [], title: 'Lançamento' }],
    ['one odd item', { items: ['x', { name: 'Choro' }], totalItems: null }, { title: 'Choro', quantity: 1 }],
    ['a number of installments as text', { installments: '12' }, { installments: 12 }],
    ['too many installments', { installments: 2 ** 33 }, { installments: null }],
    ['another way to say how it is paid', { paymentMethod: null }, { paymentMethod: 'pix' }],
    ['a main sale as text', { orderBump: { mainSaleId: '00123' } }, { mainOrderId: '00123' }],
    ['no contract', { contract: null }, { parentSubscriptionId: null }],
    ['a status in capitals', { status: 'CANCELED' }, { status: 'CANCELED' }],
    ['dates that are none', { createdAt: '', dueDate: 7 }, { createdAt: null, dueAt: null }],
  ];
  it.each(odd)('IN4.6 takes one with %s', (_what, fields, read) => {
    expect(event(eventOf('myeduzz.invoice_canceled', invoice('canceled', fields))).data).toMatchObject(read);
  });

  it('IN4.1 keeps one in quarantine that lacks the order or its account, or whose buyer is no object', () => {
    const of = (fields: Record<string, unknown>) =>
      misfits(eventOf('myeduzz.invoice_canceled', invoice('canceled', fields)));
    expect(of({ id: null })).toEqual(['data.id']);
    expect(of({ producer: { id: [] } })).toEqual(['data.producer.id']);
    expect(of({ buyer: 'Bento' })).toEqual(['data.buyer']);
  });

  const payments: [what: string, fields: Record<string, unknown>, expected: boolean | null][] = [
    ['nothing of a payment', {}, false],
    ['that nothing was paid', { paid: { currency: 'BRL', value: 0 }, paidAt: null }, false],
    ['that nothing was paid, as text', { paid: { currency: 'BRL', value: '0.00' }, paidAt: '' }, false],
    ['what was paid', { paid: { currency: 'BRL', value: 0.5 } }, null],
    ['what was paid, as nobody expects', { paid: '301,50' }, null],
    ['when it was paid', { paidAt: '2026-02-02T10:00:00.000Z' }, null],
    ['when it was paid, as nobody expects', { paidAt: 1_769_940_000 }, null],
  ];
  it.each(payments)('IN6.16 of one that says %s, knows as much whether money goes back', (_what, fields, expected) => {
    const { data } = event(eventOf('myeduzz.invoice_canceled', invoice('canceled', fields)));
    expect(data['refundExpected']).toBe(expected);
  });

  it('IN6.6 does not take a refund, a chargeback or a pending one for a cancellation', () => {
    for (const name of ['invoice_refunded', 'invoice_waiting_refund', 'invoice_chargeback', 'invoice_expired']) {
      expect(event(sampleOf(`myeduzz.${name}`)).kind).toBeNull();
    }
  });
});

const REASONS = [
  'cancellation',
  'status_updated',
  undefined,
  null,
  '',
  'negotiation',
  'readjustment',
  'upgrade',
  'downgrade',
  'reactivation',
  'suspension',
  'tomorrow',
];
const STATUSES = [
  'canceled',
  'upToDate',
  'awaitingPayment',
  'late',
  'defaulter',
  'suspended',
  'trial',
  'finished',
  'free',
  undefined,
  'tomorrow',
];
const matrix = REASONS.flatMap((reason) =>
  STATUSES.map((status): [reason: string | null | undefined, status: string | undefined, canceled: boolean] => [
    reason,
    status,
    reason === 'cancellation' || (status === 'canceled' && [undefined, null, '', 'status_updated'].includes(reason)),
  ]),
);

describe('myeduzz.contract_updated', () => {
  it.each(matrix)('IN6.6 with reason %s and status %s is a cancellation: %s', (reason, status, canceled) => {
    const { shape, kind, subject, type } = event(eventOf('contract_updated', contract({ status }, { reason })));
    expect({ shape, kind }).toEqual(
      canceled
        ? { shape: 'SubscriptionCancellation', kind: 'SUBSCRIPTION' }
        : { shape: 'SubscriptionChange', kind: null },
    );
    expect({ subject, type }).toEqual({ subject: 'subscription/330077', type: 'myeduzz.contract_updated' });
  });

  it('IN6.8 reads the two words in either way in which Eduzz writes words', () => {
    for (const [reason, status] of [
      ['statusUpdated', 'Canceled'],
      ['STATUS_UPDATED', 'CANCELED'],
      ['Cancellation', 'upToDate'],
    ]) {
      expect(event(eventOf('contract_updated', contract({ status }, { reason }))).kind).toBe('SUBSCRIPTION');
    }
  });

  it('IN6.4 is a SubscriptionCancellation with all that it says', () => {
    const payload = eventOf('myeduzz.contract_updated', contract({ status: 'canceled' }, { reason: 'cancellation' }));
    expect(event(payload)).toMatchObject({
      tenant: 'eduzz:7001',
      occurredAt: time('2026-03-01T11:59:58.000Z'),
      data: {
        title: 'Choro todo mês',
        status: 'canceled',
        subscriptionId: '330077',
        products: [{ productId: '2201', name: 'Choro todo mês', price: { amount: '49.9', currency: 'BRL' } }],
        price: { amount: '49.9', currency: 'BRL' },
        interval: { unit: 'month', count: 1 },
        paymentMethod: 'creditCard',
        cause: 'cancellation',
        feedback: null,
        createdAt: time('2025-03-01T10:00:00.000Z'),
        updatedAt: time('2026-03-01T11:59:58.000Z'),
        canceledAt: null,
        sentAt: time('2026-03-01T12:00:05.250Z'),
        isLive: null,
      },
      personal: {
        tenantName: 'Rosa Produtora',
        customer: { name: 'Caio Assinante', email: 'caio@assina.example', phone: '+5581900000001', externalId: null },
        reason: null,
        payer: { name: 'Lia Pagadora', email: 'lia@paga.example', phone: '+5581900000001', externalId: null },
        producerEmail: 'rosa@produtora.example',
      },
    });
  });

  it('IN6.6 after a cancellation may say that it is reactivated, and each has a version that sorts as they came about', () => {
    const states = [
      contract({ status: 'trial', updatedAt: '1999-03-01T10:00:00.000Z' }, { reason: 'status_updated' }),
      contract({ status: 'upToDate', updatedAt: '2026-03-01T10:00:00.000Z' }, { reason: 'status_updated' }),
      contract({ status: 'canceled', updatedAt: '2026-03-02T10:00:00.000-03:00' }, { reason: 'cancellation' }),
      contract({ status: 'upToDate', updatedAt: '2026-03-02T15:00:00.000Z' }, { reason: 'reactivation' }),
      contract({ status: 'canceled', updatedAt: '2026-03-02T16:00:00.000Z' }, { reason: 'reactivation' }),
      contract({ status: 'canceled', updatedAt: '2126-03-02T10:00:00.000Z' }, { reason: 'cancellation' }),
    ].map((data) => event(eventOf('contract_updated', data)));
    expect(states.map(({ kind }) => kind)).toEqual([null, null, 'SUBSCRIPTION', null, null, 'SUBSCRIPTION']);
    const versions = states.map(({ version }) => version!);
    expect(versions.toSorted()).toEqual(versions);
    expect(new Set(versions.map((version) => version[0])).size).toBe(1);
    expect(new Set(versions).size).toBe(6);
    // Created before all of them, and maybe delivered after.
    const created = event(eventOf('contract_created', contract({ updatedAt: '2025-03-01T10:00:00.000Z' })));
    expect(created.version! < versions[1]!).toBe(true);
    for (const updatedAt of [undefined, '', 'soon', 7, '1960-01-01T00:00:00Z']) {
      expect(event(eventOf('contract_updated', contract({ updatedAt }))).version).toBeNull();
    }
    expect(event(sampleOf('myeduzz.contract_card_attempted')).version).toBeNull();
  });

  it('IN3.5 without an id is one event for each state of the contract, whenever it is sent; with ids they are all others', () => {
    const state = (fields: Record<string, unknown>, reason: string, envelope: Record<string, unknown> = {}) =>
      event(eventOf('contract_updated', contract(fields, { reason }), { id: undefined, ...envelope })).eventId;
    const canceled = { status: 'canceled' };
    const first = state(canceled, 'cancellation');
    expect(first).toMatch(/^derived:[0-9a-f]{64}$/);
    expect(
      state(canceled, 'cancellation', { sentDate: '2026-03-02T00:00:00Z', event: 'myeduzz.contract_updated' }),
    ).toBe(first);
    const others = [
      state({ ...canceled, id: '330078' }, 'cancellation'),
      state({ ...canceled, updatedAt: '2026-03-01T11:59:59.000Z' }, 'cancellation'),
      state(canceled, 'status_updated'),
      state({ status: 'late' }, 'cancellation'),
      state({ ...canceled, updatedAt: undefined }, 'cancellation'),
      event(
        eventOf('contract_updated', contract(canceled, { reason: 'cancellation', producer: { id: 1 } }), { id: null }),
      ).eventId,
    ];
    expect(new Set([first, ...others]).size).toBe(7);
    expect([1, 2].map((id) => state(canceled, 'cancellation', { id }))).toEqual(['1', '2']);
  });

  it('IN4.1 takes one that names only its contract, and keeps one in quarantine that can’t be decided', () => {
    const bare = eventOf('contract_updated', { producer: { id: 1 }, contract: { id: 2 }, reason: 'cancellation' });
    expect(event(bare)).toMatchObject({
      occurredAt: time('2026-03-01T12:00:05.250Z'),
      data: { title: null, status: null, products: [], price: null, interval: null, updatedAt: null },
      personal: { customer: { name: null }, payer: null },
    });
    const of = (state: Record<string, unknown>, more: Record<string, unknown> = {}) =>
      misfits(eventOf('contract_updated', contract(state, more)));
    expect(of({ status: 7 })).toEqual(['data.contract.status']);
    expect(of({ id: undefined })).toEqual(['data.contract.id']);
    expect(of({}, { reason: ['cancellation'] })).toEqual(['data.reason']);
    expect(of({}, { contract: null })).toEqual(['data.contract']);
    expect(
      normalise(
        eventOf('contract_updated', contract({ recurrence: 'x', payment: 7 }, { reason: 'cancellation', products: 7 })),
      ),
    ).toMatchObject({ outcome: 'event' });
  });

  it('IN6.1 keeps every digit of a contract’s id', () => {
    const text = JSON.stringify(
      eventOf('contract_updated', contract({ id: 'ID' }, { reason: 'cancellation' })),
    ).replace('"ID"', '98765432109876543210');
    expect(provider.normalise(verify(text), AT)).toMatchObject({
      event: { subject: 'subscription/98765432109876543210' },
    });
  });
});

describe('from when to when', () => {
  const canceled = (recurrence: Record<string, unknown>, state: Record<string, unknown> = {}) =>
    event(
      eventOf('contract_updated', contract({ status: 'canceled', recurrence, ...state }, { reason: 'cancellation' })),
    ).data;
  const [began, ends, until] = ['2025-03-01T10:00:00.000Z', '2026-09-01T10:00:00.000Z', '2026-10-01T10:00:00.000Z'];

  it('IN6.4 says when the access that a contract gives began, and when it ends', () => {
    const recurrence = { startsAt: began, finishesAt: ends, lastDue: '2026-08-01T10:00:00.000Z' };
    expect(canceled(recurrence)).toMatchObject({ startsAt: time(began), endsAt: time(ends) });
    // Where Eduzz says when the content is taken away, it is that.
    const contentAccess = { removeOnContractEnd: true, accessExpirationDate: until };
    expect(canceled(recurrence, { contentAccess })).toMatchObject({ endsAt: time(until) });
    expect(canceled({ startsAt: began, finishesAt: '' })).toMatchObject({ startsAt: time(began), endsAt: null });
  });

  it('IN4.6 takes one without these times, or with others', () => {
    for (const odd of [7, 'soon', true, [], {}, null, undefined]) {
      const read = canceled({ startsAt: odd, finishesAt: odd }, { contentAccess: { accessExpirationDate: odd } });
      expect(read).toMatchObject({ startsAt: null, endsAt: null });
    }
  });
});

describe('what was sent in 2024', () => {
  const { contract: today, ...around } = contract() as { contract: Record<string, unknown> };
  const { recurrence: _recurrence, payment: _payment, updatedAt: _updatedAt, ...state } = today;
  const ofThen = (status: string, more: Record<string, unknown> = {}) => ({
    ...around,
    contract: {
      ...state,
      status,
      paymentMethod: 'pix',
      totalValue: { currency: 'BRL', value: 120 },
      recurrence: {
        interval: { type: 'year', value: 2 },
        nextDue: '2026-04-01T10:00:00.000Z',
        totalOfInstallments: 12,
        price: { currency: 'BRL', value: 10 },
      },
    },
    ...more,
  });

  it.each(['contract_updated', 'myeduzz.contract_status_updated', 'subscriptions.status_updated'])(
    'IN6.7 reads interval and payment method of a contract of then: %s',
    (name) => {
      const { type, subject, data, occurredAt } = event(eventOf(name, ofThen('canceled')));
      expect(type).toBe(name === 'contract_updated' ? 'myeduzz.contract_updated' : name);
      expect({ subject, data }).toMatchObject({
        subject: 'subscription/330077',
        data: {
          title: 'Choro todo mês',
          status: 'canceled',
          interval: { unit: 'year', count: 2 },
          price: { amount: '10', currency: 'BRL' },
          paymentMethod: 'pix',
        },
      });
      expect(occurredAt.text).toBe('2026-03-01T12:00:05.250Z');
    },
  );

  it('IN6.6 takes the changeType of then as the reason', () => {
    const kindOf = (status: string, changeType: string) =>
      event(eventOf('subscriptions.contract_updated', ofThen(status, { changeType }))).kind;
    expect(kindOf('upToDate', 'cancellation')).toBe('SUBSCRIPTION');
    expect(kindOf('canceled', 'negotiation')).toBeNull();
    expect(kindOf('upToDate', 'negotiation')).toBeNull();
  });

  it('IN6.7 takes invoice_updated for what its status says, and for a cancellation only where that is canceled', () => {
    const { producer: _producer, status: _status, ...order } = invoice('canceled');
    const of = (status: unknown, more: Record<string, unknown> = {}) =>
      event(eventOf('invoice_updated', { ...order, status, ...more }));
    // Then it did not say whose it was.
    expect(of('canceled')).toMatchObject({
      type: 'myeduzz.invoice_updated',
      tenant: 'eduzz:unknown',
      subject: 'order/5500123',
      shape: 'OrderCancellation',
      kind: 'ORDER',
      data: { orderId: '5500123', status: 'canceled', total: { amount: '301.5', currency: 'BRL' } },
      personal: { customer: { name: 'Bento Comprador' }, tenantName: null, producerEmail: null },
    });
    expect(of('canceled', { producer: { id: 7001, name: 'Rosa' } })).toMatchObject({
      tenant: 'eduzz:7001',
      personal: { tenantName: 'Rosa' },
    });
    for (const [status, change] of [
      ['open', 'OPENED'],
      ['paid', 'PAID'],
      ['waitingPayment', 'AWAITING_PAYMENT'],
      ['waiting_refund', 'AWAITING_REFUND'],
      ['refunded', 'REFUNDED'],
      ['expired', 'EXPIRED'],
      ['recovering', 'RECOVERING'],
    ]) {
      const data = { orderChange: change, total: { amount: '301.5', currency: 'BRL' } };
      expect(of(status)).toMatchObject({ shape: 'OrderChange', kind: null, subject: 'order/5500123', data });
    }
    for (const status of ['analysing', 'trial', 'refused', 'overdue']) {
      expect(of(status)).toMatchObject({ shape: 'OtherEvent', kind: null, subject: 'order/5500123' });
    }
    const unpaid = { currency: 'BRL', value: 0 };
    expect(of('canceled', { paid: unpaid }).data['refundExpected']).toBe(false);
    expect(of('canceled', { paid: { ...unpaid, value: 9 } }).data['refundExpected']).toBeNull();
    expect(of(undefined).kind).toBeNull();
    expect(misfits(eventOf('invoice_updated', { ...order, status: ['canceled'] }))).toEqual(['data.status']);
  });
});
