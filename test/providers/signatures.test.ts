import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formBody, listBody } from '../../src/providers/body.ts';
import { deliveryOf } from '../../src/providers/delivery.ts';
import { digest, hmac } from '../../src/providers/verify/hmac.ts';
import {
  body,
  field,
  header,
  map,
  method,
  optional,
  path,
  query,
  secret,
  sha256,
  sortedFields,
  time,
  url,
} from '../../src/providers/verify/template.ts';
import type { Outgoing } from '../../src/providers/sample.ts';
import type { Verifier } from '../../src/providers/verifier.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const SECRET = 'a secret of the suite';
const PUBLIC = 'https://hooks.example.com/in';
const secrets = [SECRET] as const;

type Encoding = 'hex' | 'base64' | 'base64url';
const mac = (text: string, encoding: Encoding = 'hex', algorithm = 'sha256', key: string | Buffer = SECRET) =>
  createHmac(algorithm, key).update(text).digest(encoding);
const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const seconds = String(NOW / 1000);
const text = '{"type":"x","data":{"id":"ORD01"},"webhookTimestamp":1780315200000}';

interface Sent {
  readonly headers?: Record<string, string>;
  readonly text?: string;
  readonly target?: string;
  readonly method?: string;
}

const arrived = (
  { headers = {}, text: given = text, target = '/webhooks/it', method: verb = 'POST' }: Sent,
  at = NOW,
) => deliveryOf({ headers, body: Buffer.from(given), receivedAt: at, method: verb, publicUrl: PUBLIC, target });
const check = async (verifier: Verifier, sent: Sent, at = NOW) => verifier.verify(arrived(sent, at));
const refused = expect.objectContaining({ name: 'HookcastError', code: 'SIGNATURE_INVALID' });

/** Each as its vendor's documents or library have it, signed here by other means than the kit's. */
const VENDORS: Readonly<Record<string, { readonly verifier: Verifier; readonly sent: Sent; readonly to?: Outgoing }>> =
  {
    Slack: {
      verifier: hmac({
        secrets,
        header: 'x-slack-signature',
        encoding: 'hex',
        prefix: 'v0=',
        signed: ['v0:', time, ':', body],
        timestamp: { from: header('x-slack-request-timestamp'), past: 300, future: 300 },
      }),
      sent: {
        headers: { 'x-slack-signature': `v0=${mac(`v0:${seconds}:${text}`)}`, 'x-slack-request-timestamp': seconds },
      },
    },
    Twitch: {
      verifier: hmac({
        secrets,
        header: 'twitch-eventsub-message-signature',
        encoding: 'hex',
        prefix: 'sha256=',
        signed: [header('twitch-eventsub-message-id'), time, body],
        timestamp: { from: header('twitch-eventsub-message-timestamp'), unit: 'iso', past: 600, future: 60 },
      }),
      sent: {
        headers: {
          'twitch-eventsub-message-id': 'm1',
          'twitch-eventsub-message-timestamp': '2026-06-01T12:00:00.123456789Z',
          'twitch-eventsub-message-signature': `sha256=${mac(`m12026-06-01T12:00:00.123456789Z${text}`)}`,
        },
      },
      to: { url: `${PUBLIC}/webhooks/it`, headers: { 'twitch-eventsub-message-id': 'm2' } },
    },
    'HubSpot v3': {
      verifier: hmac({
        secrets,
        header: 'x-hubspot-signature-v3',
        encoding: 'base64',
        signed: [method, url, body, time],
        timestamp: { from: header('x-hubspot-request-timestamp'), unit: 'ms', past: 300, future: 60 },
        body: listBody,
      }),
      sent: {
        headers: {
          'x-hubspot-request-timestamp': String(NOW),
          'x-hubspot-signature-v3': mac(`POST${PUBLIC}/webhooks/it?a=%20b[1]${NOW}`, 'base64'),
        },
        text: '[1]',
        target: '/webhooks/it?a=%20b',
      },
    },
    'HubSpot v2': {
      verifier: digest({
        secrets,
        header: 'x-hubspot-signature',
        encoding: 'hex',
        signed: [secret, method, url, body],
      }),
      sent: { headers: { 'x-hubspot-signature': sha(`${SECRET}POST${PUBLIC}/webhooks/it${text}`) } },
    },
    PagBank: {
      verifier: digest({ secrets, header: 'x-authenticity-token', encoding: 'hex', signed: [secret, '-', body] }),
      sent: { headers: { 'x-authenticity-token': sha(`${SECRET}-${text}`) } },
    },
    Square: {
      verifier: hmac({ secrets, header: 'x-square-hmacsha256-signature', encoding: 'base64', signed: [url, body] }),
      sent: {
        headers: { 'x-square-hmacsha256-signature': mac(`${PUBLIC}/webhooks/it/${text}`, 'base64') },
        target: '/webhooks/it/',
      },
    },
    Twilio: {
      verifier: hmac({
        secrets,
        header: 'x-twilio-signature',
        encoding: 'base64',
        algorithm: 'sha1',
        signed: [url, sortedFields],
        body: formBody,
      }),
      sent: {
        headers: { 'x-twilio-signature': mac(`${PUBLIC}/webhooks/it?q=1AyaBzab çay`, 'base64', 'sha1') },
        text: 'a=y&B=z&A=ya&a=b+%C3%A7&a=y',
        target: '/webhooks/it?q=1',
      },
    },
    'Mercado Pago': {
      verifier: hmac({
        secrets,
        header: 'x-signature',
        encoding: 'hex',
        signed: [
          optional(
            'id:',
            map(query('data.id'), (id) => id.toLowerCase()),
            ';',
          ),
          optional('request-id:', header('x-request-id'), ';'),
          'ts:',
          time,
          ';',
        ],
        timestamp: { name: 'ts', unit: 'ms', past: null, future: null },
      }),
      sent: {
        headers: {
          'x-request-id': 'r-1',
          'x-signature': `ts=${NOW},v1=${mac(`id:ord01;request-id:r-1;ts:${NOW};`)}`,
        },
        target: '/webhooks/it?data.id=ORD01&type=payment',
      },
    },
    Kiwify: {
      verifier: hmac({ secrets, from: query('signature'), encoding: 'hex', algorithm: 'sha1' }),
      sent: { target: `/webhooks/it?signature=${mac(text, 'hex', 'sha1')}` },
    },
    Paddle: {
      verifier: hmac({
        secrets,
        header: 'paddle-signature',
        encoding: 'hex',
        separator: ';',
        signed: [time, ':', body],
        timestamp: { name: 'ts', scheme: 'h1', past: 5, future: null },
      }),
      sent: { headers: { 'paddle-signature': `ts=${seconds};h1=${mac(`${seconds}:${text}`)}` } },
    },
    WorkOS: {
      verifier: hmac({
        secrets,
        header: 'workos-signature',
        encoding: 'hex',
        separator: ',',
        timestamp: { unit: 'ms', past: 180, future: null },
      }),
      sent: { headers: { 'workos-signature': `t=${NOW}, v1=${mac(`${NOW}.${text}`)}` } },
    },
    Sanity: {
      verifier: hmac({
        secrets,
        header: 'sanity-webhook-signature',
        encoding: 'base64url',
        timestamp: { unit: 'ms', past: 300, future: null },
      }),
      sent: { headers: { 'sanity-webhook-signature': `t=${NOW},v1=${mac(`${NOW}.${text}`, 'base64url')}` } },
    },
    Linear: {
      verifier: hmac({
        secrets,
        header: 'linear-signature',
        encoding: 'hex',
        timestamp: { from: field('webhookTimestamp'), unit: 'ms', past: 60, future: 60 },
      }),
      sent: { headers: { 'linear-signature': mac(text) } },
    },
    Shopify: {
      verifier: hmac({ secrets, header: ['shopify-hmac-sha256', 'X-Shopify-Hmac-Sha256'], encoding: 'base64' }),
      sent: { headers: { 'x-shopify-hmac-sha256': mac(text, 'base64') } },
    },
    PagerDuty: {
      verifier: hmac({ secrets, header: 'x-pagerduty-signature', encoding: 'hex', prefix: 'v1=', separator: ',' }),
      sent: { headers: { 'x-pagerduty-signature': `v1=${mac('another')}, v1=${mac(text)}` } },
    },
    'a sender that signs the path and a hash of the body': {
      verifier: hmac({ secrets, header: 'x-signature', encoding: 'hex', signed: [path, '\n', sha256(body)] }),
      sent: { headers: { 'x-signature': mac(`/in/webhooks/it\n${sha(text)}`) } },
    },
  };

describe.each(Object.entries(VENDORS))('%s', (_name, { verifier, sent, to }) => {
  it('IN2.15 checks the signature of every signed part', async () => {
    await expect(check(verifier, sent)).resolves.toHaveProperty('payload');
    const parts = Object.entries(sent.headers ?? {}).map(([name, value]) => ({
      ...sent,
      headers: { ...sent.headers, [name]: value.replace(/\w(?=\W*$)/, (last) => (last === '1' ? '2' : '1')) },
    }));
    for (const other of parts) await expect(check(verifier, other), JSON.stringify(other)).rejects.toEqual(refused);
    for (const name of Object.keys(sent.headers ?? {})) {
      const { [name]: _gone, ...headers } = sent.headers!;
      // A part of Mercado Pago's may be missing, and then it is not signed either.
      await expect(check(verifier, { ...sent, headers }), name).rejects.toEqual(refused);
    }
  });

  it('IN2.15 signs as its sender does, so that send and samples work', async () => {
    const list = sent.text === '[1]' ? { body: [1] } : { webhookTimestamp: NOW, z: 'ç', a: 'b' };
    const target = sent.target?.replace(/[?&]signature=\w+/, '') ?? '/webhooks/it';
    const made = await verifier.sign!(list, new Date(NOW), to ?? { url: PUBLIC + target });
    const asked = made.query ? `${target}${target.includes('?') ? '&' : '?'}${made.query}` : target;
    const arrivedSent = { headers: { ...to?.headers, ...made.headers }, text: made.body, target: asked };
    await expect(check(verifier, arrivedSent)).resolves.toHaveProperty('payload');
  });
});

it('IN2.6 says how old a delivery is, and how old it may be, for every form of its time', async () => {
  const old = (name: string, late: number) => {
    const { verifier, sent } = VENDORS[name]!;
    return check(verifier, sent, NOW + late * 1000);
  };
  await expect(old('Slack', 300)).resolves.toBeDefined();
  await expect(old('Slack', 301)).rejects.toThrow('The delivery was signed 301 seconds ago; 300 are allowed.');
  await expect(old('Slack', -301)).rejects.toThrow("301 seconds ahead of the gateway's clock; 300 are allowed.");
  await expect(old('Twitch', 601)).rejects.toThrow('601 seconds ago; 600');
  await expect(old('WorkOS', 181)).rejects.toThrow('181 seconds ago; 180');
  await expect(old('WorkOS', -86_400)).resolves.toBeDefined();
  await expect(old('Linear', 61)).rejects.toThrow('61 seconds ago; 60');
  await expect(old('Mercado Pago', 10_000_000)).resolves.toBeDefined();
});

it('IN2.15 says which part is missing, and never what would have been right', async () => {
  const { verifier, sent } = VENDORS['Slack']!;
  await expect(check(verifier, {})).rejects.toThrow(/^The header x-slack-signature is missing\.$/);
  const { 'x-slack-request-timestamp': _time, ...headers } = sent.headers!;
  await expect(check(verifier, { headers })).rejects.toThrow(/^The header x-slack-request-timestamp is missing\.$/);
  await expect(check(VENDORS['Kiwify']!.verifier, {})).rejects.toThrow(
    'The parameter signature of the URL is missing.',
  );
  for (const { verifier: one, sent: good } of Object.values(VENDORS)) {
    const forged = { ...good, text: good.text === '[1]' ? '[2]' : `${text} ` };
    const message = await check(one, forged).then(
      () => '',
      ({ message: said }: Error) => said,
    );
    expect(message).not.toMatch(/[0-9a-f]{32}|[\w+/]{27}/);
  }
});

it('IN2.15 takes the URL from PUBLIC_URL alone, and refuses without it', async () => {
  const { verifier, sent } = VENDORS['Square']!;
  expect(verifier.needsUrl).toBe(true);
  const { headers = {}, target = '' } = sent;
  const other = { host: 'attacker.example', ...headers };
  await expect(check(verifier, { headers: other, target })).resolves.toBeDefined();
  const unknown = deliveryOf({ headers, body: Buffer.from(text), receivedAt: NOW, target });
  expect(() => void verifier.verify(unknown)).toThrow(/Set PUBLIC_URL\.$/);
  // Where it is set to something else, nothing but this tells the operator why each delivery is refused.
  const publicUrl = 'https://elsewhere.example.com';
  const elsewhere = deliveryOf({ headers, body: Buffer.from(text), receivedAt: NOW, target, publicUrl });
  const where = /does not sign this delivery .* The URL is signed as well: PUBLIC_URL must be what the sender calls\.$/;
  expect(() => void verifier.verify(elsewhere)).toThrow(where);
  const slack = VENDORS['Slack']!;
  const wrong = { ...slack.sent, headers: { ...slack.sent.headers, 'x-slack-signature': 'v0=00' } };
  await expect(check(slack.verifier, wrong)).rejects.toThrow(/under any secret of this source\.$/);
});

it('IN2.5 makes no verifier of options that contradict each other or that anybody could sign with', () => {
  const one = { secrets, encoding: 'hex' } as const;
  expect(() => hmac(one)).toThrow('say where the signature is');
  expect(() => digest({ ...one, header: 'x', signed: [body] })).toThrow('the secret must be one of the hashed parts');
  expect(() => hmac({ ...one, header: 'x', prefix: 'v0=', timestamp: { past: 1, future: 1 } })).toThrow('no prefix');
  expect(() => hmac({ ...one, header: 'x', signed: [] })).toThrow('must have at least one part');
  expect(() => hmac({ ...one, header: 'x', signed: [body], before: () => '' })).toThrow('give either signed or before');
});
