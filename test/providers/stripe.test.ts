import { createHmac } from 'node:crypto';
import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { moneyOf } from '../../src/providers/stripe/amount.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { stripeDeleted } from '../fixtures/providers.ts';

const SECRET = 'whsec_of_the_suite_of_tests';
const provider = stripe({ secrets: [SECRET] });
const NOW = 1_778_000_100_000;
const PLACE = { source: 'shop', receivedAt: NOW };
const T = NOW / 1000;
const { webhooks } = new Stripe('sk_test_of_the_suite');

function normalise(payload: Record<string, unknown>): Normalised {
  const text = JSON.stringify(payload);
  const header = webhooks.generateTestHeaderString({ payload: text, secret: SECRET, timestamp: T });
  const delivery = { headers: { 'stripe-signature': header }, body: Buffer.from(text), receivedAt: NOW };
  const verified = provider.verify(delivery);
  if (verified instanceof Promise) throw new Error('a promise');
  return provider.normalise(verified, PLACE);
}

function event(payload: Record<string, unknown>): NewEvent {
  const normalised = normalise(payload);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

describe('Stripe', () => {
  it('IN6.4 makes a typed cancellation of a subscription that was deleted', () => {
    const canceled = event(stripeDeleted());
    const seconds = (at: number) => ({ at: at * 1000, text: String(at) });
    expect(canceled).toMatchObject({
      provider: 'stripe',
      type: 'customer.subscription.deleted',
      eventId: 'evt_1Invented',
      tenant: 'stripe:shop',
      subject: 'subscription/sub_1Invented',
      occurredAt: seconds(1_778_000_005),
      shape: 'SubscriptionCancellation',
      kind: 'SUBSCRIPTION',
      data: {
        title: 'Season ticket',
        canceledBy: { type: 'APP' },
        quantity: 3,
        status: 'canceled',
        startsAt: seconds(1_760_000_000),
        endsAt: seconds(1_778_000_005),
        subscriptionId: 'sub_1Invented',
        products: [
          {
            productId: 'prod_1',
            name: null,
            price: { amount: '9.90', currency: 'EUR' },
            quantity: 3,
            interval: { unit: 'month', count: 6 },
          },
        ],
        price: { amount: '9.90', currency: 'EUR' },
        interval: { unit: 'month', count: 6 },
        cause: 'payment_failed',
        feedback: 'unused',
        canceledAt: seconds(1_778_000_000),
        sentAt: seconds(1_778_000_010),
        isLive: true,
      },
      personal: { customer: { externalId: 'cus_Invented' }, reason: 'Said Olga on the phone' },
    });
    expect(canceled.traces).toContainEqual({ kind: 'contact', value: 'cus_Invented' });
  });

  it('IN6.10 says that livemode is false, whose connected account it is, and who an expanded customer is', () => {
    const customer = { id: 'cus_2', name: 'Olga', email: 'olga@erdacht.example', phone: null };
    const test = event(stripeDeleted({ customer }, { livemode: false, account: 'acct_1Invented' }));
    expect(test).toMatchObject({
      tenant: 'stripe:acct_1Invented',
      data: { isLive: false },
      personal: { customer: { name: 'Olga', email: 'olga@erdacht.example', externalId: 'cus_2' } },
    });
    expect(JSON.stringify(test.data)).not.toMatch(/Olga|olga|cus_2/);
  });

  it('IN6.10 gives each of several items its own price and quantity, names all, and takes an order without items', () => {
    const monthly = { interval: 'month', interval_count: 1 };
    const item = (name: string, quantity: number, recurring: object = monthly) => ({
      quantity,
      price: { currency: 'eur', unit_amount: quantity, recurring, product: { id: name.toLowerCase(), name } },
    });
    const several = (...items: object[]) => event(stripeDeleted({ items: { data: items } })).data;
    expect(several(item('Choir', 1), item('Piano', 2), item('Choir', 3))).toMatchObject({
      price: null,
      quantity: null,
      title: 'Choir, Piano',
      interval: { unit: 'month', count: 1 },
      products: [
        { productId: 'choir', name: 'Choir', quantity: 1, price: { amount: '0.01', currency: 'EUR' } },
        { productId: 'piano', name: 'Piano', quantity: 2, price: { amount: '0.02', currency: 'EUR' } },
        { productId: 'choir', name: 'Choir', quantity: 3, price: { amount: '0.03', currency: 'EUR' } },
      ],
    });
    const yearly = { interval: 'year', interval_count: 1 };
    expect(several(item('Choir', 1), item('Piano', 2, yearly))).toMatchObject({
      interval: null,
      products: [{ interval: { unit: 'month' } }, { interval: { unit: 'year' } }],
    });
    for (const items of [null, undefined, { data: [] }]) {
      expect(event(stripeDeleted({ items })).data).toMatchObject({ price: null, products: [] });
    }
    expect(event(stripeDeleted({ ended_at: null, cancellation_details: null }))).toMatchObject({
      occurredAt: { at: 1_778_000_010_000 },
      data: { canceledBy: { type: 'UNKNOWN' }, cause: null },
    });
  });

  const amounts: [price: Record<string, unknown>, amount: string | null][] = [
    [{ currency: 'eur', unit_amount: 1250 }, '12.50'],
    [{ currency: 'usd', unit_amount: 5 }, '0.05'],
    [{ currency: 'jpy', unit_amount: 1250 }, '1250'],
    [{ currency: 'KWD', unit_amount: 1250 }, '1.250'],
    [{ currency: 'eur', unit_amount: null, unit_amount_decimal: '0.5' }, '0.005'],
    [{ currency: 'eur', unit_amount: 1, unit_amount_decimal: '12345678901234567890.12' }, '123456789012345678.9012'],
    [{ currency: 'eur', unit_amount: -990 }, '-9.90'],
    [{ currency: 'eur' }, null],
    [{ unit_amount: 1 }, null],
  ];
  it.each(amounts)('IN6.10 moves the point of %j by as many places as the currency has', (price, amount) => {
    expect(moneyOf(price as never)?.amount ?? null).toBe(amount);
  });

  it('IN4.2 records other types, thin events, and objects of any kind as they are', () => {
    expect(event(stripeDeleted({}, { type: 'customer.subscription.paused' }))).toMatchObject({
      shape: 'OtherEvent',
      subject: 'subscription/sub_1Invented',
      traces: [{ kind: 'contact', value: 'cus_Invented' }],
    });
    const thin = {
      id: 'evt_thin',
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      created: '2026-05-05T16:00:00.123Z',
      livemode: false,
      context: 'acct_2Invented',
      related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    };
    expect(event(thin)).toMatchObject({
      shape: 'OtherEvent',
      eventId: 'evt_thin',
      tenant: 'stripe:acct_2Invented',
      subject: 'meter/mtr_1',
      occurredAt: { at: Date.parse('2026-05-05T16:00:00.123Z') },
    });
    expect(event({ ...thin, type: 'customer.subscription.paused', related_object: null, created: -1 })).toMatchObject({
      subject: null,
      occurredAt: { at: NOW },
    });
    // Named like an event that has a type, and without what that needs.
    expect(normalise({ ...thin, type: 'customer.subscription.deleted' })).toMatchObject({
      outcome: 'unfit',
      type: 'customer.subscription.deleted',
      eventId: 'evt_thin',
    });
    expect(
      event({ id: 'evt_c', type: 'customer.deleted', data: { object: { object: 'customer', id: 'cus_9' } } }),
    ).toMatchObject({
      subject: 'customer/cus_9',
      traces: [{ kind: 'contact', value: 'cus_9' }],
    });
  });
});

describe('Stripe’s own library', () => {
  const body = JSON.stringify(stripeDeleted());
  const v1 = (at: number | string = T, text: string = body, secret = SECRET) =>
    createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
  const made = (timestamp: number, secret = SECRET) =>
    webhooks.generateTestHeaderString({ payload: body, secret, timestamp });

  const theirs = (header: unknown, text: string) => {
    try {
      webhooks.constructEvent(text, header as string, SECRET, undefined, undefined, NOW);
      return true;
    } catch {
      return false;
    }
  };
  const ours = (header: unknown, text: string) => {
    try {
      void provider.verify({
        headers: { 'stripe-signature': header as string },
        body: Buffer.from(text),
        receivedAt: NOW,
      });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: 'HookcastError' });
      return false;
    }
  };

  const same: [what: string, header: unknown, accepted: boolean, text?: string][] = [
    ['made by the library', made(T), true],
    ['as old as may be', made(T - 300), true],
    ['too old', made(T - 301), false],
    ['far ahead of us', made(T + 1_000_000), true],
    ['of another secret', made(T, 'whsec_other'), false],
    ['of a body that was tampered with', made(T), false, body.replace('canceled', 'cancelled')],
    ['of a body with a blank behind it', made(T), false, `${body} `],
    ['with two signatures, the second right', `t=${T},v1=${'0'.repeat(64)},v1=${v1()}`, true],
    ['with two signatures, the first right', `t=${T},v1=${v1()},v1=${'0'.repeat(64)}`, true],
    ['with two signatures, neither right', `t=${T},v1=${'0'.repeat(64)},v1=${'1'.repeat(64)}`, false],
    ['with the time behind the signature', `v1=${v1()},t=${T}`, true],
    ['with v0 beside v1', `t=${T},v1=${v1()},v0=${'0'.repeat(64)}`, true],
    ['with v0 alone', `t=${T},v0=${v1()}`, false],
    ['of an unknown version', `t=${T},v2=${v1()}`, false],
    ['with a time twice, of which the last is signed', `t=1,t=${T},v1=${v1()}`, true],
    ['with a time twice, of which the first is signed', `t=${T},t=1,v1=${v1()}`, false],
    ['with blanks between its parts', `t=${T}, v1=${v1()}`, false],
    ['with blanks around it', ` t=${T},v1=${v1()} `, false],
    ['with a blank behind the signature', `t=${T},v1=${v1()} `, false],
    ['without a time', `v1=${v1()}`, false],
    ['without a signature', `t=${T}`, false],
    ['with a time that is a word', `t=now,v1=${v1('now')}`, false],
    ['signed without the dot', `t=${T},v1=${createHmac('sha256', SECRET).update(`${T}${body}`).digest('hex')}`, false],
    ['signed without the time', `t=${T},v1=${createHmac('sha256', SECRET).update(body).digest('hex')}`, false],
    ['cut short', made(T).slice(0, -1), false],
    ['empty', '', false],
    ['missing', undefined, false],
    ['a list', [made(T)], false],
    ['of an empty body', `t=${T},v1=${v1(T, '')}`, false, ''],
    ['of a body that is no JSON', `t=${T},v1=${v1(T, '{')}`, false, '{'],
  ];
  it.each(same)(
    'IN2.9 accepts or refuses a signature %s just as hookcast does',
    (_what, header, accepted, text = body) => {
      expect(theirs(header, text)).toBe(accepted);
      expect(ours(header, text)).toBe(accepted);
    },
  );

  const different: [
    what: string,
    why: string,
    header: string,
    accepted: { theirs: boolean; ours: boolean },
    text?: string,
  ][] = [
    ['in capital letters', 'the same bytes', `t=${T},v1=${v1().toUpperCase()}`, { theirs: false, ours: true }],
    ['of a time with letters behind', 'not a time', `t=${T}abc,v1=${v1()}`, { theirs: true, ours: false }],
    ['of a time with a zero before it', 'not how it is written', `t=0${T},v1=${v1()}`, { theirs: true, ours: false }],
    ['with something behind a second =', 'not hex', `t=${T},v1=${v1()}=x`, { theirs: true, ours: false }],
    ['of JSON that is no object', 'not an event', `t=${T},v1=${v1(T, '[]')}`, { theirs: true, ours: false }, '[]'],
    [
      'of a thin event',
      'recorded as it is; the library has another method for them',
      `t=${T},v1=${v1(T, '{"object":"v2.core.event"}')}`,
      { theirs: false, ours: true },
      '{"object":"v2.core.event"}',
    ],
  ];
  it.each(different)('IN2.9 differs on purpose on a signature %s: %s', (_what, _why, header, accepted, text = body) => {
    expect({ theirs: theirs(header, text), ours: ours(header, text) }).toEqual(accepted);
  });

  it('IN2.9 takes what hookcast signs', async () => {
    const [sample] = provider.samples;
    const signed = await provider.sign!(sample!.payload(), new Date(NOW));
    expect(theirs(signed.headers['stripe-signature'], signed.body)).toBe(true);
  });
});
