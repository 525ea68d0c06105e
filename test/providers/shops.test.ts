import { createHmac } from 'node:crypto';
import { github } from '../../src/providers/github/github.ts';
import { kiwify } from '../../src/providers/kiwify/kiwify.ts';
import { paddle } from '../../src/providers/paddle/paddle.ts';
import type { Sample } from '../../src/providers/sample.ts';
import { shopify } from '../../src/providers/shopify/shopify.ts';
import { describeProvider } from '../contract/provider.contract.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const PEOPLE = ['Paula', 'paula@coro.example', '+5511900000000'];

const payloadOf = (samples: readonly Sample[], event: string) => () =>
  samples.find((sample) => sample.event === event)!.payload();
const bodyOf = (bytes: Buffer) => bytes as unknown as string;

const kiwifySamples = kiwify({ secrets }).samples;

describeProvider({
  name: 'Kiwify',
  provider: (given) => kiwify({ secrets: given }),
  secrets,
  sign: (bytes, secret) => ({
    headers: { 'content-type': 'application/json' },
    body: bodyOf(bytes),
    query: `signature=${createHmac('sha1', secret).update(bytes).digest('hex')}`,
  }),
  signatureHeader: null,
  timestamped: null,
  valid: {
    subscription_canceled: payloadOf(kiwifySamples, 'subscription_canceled'),
    order_refunded: payloadOf(kiwifySamples, 'order_refunded'),
  },
  unknown: () => ({ ...payloadOf(kiwifySamples, 'order_approved')(), webhook_event_type: 'subscription_late' }),
  unfit: {
    payload: () => ({ ...payloadOf(kiwifySamples, 'order_approved')(), order_id: ['Paula'] }),
    path: 'order_id',
  },
  decisive: ['order_id', 'subscription_id', 'webhook_event_type'],
  personal: [...PEOPLE, '00000000000'],
});

const shopifySamples = shopify({ secrets }).samples;

describeProvider({
  name: 'Shopify',
  provider: (given) => shopify({ secrets: given }),
  secrets,
  sign: (bytes, secret) => ({
    headers: {
      'content-type': 'application/json',
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(bytes).digest('base64'),
      ...(bytes.toString() !== '{}' && { 'x-shopify-topic': topicOf(bytes.toString('latin1')) }),
      'x-shopify-webhook-id': topicOf(bytes.toString('latin1')),
      'x-shopify-shop-domain': 'choir.myshopify.com',
    },
    body: bodyOf(bytes),
  }),
  signatureHeader: 'x-shopify-hmac-sha256',
  timestamped: null,
  valid: {
    'orders/cancelled': payloadOf(shopifySamples, 'orders/cancelled'),
    'refunds/create': payloadOf(shopifySamples, 'refunds/create'),
  },
  unknown: () => ({ id: 1, is: 'a cart' }),
  unfit: { payload: () => ({ ...payloadOf(shopifySamples, 'orders/cancelled')(), id: ['Paula'] }), path: 'id' },
  decisive: ['id', 'order_id'],
  personal: [...PEOPLE, 'Reis', '7115310627314'],
});

/** The header names it, and not the body. */
function topicOf(body: string): string {
  if (body.includes('a cart')) return 'carts/create';
  return body.includes('transactions') ? 'refunds/create' : 'orders/cancelled';
}

const githubSamples = github({ secrets }).samples;

describeProvider({
  name: 'GitHub',
  provider: (given) => github({ secrets: given }),
  secrets,
  sign: (bytes, secret) => ({
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
      ...(bytes.toString() !== '{}' && { 'x-github-event': eventOf(bytes.toString('latin1')) }),
      'x-github-delivery': eventOf(bytes.toString('latin1')),
    },
    body: bodyOf(bytes),
  }),
  signatureHeader: 'x-hub-signature-256',
  timestamped: null,
  valid: {
    'sponsorship.cancelled': payloadOf(githubSamples, 'sponsorship.cancelled'),
    'marketplace_purchase.cancelled': payloadOf(githubSamples, 'marketplace_purchase.cancelled'),
  },
  unknown: () => ({ action: 'opened', issue: { title: 'Paula sings' } }),
  unfit: {
    payload: () => ({ action: 'cancelled', sponsorship: { node_id: ['Paula'] } }),
    path: 'sponsorship.node_id',
  },
  decisive: [
    'action',
    'marketplace_purchase',
    'marketplace_purchase.account',
    'marketplace_purchase.account.id',
    'sponsorship',
    'sponsorship.node_id',
  ],
  personal: ['paula-reis', 'paula@coro.example'],
});

function eventOf(body: string): string {
  if (body.includes('"issue"')) return 'issues';
  return body.includes('"billing_cycle"') ? 'marketplace_purchase' : 'sponsorship';
}

const paddleSamples = paddle({ secrets }).samples;

describeProvider({
  name: 'Paddle',
  provider: (given) => paddle({ secrets: given }),
  secrets,
  sign: (bytes, secret, at) => {
    const ts = Math.floor(at.getTime() / 1000);
    const h1 = createHmac('sha256', secret).update(`${ts}:`).update(bytes).digest('hex');
    const headers = { 'content-type': 'application/json', 'paddle-signature': `ts=${ts};h1=${h1}` };
    return { headers, body: bodyOf(bytes) };
  },
  signatureHeader: 'paddle-signature',
  timestamped: { past: 300, future: 300 },
  valid: {
    'subscription.canceled': payloadOf(paddleSamples, 'subscription.canceled'),
    'adjustment.updated': payloadOf(paddleSamples, 'adjustment.updated'),
  },
  unknown: () => ({ ...payloadOf(paddleSamples, 'subscription.canceled')(), event_type: 'payout.paid' }),
  unfit: {
    payload: () => ({ ...payloadOf(paddleSamples, 'subscription.canceled')(), data: { id: ['Paula'] } }),
    path: 'data.id',
  },
  decisive: ['data', 'data.action', 'data.id', 'data.status', 'data.transaction_id', 'event_type'],
  personal: ['ctm_sampleofhookcast', 'Paula'],
});
