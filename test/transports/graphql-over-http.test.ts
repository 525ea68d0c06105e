import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audit, serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Gateway, createGateway } from '../../src/gateway.ts';
import { environment, makeToken, receipt } from '../support/gateway.ts';
import { requestText, talk } from '../support/talk.ts';

const APP = 'https://app.example.com';
/** Of apps and extensions, as their WebViews and browsers say them. */
const APPS = [
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'app://-',
  'file://',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'moz-extension://3c078156-979c-498b-8990-85f7987dd929',
  'safari-web-extension://E5A2D2C2-0000-4000-8000-000000000000',
];
const folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
let gateway: Gateway;
let url: string;

beforeAll(async () => {
  const config = readConfig({
    ...environment(folder),
    ALLOWED_ORIGINS: [APP, 'http://localhost:5173', ...APPS].join(),
  });
  gateway = await createGateway(config, { logger: pino({ level: 'silent' }) });
  await gateway.listen();
  url = `${gateway.url}/graphql`;
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

const audits: [name: string, audit: Audit][] = serverAudits({
  url: () => url,
  fetchFn: async (to: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await makeToken()}`);
    return fetch(to, { ...init, headers });
  },
}).map((audit) => [`${audit.id}, ${audit.name}`, audit]);

/** Queries are sent only with POST: logs and histories keep addresses, and a GET needs no preflight. */
const LEFT = ['5A70', 'D6D5', '6A70'];

it.each(audits)('GQL5.1 passes the audit of graphql-http: %s', async (name, audit) => {
  const result = await audit.fn();
  if (LEFT.includes(audit.id)) {
    expect(result.status).toBe('notice');
    expect(name).toContain(', MAY ');
    return;
  }
  expect({ status: result.status, ...('reason' in result && { reason: result.reason }) }).toEqual({ status: 'ok' });
});

const QUERY = JSON.stringify({ query: '{ __typename }' });
const FOLLOW = JSON.stringify({ query: 'subscription { events { __typename } }' });

async function post(headers: Record<string, string>, body = QUERY, method = 'POST'): Promise<Response> {
  const authorization = `Bearer ${await makeToken()}`;
  const abort = new AbortController();
  const response = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body }),
    signal: abort.signal,
  });
  // A stream would never end.
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) abort.abort();
  return response;
}

const types: [type: string, status: number][] = [
  ['application/json', 200],
  ['Application/JSON ; charset=UTF-8', 200],
  ['application/json;profile="x"', 200],
  ['application/x-www-form-urlencoded', 415],
  ['multipart/form-data; boundary=x', 415],
  ['text/plain', 415],
  ['text/plain; x=application/json', 415],
  ['application/graphql', 415],
  ['application/json-patch+json', 415],
  ['application/jsonx', 415],
  ['', 415],
];
it.each(types)(
  'GQL5.2 takes queries and mutations as application/json alone: "%s" is answered %i',
  async (type, status) => {
    for (const accept of ['application/json', 'text/event-stream']) {
      const response = await post({ 'content-type': type, accept });
      expect(response.status).toBe(status);
      if (status !== 200) {
        const { body } = await receipt(response);
        expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
      }
    }
  },
);

it('GQL5.2 answers no other method, whatever the address asks', async () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
    const authorization = `Bearer ${await makeToken()}`;
    const response = await fetch(`${url}?query={__typename}`, { method, headers: { authorization } });
    expect(response.status, method).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  }
});

it('GQL5.3 begins no subscription for a client that takes no stream', async () => {
  for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
    const { status, body, contentType } = await receipt(await post({ accept }, FOLLOW));
    expect({ status, contentType }).toEqual({
      status: 406,
      contentType: 'application/graphql-response+json; charset=utf-8',
    });
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
  }
});

it('GQL5.3 gives clients that take either an answer for a query, and a stream for a subscription', async () => {
  const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
  const query = await post({ accept });
  expect(query.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  expect(await query.json()).toEqual({ data: { __typename: 'Query' } });
  const subscription = await post({ accept }, FOLLOW);
  expect(subscription.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
});

const bodies: [what: string, body: string][] = [
  ['a text', '"{ __typename }"'],
  ['nothing', 'null'],
  ['a query that is a number', '{ "query": 1 }'],
  ['an id that is a number', '{ "documentId": 1 }'],
  ['neither a document nor an id', '{ "extensions": { "persistedQuery": {} } }'],
];
it.each(bodies)('GQL5.2 says what to send instead of %s', async (_what, body) => {
  for (const accept of ['application/json', 'text/event-stream']) {
    const answer = await receipt(await post({ accept }, body));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  }
});

it('GQL5.11 says to a batch, a GET and a reserved stream what to choose instead', async () => {
  const asked: [method: string, body: string, status: number, words: RegExp][] = [
    ['POST', `[${QUERY},${QUERY}]`, 400, /^This is a batch.* its own request\.$/],
    ['POST', '[]', 400, /^This is a batch/],
    ['GET', '', 405, /with POST.*text\/event-stream/],
    ['PUT', '', 405, /singleConnection/],
  ];
  for (const [method, body, status, words] of asked) {
    const answer = await receipt(await post({ accept: 'application/json' }, body, method));
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ errors: [{ message: expect.stringMatching(words) }] });
  }
});

const origins: [origin: string, isAllowed: boolean][] = [
  ['OWN', true],
  [APP, true],
  ['http://localhost:5173', true],
  ...APPS.map((origin): [string, boolean] => [origin, true]),
  ['null', false],
  ['capacitor://localhost:1', false],
  ['capacitor://127.0.0.1', false],
  ['chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba', false],
  ['https://evil.example', false],
  [`${APP}.evil.example`, false],
  [`${APP}:8443`, false],
  ['http://app.example.com', false],
  ['https://App.example.com', false],
  ['http://127.0.0.1', false],
];
it.each(origins)(
  'AUTH1.6 lets pages of its own and of allowed origins call, and no others: %s',
  async (origin, isAllowed) => {
    const headers = { origin: origin === 'OWN' ? gateway.url : origin };
    const asked: [accept: string, method: string, body: string, status: number][] = [
      ['application/json', 'POST', QUERY, 200],
      ['text/event-stream', 'POST', FOLLOW, 200],
      ['*/*', 'OPTIONS', '', 204],
    ];
    for (const [accept, method, body, status] of asked) {
      const response = await post({ ...headers, accept }, body, method);
      expect(response.status).toBe(isAllowed ? status : 403);
      expect(response.headers.get('access-control-allow-origin')).toBe(isAllowed ? headers.origin : null);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    }
  },
);

it('AUTH1.6 takes no app’s page for its own, even with the same host', async () => {
  for (const host of ['localhost', 'localhost:4000']) {
    for (const [scheme, status] of [
      ['http', 204],
      ['elsewhere', 403],
    ]) {
      const headers = { host, origin: `${scheme}://${host}`, connection: 'close' };
      const { said, ended } = await talk(gateway, requestText('/graphql', { method: 'OPTIONS', headers }));
      await ended;
      expect(said(), headers.origin).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
  }
});

it('GQL5.7 lets pages read when to come again, and what an operator finds in the log', async () => {
  const answers = [await post({ origin: APP }), await post({ origin: APP, authorization: '' })];
  for (const { headers } of answers) {
    const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? [];
    expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'x-request-id']));
    expect(headers.get('x-request-id')).toMatch(/./);
  }
  expect((await post({})).headers.get('access-control-expose-headers')).toBeNull();
});
