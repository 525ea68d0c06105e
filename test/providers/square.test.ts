import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { square } from '../../src/providers/square/square.ts';
import { providerContract } from '../../src/testing/contract.ts';

const PUBLIC_URL = 'https://hooks.example.com';
const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const provider = square({ secrets });

const DECISIVE = [
  'data',
  'data.object',
  'data.object.booking',
  'data.object.booking.id',
  'data.object.booking.status',
  'data.object.dispute',
  'data.object.dispute.disputed_payment',
  'data.object.dispute.disputed_payment.payment_id',
  'data.object.order_updated',
  'data.object.order_updated.order_id',
  'data.object.order_updated.state',
  'data.object.payment',
  'data.object.payment.id',
  'data.object.payment.status',
  'data.object.refund',
  'data.object.refund.id',
  'data.object.refund.status',
  'data.object.subscription',
  'data.object.subscription.canceled_date',
  'data.object.subscription.id',
  'data.object.subscription.status',
  'type',
];

const sampleOf = (event: string) => () => provider.samples.find((sample) => sample.event === event)!.payload();

describe('square', () => {
  const contract = providerContract({ provider: (given) => square({ secrets: given }), secrets, required: DECISIVE });
  for (const { title, run } of contract) it(`IN6.3 ${title}`, run);
});

function of(type: string, name: string, object: object) {
  return {
    merchant_id: 'M1',
    type,
    event_id: 'e-1',
    created_at: '2026-04-03T07:06:40Z',
    data: { type: name, id: 'x', object: { [name]: object } },
  };
}

/** The outcome of an event about this object. */
async function made(type: string, name: string, object: object) {
  const to = { url: `${PUBLIC_URL}/webhooks/square` };
  const { headers, body } = await provider.sign!(of(type, name, object), new Date(), to);
  const arrived = { publicUrl: PUBLIC_URL, target: '/webhooks/square' };
  const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now(), ...arrived });
  const normalised = provider.normalise(verified, { source: 'square', receivedAt: Date.now() });
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  const { event } = normalised;
  return { ...event, data: event.data as Record<string, unknown>, personal: event.personal as Record<string, unknown> };
}

const BOOKING = {
  id: 'b1',
  version: 2,
  status: 'ACCEPTED',
  start_at: '2026-05-08T12:00:00Z',
  customer_id: 'c1',
  creator_details: { creator_type: 'TEAM_MEMBER', team_member_id: 't1' },
  appointment_segments: [
    { duration_minutes: 45, intermission_minutes: 15, service_variation_id: 's1', team_member_id: 't1' },
    { duration_minutes: 30, intermission_minutes: 10, service_variation_id: 's2', team_member_id: 't2' },
  ],
};

it('IN11.8 types what Square says of a booking by its status, and says which of both sides cancelled', async () => {
  const statusOf = async (status: string, type = 'booking.updated') => {
    const { shape, happened, data } = await made(type, 'booking', { ...BOOKING, status });
    return [shape, happened, (data['canceledBy'] as { type: string } | undefined)?.type];
  };
  expect(await statusOf('CANCELLED_BY_CUSTOMER')).toEqual(['BookingCancellation', 'CANCELED', 'CUSTOMER']);
  expect(await statusOf('CANCELLED_BY_SELLER')).toEqual(['BookingCancellation', 'CANCELED', 'BUSINESS']);
  expect(await statusOf('DECLINED')).toEqual(['BookingChange', 'DECLINED', undefined]);
  expect(await statusOf('NO_SHOW')).toEqual(['BookingChange', 'MARKED_AS_NO_SHOW', undefined]);
  expect(await statusOf('ACCEPTED')).toEqual(['BookingChange', 'UPDATED', undefined]);
  expect(await statusOf('CANCELLED_BY_A_CAT')).toEqual(['BookingChange', 'UPDATED', undefined]);
  expect(await statusOf('ACCEPTED', 'booking.created')).toEqual(['BookingChange', 'CREATED', undefined]);
  expect(await statusOf('PENDING', 'booking.created')).toEqual(['BookingChange', 'REQUESTED', undefined]);
});

it('IN6.10 says of a booking of Square when it ends, after all of its services and the pauses between them', async () => {
  const { data, subject, version, tenant } = await made('booking.updated', 'booking', BOOKING);
  expect(data).toMatchObject({
    startsAt: { at: Date.parse('2026-05-08T12:00:00Z') },
    endsAt: { at: Date.parse('2026-05-08T13:30:00Z') },
    slot: { serviceId: null, staff: { staffId: null } },
    createdBy: { type: 'BUSINESS' },
  });
  expect([subject, version, tenant]).toEqual(['booking/b1', 'v00000000000000000002', 'square:M1']);
});

const PAYMENT = { id: 'p1', order_id: 'o1', status: 'COMPLETED', total_money: { amount: 4194, currency: 'USD' } };

it('IN11.8 counts a payment of Square once, though Square tells of it again with its fee and with each refund', async () => {
  const paid = await made('payment.updated', 'payment', PAYMENT);
  expect(paid).toMatchObject({ shape: 'OrderChange', happened: 'PAID', subject: 'order/o1' });
  expect(paid.data['value']).toEqual({ amount: '41.94', currency: 'USD' });
  const fee = [{ type: 'INITIAL', amount_money: { amount: 59, currency: 'USD' } }];
  for (const more of [
    { processing_fee: fee },
    { refund_ids: ['r1'] },
    { status: 'APPROVED' },
    { status: 'CANCELED' },
  ]) {
    expect(await made('payment.updated', 'payment', { ...PAYMENT, ...more })).toMatchObject({
      shape: 'OtherEvent',
      subject: 'order/o1',
    });
  }
  const yen = { ...PAYMENT, total_money: { amount: 4194, currency: 'JPY' }, status: 'FAILED', order_id: null };
  expect(await made('payment.created', 'payment', yen)).toMatchObject({
    happened: 'PAYMENT_FAILED',
    subject: 'order/p1',
    data: { value: { amount: '4194', currency: 'JPY' } },
  });
});

it('IN11.8 types refunds, disputes and cancelled orders of Square, and no inquiry of a bank', async () => {
  const refund = { id: 'r1', payment_id: 'p1', order_id: 'o1', amount_money: { amount: 100, currency: 'EUR' } };
  for (const [status, happened] of Object.entries({
    PENDING: 'AWAITING_REFUND',
    COMPLETED: 'REFUNDED',
    FAILED: null,
  })) {
    const event = await made('refund.updated', 'refund', { ...refund, status, reason: 'Paula asked' });
    expect([event.happened, event.subject], status).toEqual([happened, 'order/o1']);
    if (happened) expect(event.data['value']).toEqual({ amount: '1.00', currency: 'EUR' });
    expect(JSON.stringify(event.data)).not.toContain('Paula');
  }
  const dispute = { disputed_payment: { payment_id: 'p1' }, amount_money: { amount: 100, currency: 'EUR' } };
  for (const [state, happened] of Object.entries({ EVIDENCE_REQUIRED: 'CHARGED_BACK', INQUIRY_PROCESSING: null })) {
    expect((await made('dispute.created', 'dispute', { ...dispute, state })).happened, state).toBe(happened);
  }
  const order = { order_id: 'o1', version: 4 };
  expect(await made('order.updated', 'order_updated', { ...order, state: 'CANCELED' })).toMatchObject({
    shape: 'OrderCancellation',
    subject: 'order/o1',
    data: { refundExpected: false, reference: 'o1' },
  });
  expect((await made('order.updated', 'order_updated', { ...order, state: 'COMPLETED' })).shape).toBe('OtherEvent');
  expect((await made('order.created', 'order_created', { ...order, state: 'OPEN' })).happened).toBe('OPENED');
  expect((await made('order.created', 'order_created', { ...order, state: 'DRAFT' })).happened).toBe(null);
});

it('IN11.8 knows a subscription of Square that is to end by its day, and one that has ended by its status', async () => {
  const sent = { id: 's1', timezone: 'America/New_York', plan_variation_id: 'plan', version: 7, status: 'ACTIVE' };
  const of = (more: object) => made('subscription.updated', 'subscription', { ...sent, ...more });
  expect(await of({ canceled_date: '2026-07-26' })).toMatchObject({
    shape: 'SubscriptionCancellation',
    happened: 'SCHEDULED',
    data: { isScheduled: true, endsAt: { at: Date.parse('2026-07-26T04:00:00Z') }, title: 'plan' },
  });
  expect(await of({ canceled_date: '2026-07-26', status: 'CANCELED' })).toMatchObject({ happened: 'CANCELED' });
  expect(await of({ status: 'CANCELED', canceled_date: 'soon' })).toMatchObject({ data: { endsAt: null } });
  for (const more of [{}, { status: 'DEACTIVATED', canceled_date: '2026-07-26' }, { status: 'COMPLETED' }]) {
    expect((await of(more)).shape).toBe('OtherEvent');
  }
});

it('PRIV2.4 finds the people of events of Square without a type: a customer, and whom an invoice goes to', async () => {
  const person = { given_name: 'Paula', family_name: 'Reis', email_address: 'paula@coro.example' };
  const invoice = { id: 'i1', order_id: 'o1', primary_recipient: { ...person, customer_id: 'c1' } };
  for (const event of [
    await made('customer.updated', 'customer', { ...person, id: 'c1' }),
    await made('invoice.canceled', 'invoice', invoice),
  ]) {
    expect(event.shape).toBe('OtherEvent');
    expect(event.traces).toEqual(
      expect.arrayContaining([
        { kind: 'contact', value: 'c1' },
        { kind: 'email', value: 'paula@coro.example' },
      ]),
    );
  }
});

it('IN2.9 takes base64 of Square in the one form that its own library compares with, letter by letter', async () => {
  const body = JSON.stringify(sampleOf('booking.updated')());
  const signature = createHmac('sha256', secrets[0]).update(`${PUBLIC_URL}/webhooks/it${body}`).digest('base64');
  const take = (given: string, target = '/webhooks/it') =>
    provider.verify({
      headers: { 'x-square-hmacsha256-signature': given },
      body: Buffer.from(body),
      receivedAt: Date.now(),
      publicUrl: PUBLIC_URL,
      target,
    });
  expect(() => void take(signature)).not.toThrow();
  for (const odd of [signature.replace(/=+$/, ''), ` ${signature}`, `${signature} `, `${signature}=`]) {
    expect(() => void take(odd), odd).toThrow(/does not sign/);
  }
  for (const target of ['/webhooks/it/', '/webhooks/it?a=b', '/webhooks/other']) {
    expect(() => void take(signature, target), target).toThrow(/does not sign/);
  }
});
