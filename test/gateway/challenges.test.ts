import { createHmac, hash } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Challenge } from '../../src/providers/challenge.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import type { Provider, Respond } from '../../src/providers/provider.ts';
import { headerEcho, shownToken } from '../../src/providers/secret-handshakes.ts';
import { keyedResponse, postEcho, probe } from '../../src/providers/signed-challenges.ts';
import { getEcho, optionsHandshake, unsignedPostEcho } from '../../src/providers/unsigned-challenges.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { body, header, time } from '../../src/providers/verify/template.ts';
import { awaitingSecret } from '../../src/providers/verify/unsigned.ts';
import type { Verifier } from '../../src/providers/verifier.ts';
import { TestGateway } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';

const SECRET = 'a secret of the suite';
const TOKEN = 'typed in at the page of the sender';

const plain = hmac({ secrets: [SECRET], header: 'x-signature', encoding: 'hex' });
const asking = (challenge: readonly Challenge[], verify: Verifier = plain, respond?: Respond): Provider =>
  defineProvider({
    name: 'asking',
    verify,
    about: ({ payload }) => ({ type: typeof payload['type'] === 'string' ? payload['type'] : 'none' }),
    events: {},
    challenge,
    ...(respond && { respond }),
  });

const shown: string[] = [];
const kept: string[] = [];
const zoom = hmac({
  secrets: [SECRET],
  header: 'x-zm-signature',
  encoding: 'hex',
  prefix: 'v0=',
  signed: ['v0:', time, ':', body],
  timestamp: { from: header('x-zm-request-timestamp'), past: 300, future: 300 },
});
const SOURCES: Readonly<Record<string, Provider>> = {
  meta: asking([getEcho({ param: 'hub.challenge', verifyToken: { param: 'hub.verify_token', tokens: [TOKEN] } })]),
  strava: asking([getEcho({ param: 'hub.challenge', as: { json: 'hub.challenge' } })]),
  dropbox: asking([getEcho({ param: 'challenge' })]),
  slack: asking([postEcho({ when: ({ type, challenge }) => (type === 'url_verification' ? challenge : null) })]),
  graph: asking([unsignedPostEcho({ param: 'validationToken' })]),
  monday: asking([unsignedPostEcho({ member: 'challenge' })]),
  zoom: asking(
    [
      keyedResponse({
        secrets: [SECRET],
        when: ({ event, payload }) =>
          event === 'endpoint.url_validation' ? (payload as { plainToken: string }).plainToken : null,
        answer: (plainToken, encryptedToken) => ({ plainToken, encryptedToken }),
      }),
    ],
    zoom,
  ),
  xero: asking([probe({ when: ({ events }) => Array.isArray(events) && events.length === 0 })], plain, { body: null }),
  cloud: asking([optionsHandshake({ origins: ['events.example.com'], rate: 120 })]),
  notion: asking(
    [shownToken({ member: 'verification_token', show: (token) => void shown.push(token) })],
    awaitingSecret(),
  ),
  asana: asking([headerEcho({ header: 'X-Hook-Secret', keep: (secret) => void kept.push(secret) })], awaitingSecret()),
  failing: asking([
    { signed: false, method: 'POST', answer: ({ headers }) => (headers['x-not-there'] as string).trim() as never },
  ]),
  silent: asking([]),
  accepting: asking([], plain, { status: 202 }),
  terse: asking([], plain, { status: 204 }),
  worded: asking([], plain, { body: '[accepted]' }),
};

const lines: Record<string, any>[] = [];
let gateway: TestGateway;
beforeAll(async () => {
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  gateway = await TestGateway.start({ lasting: true, logger, sources: new Map(Object.entries(SOURCES)) });
});
afterAll(() => gateway.end());

interface Asked {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

async function ask(source: string, { method = 'POST', query = '', headers = {}, text }: Asked) {
  const response = await fetch(`${gateway.url}/webhooks/${source}${query}`, {
    method,
    headers,
    ...(text !== undefined && { body: text }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const signed = (text: string, secret = SECRET): Asked => ({
  headers: { 'x-signature': createHmac('sha256', secret).update(text).digest('hex') },
  text,
});
const recorded = async () =>
  (await gateway.query('{ events { edges { node { type } } } }')).data!['events'].edges.length as number;

it('IN11.1 sends back what a GET asks for, as text or JSON, to a sender that knows the token', async () => {
  const query = `?hub.mode=subscribe&hub.verify_token=${encodeURIComponent(TOKEN)}&hub.challenge=1158201444`;
  const answer = await ask('meta', { method: 'GET', query });
  expect(answer).toMatchObject({ status: 200, text: '1158201444' });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const others = await ask('meta', { method: 'GET', query: '?hub.verify_token=another&hub.challenge=1' });
  expect(others.status).toBe(401);
  expect(JSON.parse(others.text).detail).toBe('hub.verify_token is not a token of this source.');
  expect((await ask('meta', { method: 'GET', query: '?hub.challenge=1' })).status).toBe(401);

  const strava = await ask('strava', { method: 'GET', query: '?hub.challenge=15f7&hub.mode=subscribe' });
  expect(strava.text).toBe('{"hub.challenge":"15f7"}');
  expect(strava.headers.get('content-type')).toMatch(/^application\/json/);
  const dropbox = await ask('dropbox', { method: 'GET', query: `?challenge=${encodeURIComponent('<script>')}` });
  expect(dropbox).toMatchObject({ status: 200, text: '<script>' });
  expect(dropbox.headers.get('content-type')).toMatch(/^text\/plain/);
});

it('IN11.2 answers a question that is signed only when it is authentic, and what it asks', async () => {
  const question = '{"type":"url_verification","challenge":"3eZbrw1aB"}';
  expect(await ask('slack', signed(question))).toMatchObject({ status: 200, text: '3eZbrw1aB' });
  expect((await ask('slack', signed(question, 'somebody else’s secret'))).status).toBe(401);
  expect((await ask('slack', { text: question })).status).toBe(401);

  const ms = Math.floor(Date.now() / 1000);
  const text = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}';
  const mac = (over: string) => createHmac('sha256', SECRET).update(over).digest('hex');
  const headers = { 'x-zm-request-timestamp': String(ms), 'x-zm-signature': `v0=${mac(`v0:${ms}:${text}`)}` };
  const zoomed = await ask('zoom', { headers, text });
  expect(JSON.parse(zoomed.text)).toEqual({
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken: mac('qgg8vlvZRS6UYooatFL8Aw'),
  });
  // Otherwise an attacker would get a signature for a delivery of their own.
  expect((await ask('zoom', { text, headers: { ...headers, 'x-zm-signature': 'v0=00' } })).status).toBe(401);

  const empty = '{"events":[],"entropy":"S0m3"}';
  expect(await ask('xero', signed(empty))).toMatchObject({ status: 200, text: '' });
  expect(await ask('xero', signed(empty, 'somebody else’s secret'))).toMatchObject({ status: 401, text: '' });
  expect(await ask('xero', signed('{"events":[1]}'))).toMatchObject({ status: 200, text: '' });
});

it('IN11.3 answers an unsigned question by its form alone, and no other unsigned request', async () => {
  const token = 'Validation: Testing client application reachability for subscription Request-Id: 1';
  const query = `?validationToken=${encodeURIComponent(token)}`;
  const graph = await ask('graph', { query, headers: { 'content-type': 'text/plain' } });
  expect(graph).toMatchObject({ status: 200, text: token });
  expect((await ask('graph', { query, text: '{"value":[]}' })).status).toBe(401);

  expect(await ask('monday', { text: '{"challenge":"3eZ"}' })).toMatchObject({
    status: 200,
    text: '{"challenge":"3eZ"}',
  });
  for (const text of ['{"challenge":"3eZ","type":"x"}', '{"challenge":1}', '["challenge"]', '{"challenge":""}', '{']) {
    expect((await ask('monday', { text })).status, text).toBe(401);
  }
  const long = JSON.stringify({ challenge: 'x'.repeat(2_049) });
  expect((await ask('monday', { text: long })).status).toBe(401);
});

it('IN11.4 hands on a secret or a token that is brought, and takes no delivery before it is known', async () => {
  expect((await ask('notion', { text: '{"verification_token":"secret_tMrlL1qK5vuQ"}' })).status).toBe(200);
  expect(shown).toEqual(['secret_tMrlL1qK5vuQ']);
  const asana = await ask('asana', { headers: { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' } });
  expect(asana.status).toBe(200);
  expect(asana.headers.get('x-hook-secret')).toBe('b537207f20cbfa02357cf448134da559');
  expect(kept).toEqual(['b537207f20cbfa02357cf448134da559']);
  const refused = await ask('notion', { text: '{"type":"page.created"}' });
  expect(JSON.parse(refused.text)).toMatchObject({ status: 401, detail: /^This source has no secret yet/ });
  expect(JSON.stringify(lines)).not.toMatch(/tMrlL1qK5vuQ|b537207f/);
});

it('IN11.5 answers the OPTIONS of CloudEvents to the senders that may, and no others', async () => {
  const allowed = await ask('cloud', {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'events.example.com' },
  });
  expect(allowed.status).toBe(200);
  expect(allowed.headers.get('webhook-allowed-origin')).toBe('events.example.com');
  expect(allowed.headers.get('webhook-allowed-rate')).toBe('120');
  for (const headers of [{ 'webhook-request-origin': 'others.example.com' }, {}] as Record<string, string>[]) {
    expect((await ask('cloud', { method: 'OPTIONS', headers })).status).toBe(405);
  }
});

it('IN11.6 answers a request that is not a challenge of its source as usual, and records no challenge', async () => {
  const before = await recorded();
  expect(await ask('silent', { method: 'GET', query: '?hub.challenge=1' })).toMatchObject({ status: 200, text: '' });
  expect((await ask('silent', { method: 'OPTIONS', headers: { 'webhook-request-origin': 'a' } })).status).toBe(405);
  expect((await ask('silent', { text: '{"challenge":"1"}' })).status).toBe(401);
  expect((await ask('nobody', { method: 'GET', query: '?hub.challenge=1' })).status).toBe(404);
  expect((await ask('silent', signed('{"type":"url_verification","challenge":"1"}'))).text).toMatch(/"accepted"/);
  expect((await ask('slack', signed('{"type":"message","challenge":"1"}'))).text).toMatch(/"accepted"/);
  expect(await recorded()).toBe(before + 2);
  const pongs = (await scrape(gateway)).get('hookcast_webhook_requests_total{source="meta",outcome="pong"}');
  expect(pongs).toBe(1);
  // A challenge of a user's own that fails refuses, as a verifier does.
  expect((await ask('failing', { text: '{}' })).status).toBe(401);
});

it('IN11.7 answers as a definition says: 202, 204 without a body, or a text of its own', async () => {
  const delivery = (type: string) => signed(JSON.stringify({ type, id: hash('sha256', type) }));
  expect((await ask('accepting', delivery('a'))).status).toBe(202);
  expect(await ask('terse', delivery('b'))).toMatchObject({ status: 204, text: '' });
  expect(await ask('worded', delivery('c'))).toMatchObject({ status: 200, text: '[accepted]' });
  const refused = await ask('worded', { text: '{}' });
  expect(refused.status).toBe(401);
  expect(JSON.parse(refused.text).code).toBe('SIGNATURE_INVALID');
  for (const respond of [{ status: 299 }, { body: 7 }, { status: 204, body: 'x' }] as unknown as Respond[]) {
    expect(() => asking([], plain, respond)).toThrow(/^asking: respond\./);
  }
});
