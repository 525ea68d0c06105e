import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asaas } from '../../src/providers/asaas/asaas.ts';
import { github } from '../../src/providers/github/github.ts';
import { hotmart } from '../../src/providers/hotmart/hotmart.ts';
import { kiwify } from '../../src/providers/kiwify/kiwify.ts';
import { mercadoPago } from '../../src/providers/mercado-pago/mercado-pago.ts';
import { sendgrid } from '../../src/providers/sendgrid/sendgrid.ts';
import { shopify } from '../../src/providers/shopify/shopify.ts';
import { slack } from '../../src/providers/slack/slack.ts';
import { woovi } from '../../src/providers/woovi/woovi.ts';
import { zoom } from '../../src/providers/zoom/zoom.ts';
import { type UnderTest, providerContract } from '../../src/testing/contract.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;

const keys = new Map(
  // As short as Woovi's is.
  secrets.map((name) => [name as string, generateKeyPairSync('rsa', { modulusLength: 1024 })]),
);
const pemOf = (name: string | undefined) =>
  keys
    .get(name ?? '')
    ?.publicKey.export({ type: 'spki', format: 'pem' })
    .toString();

const curves = new Map(
  secrets.map((name) => [name as string, generateKeyPairSync('ec', { namedCurve: 'prime256v1' })]),
);
/** As SendGrid shows it: the base64 of its DER. */
const derOf = (name: string | undefined) =>
  curves
    .get(name ?? '')
    ?.publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64');

const shops: Readonly<Record<string, UnderTest>> = {
  kiwify: {
    provider: (given) => kiwify({ secrets: given }),
    // As long as Kiwify's are.
    secrets: ['k1w1fytok01', 'k1w1fytok02', 'k1w1fytok03'],
    required: ['order_id', 'subscription_id', 'webhook_event_type'],
  },
  hotmart: {
    provider: (given) => hotmart({ tokens: given }),
    secrets,
    signsBody: false,
    required: [
      'data',
      'data.purchase',
      'data.purchase.transaction',
      'data.subscriber',
      'data.subscriber.code',
      'event',
      'id',
    ],
  },
  asaas: {
    provider: (given) => asaas({ tokens: given }),
    secrets,
    signsBody: false,
    required: ['event', 'id', 'payment', 'payment.id', 'subscription', 'subscription.id'],
  },
  woovi: {
    provider: (given) => {
      const signingKey = keys.get(given[0])?.privateKey;
      return woovi({ publicKeys: given.map(pemOf), ...(signingKey && { signingKey }) });
    },
    secrets,
    required: ['charge', 'charge.correlationID', 'event'],
  },
  mercadopago: {
    provider: (given) => mercadoPago({ secrets: given }),
    secrets,
    signsBody: false,
    required: ['type'],
  },
  shopify: {
    provider: (given) => shopify({ secrets: given }),
    secrets,
    required: ['id', 'order_id', 'type'],
  },
  github: {
    provider: (given) => github({ secrets: given }),
    secrets,
    required: [
      'action',
      'marketplace_purchase',
      'marketplace_purchase.account',
      'marketplace_purchase.account.id',
      'sponsorship',
      'sponsorship.node_id',
    ],
  },
  slack: {
    provider: (given) => slack({ secrets: given }),
    secrets,
    timestamp: { past: 300, future: 300 },
    required: ['command', 'event', 'event.type', 'type'],
    questions: [
      { payload: { type: 'url_verification', challenge: 'c' }, answer: { challenge: 'c' } },
      { body: 'ssl_check=1&token=t', answer: null },
    ],
  },
  zoom: {
    provider: (given) => zoom({ secrets: given }),
    secrets,
    timestamp: { past: 7_200, future: 300 },
    questions: [
      {
        payload: { event: 'endpoint.url_validation', payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' } },
        answer: {
          plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
          encryptedToken: createHmac('sha256', secrets[0]).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex'),
        },
      },
    ],
    required: [
      'event',
      'payload',
      'payload.object',
      'payload.object.id',
      'payload.object.registrant',
      'payload.object.registrant.id',
      'payload.object.scheduled_event',
      'payload.object.scheduled_event.event_id',
    ],
  },
  sendgrid: {
    provider: (given) => {
      const signingKey = curves.get(given[0])?.privateKey;
      return sendgrid({ publicKeys: given.map(derOf), ...(signingKey && { signingKey }) });
    },
    secrets,
    timestamp: { past: 90_000, future: 300 },
    required: ['body', 'body.0', 'body.0.event'],
  },
};

describe.each(Object.entries(shops))('%s', (_, under) => {
  for (const { title, run } of providerContract(under)) it(`IN6.3 ${title}`, run);
});

it('PRIV2.3 keeps no Hottok that stands in a body as well, as older ones of Hotmart have it', async () => {
  const provider = hotmart({ tokens: [secrets[0]] });
  const payload = { ...provider.samples[0]!.payload(), hottok: secrets[0] };
  const { headers, body } = await provider.sign!(payload, new Date());
  const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() });
  expect(verified.text).not.toContain(secrets[0]);
});

it('PRIV2.3 keeps no code that a Pix or a bank slip can be paid with', async () => {
  const provider = kiwify({ secrets: ['k1w1fytok01'] });
  const codes = { brCode: 'sesame-0001', pix_code: 'sesame-0001', boleto_barcode: 'sesame-0001' };
  const { query, ...sent } = await provider.sign!({ ...provider.samples[0]!.payload(), ...codes }, new Date());
  const target = `/webhooks/kiwify?${query}`;
  const verified = await provider.verify({ ...sent, body: Buffer.from(sent.body), target, receivedAt: Date.now() });
  expect(verified.text).not.toContain('sesame-0001');
});
