import { createHmac } from 'node:crypto';
import { Paddle } from '@paddle/paddle-node-sdk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paddle } from '../../src/providers/paddle/paddle.ts';
import { providerContract } from '../../src/testing/contract.ts';
import { thoroughly } from '../support/thorough.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const [SECRET] = secrets;
const provider = paddle({ secrets: [SECRET] });
const { webhooks } = new Paddle('an API key that is not used');

describe('paddle', () => {
  const contract = providerContract({
    provider: (given) => paddle({ secrets: given }),
    secrets,
    timestamp: { past: 300, future: 300 },
    required: [
      'data',
      'data.action',
      'data.id',
      'data.scheduled_change',
      'data.scheduled_change.action',
      'data.status',
      'data.transaction_id',
      'event_type',
    ],
  });
  for (const { title, run } of contract) it(`IN6.3 ${title}`, run);
});

interface Sent {
  readonly body: string;
  readonly signature: string;
}

function mac(body: string, ts: number | string, secret: string = SECRET): string {
  return createHmac('sha256', secret).update(`${ts}:${body}`).digest('hex');
}

/** Whether it takes the signature; whether it understands the body then is another question. */
function takes({ body, signature }: Sent): boolean {
  try {
    const headers = { 'paddle-signature': signature };
    void provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() });
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    expect(['SIGNATURE_INVALID', 'MALFORMED_DELIVERY']).toContain(code);
    return code === 'MALFORMED_DELIVERY';
  }
}

const libraryTakes = async ({ body, signature }: Sent) =>
  webhooks.isSignatureValid(body, SECRET, signature).catch(() => false);

/** One letter another, one more, one less; or as it was. */
const edited = (text: string, letters: string) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(text) },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom('', ...letters.split('')), fc.nat(2))
      .map(([at, letter, cut]) => text.slice(0, at) + letter + text.slice(at + cut)),
  );

const deliveries = fc
  .record({
    body: fc
      .record({ event_type: fc.string(), note: fc.string({ unit: 'grapheme' }) })
      .map((body) => JSON.stringify(body)),
    // Not of between five seconds and five minutes, which is a difference of its own.
    age: fc.oneof({ weight: 4, arbitrary: fc.nat(1) }, fc.integer({ min: 310, max: 90_000 })),
    secret: fc.constantFrom(SECRET, SECRET, SECRET, secrets[1]),
  })
  .chain(({ body, age, secret }) => {
    const ts = Math.floor(Date.now() / 1000) - age;
    return fc.record({
      body: edited(body, '{}"é'),
      ts: fc.oneof({ weight: 5, arbitrary: fc.constant(ts) }, fc.constantFrom(ts - 1, ts + 1)),
      h1: edited(mac(body, ts, secret), '0123456789abcdefg'),
      names: fc.constantFrom(
        ['ts', 'h1'],
        ['ts', 'h1'],
        ['ts', 'h1'],
        ['ts', 'h1'],
        ['t', 'h1'],
        ['ts', 'h2'],
        ['TS', 'h1'],
      ),
      turned: fc.boolean(),
      more: fc.constantFrom([], [], ['x=1'], ['']),
    });
  })
  .map(({ body, ts, h1, names: [time, scheme], turned, more }) => {
    const parts = [`${time}=${ts}`, `${scheme}=${h1}`];
    return { body, signature: [...(turned ? parts.toReversed() : parts), ...more].join(';') };
  });

it('IN2.9 takes and refuses of many deliveries of Paddle what its own library does', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(deliveries, async (sent) => {
      const isTaken = takes(sent);
      if (isTaken) taken += 1;
      expect(isTaken).toBe(await libraryTakes(sent));
    }),
    { numRuns: thoroughly(1_000, 150) },
  );
  // Or it would only say that both refuse everything.
  expect(taken).toBeGreaterThan(thoroughly(50, 5));
});

const BODY = '{"event_type":"x.y"}';
const now = () => Math.floor(Date.now() / 1000);

it('IN2.9 takes deliveries of Paddle up to five minutes old, where its library takes five seconds: a repeated one is a duplicate', async () => {
  const ts = now() - 60;
  const sent = { body: BODY, signature: `ts=${ts};h1=${mac(BODY, ts)}` };
  expect([takes(sent), await libraryTakes(sent)]).toEqual([true, false]);
});

it('IN2.6 refuses deliveries of Paddle from more than five minutes ahead, for which its library has no bound', () => {
  const of = (ts: number) => takes({ body: BODY, signature: `ts=${ts};h1=${mac(BODY, ts)}` });
  expect([of(now() + 290), of(now() + 310)]).toEqual([true, false]);
});

it('IN2.4 takes any of several signatures of Paddle, where its library checks only the last one', async () => {
  const ts = now();
  const [right, wrong] = [`h1=${mac(BODY, ts)}`, `h1=${mac(BODY, ts, secrets[1])}`];
  const first = { body: BODY, signature: `ts=${ts};${right};${wrong}` };
  const last = { body: BODY, signature: `ts=${ts};${wrong};${right}` };
  expect([takes(first), takes(last), await libraryTakes(first), await libraryTakes(last)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it('IN2.7 takes hex in capitals and blanks behind a semicolon from Paddle, which its library refuses', async () => {
  const ts = now();
  for (const signature of [`ts=${ts};h1=${mac(BODY, ts).toUpperCase()}`, `ts=${ts}; h1=${mac(BODY, ts)}`]) {
    const sent = { body: BODY, signature };
    expect([takes(sent), await libraryTakes(sent)], signature).toEqual([true, false]);
  }
});

it('IN2.2 reads Paddle’s time only in whole seconds, where its library takes any number of digits', () => {
  const ts = now();
  for (const odd of [`${ts}a`, `0${ts}`, `${ts}.5`, `${ts}000`, '']) {
    expect(takes({ body: BODY, signature: `ts=${odd};h1=${mac(BODY, odd)}` }), odd).toBe(false);
  }
});

/** The outcome of an event with this object. */
async function made(event_type: string, data: object) {
  const payload = {
    event_id: 'evt_1',
    event_type,
    occurred_at: '2026-04-03T07:06:40.123456Z',
    notification_id: 'n',
    data,
  };
  const { headers, body } = await provider.sign!(payload, new Date());
  const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() });
  const normalised = provider.normalise(verified, { source: 'paddle', receivedAt: Date.now() });
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  const { event } = normalised;
  return { ...event, data: event.data as Record<string, unknown> };
}

it('IN11.8 knows a subscription of Paddle that is to be cancelled from one that has ended, and counts that one once', async () => {
  const sent = { id: 'sub_1', status: 'active', customer_id: 'ctm_1', updated_at: '2026-04-03T07:06:40.123456Z' };
  const cancel = { action: 'cancel', effective_at: '2026-05-01T00:00:00Z' };
  const scheduled = await made('subscription.updated', { ...sent, scheduled_change: cancel });
  expect(scheduled).toMatchObject({
    shape: 'SubscriptionCancellation',
    happened: 'SCHEDULED',
    subject: 'subscription/sub_1',
    version: 'u001775200000123',
    data: { isScheduled: true, endsAt: { text: '2026-05-01T00:00:00Z' } },
  });
  const canceled = { ...sent, status: 'canceled', canceled_at: '2026-05-01T00:00:01Z', scheduled_change: null };
  expect(await made('subscription.canceled', canceled)).toMatchObject({
    happened: 'CANCELED',
    occurredAt: { text: '2026-05-01T00:00:01Z' },
    data: { endsAt: { text: '2026-05-01T00:00:01Z' } },
  });
  // The transaction that made it is beside it.
  expect(await made('subscription.created', { ...sent, transaction_id: 'txn_1' })).toMatchObject({
    happened: 'CREATED',
    subject: 'subscription/sub_1',
  });
  for (const more of [canceled, { ...sent, scheduled_change: { ...cancel, action: 'pause' } }, sent]) {
    expect((await made('subscription.updated', more)).shape).toBe('OtherEvent');
  }
});

it('IN11.8 counts a transaction of Paddle as paid once it is completed, and not before', async () => {
  const totals = { total: '6533', grand_total: '6000', currency_code: 'USD' };
  const sent = { id: 'txn_1', status: 'completed', details: { totals } };
  expect(await made('transaction.completed', sent)).toMatchObject({
    happened: 'PAID',
    subject: 'order/txn_1',
    data: { value: { amount: '60.00', currency: 'USD' }, total: { amount: '65.33', currency: 'USD' } },
  });
  for (const name of ['paid', 'ready', 'updated', 'revised']) {
    expect(await made(`transaction.${name}`, sent)).toMatchObject({ shape: 'OtherEvent', subject: 'order/txn_1' });
  }
  const others = {
    created: 'OPENED',
    billed: 'AWAITING_PAYMENT',
    payment_failed: 'PAYMENT_FAILED',
    past_due: 'RECOVERING',
  };
  for (const [name, happened] of Object.entries(others)) {
    expect((await made(`transaction.${name}`, sent)).happened, name).toBe(happened);
  }
  expect(await made('transaction.canceled', { ...sent, status: 'canceled' })).toMatchObject({
    shape: 'OrderCancellation',
    data: { refundExpected: false },
  });
});

it('IN11.8 types a refund and a chargeback of Paddle by action and status, and a credit or a warning not at all', async () => {
  const of = async (name: string, action: string, status: string) => {
    const totals = { total: '100', currency_code: 'JPY' };
    const event = await made(`adjustment.${name}`, { id: 'adj_1', transaction_id: 'txn_1', action, status, totals });
    expect(event.subject).toBe('order/txn_1');
    if (event.happened) expect(event.data['value']).toEqual({ amount: '100', currency: 'JPY' });
    return event.happened;
  };
  expect(await of('created', 'refund', 'pending_approval')).toBe('AWAITING_REFUND');
  expect(await of('updated', 'refund', 'approved')).toBe('REFUNDED');
  expect(await of('updated', 'refund', 'rejected')).toBe(null);
  expect(await of('created', 'chargeback', 'approved')).toBe('CHARGED_BACK');
  expect(await of('updated', 'chargeback', 'reversed')).toBe(null);
  for (const action of ['credit', 'chargeback_warning', 'chargeback_reverse']) {
    expect(await of('created', action, 'approved'), action).toBe(null);
  }
});
