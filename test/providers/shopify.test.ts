import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { shopify } from '../../src/providers/shopify/shopify.ts';

const SECRET = 'a client secret of the suite';
const provider = shopify({ secrets: [SECRET] });
const ORDER = { id: 5820982911946, name: '#9999', currency: 'EUR', total_price: '41.94' };

function receive(headers: Record<string, string>, payload: object = ORDER) {
  const body = Buffer.from(JSON.stringify(payload));
  const verified = provider.verify({ headers, body, receivedAt: Date.now() });
  return provider.normalise(verified as Exclude<typeof verified, Promise<unknown>>, {
    source: 'shop',
    receivedAt: Date.now(),
  });
}

function signed(prefix: string, payload: object = ORDER, topic = 'orders/cancelled'): Record<string, string> {
  return {
    [`${prefix}hmac-sha256`]: createHmac('sha256', SECRET).update(JSON.stringify(payload)).digest('base64'),
    [`${prefix}topic`]: topic,
    [`${prefix}webhook-id`]: 'w-1',
    [`${prefix}shop-domain`]: 'choir.myshopify.com',
    [`${prefix}triggered-at`]: '2026-04-03T07:06:40.123456789Z',
  };
}

it('IN2.2 takes either family of Shopify’s headers, and looks at the newer one where both are there', () => {
  for (const prefix of ['x-shopify-', 'shopify-']) {
    expect(receive(signed(prefix)), prefix).toMatchObject({
      outcome: 'event',
      event: {
        type: 'orders/cancelled',
        eventId: 'w-1',
        tenant: 'shopify:choir.myshopify.com',
        shape: 'OrderCancellation',
      },
    });
  }
  const both = { ...signed('x-shopify-'), 'shopify-hmac-sha256': 'AAAA' };
  expect(() => receive(both)).toThrow(/shopify-hmac-sha256 does not sign/);
});

it('IN6.3 says of an order of Shopify whether money is to go back, as far as anybody knows', () => {
  const expected = { refunded: true, partially_refunded: true, pending: false, voided: false, paid: null };
  for (const [financial_status, refundExpected] of Object.entries(expected)) {
    const payload = { ...ORDER, financial_status };
    expect(receive(signed('x-shopify-', payload), payload), financial_status).toMatchObject({
      event: { data: { refundExpected, status: financial_status } },
    });
  }
});

it('IN4.1 keeps what Shopify signs without a topic in quarantine, with its shop', () => {
  const { 'x-shopify-topic': _topic, ...headers } = signed('x-shopify-');
  expect(receive(headers)).toMatchObject({ outcome: 'unfit', account: 'choir.myshopify.com' });
});
