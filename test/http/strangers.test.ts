import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVERYTHING, METRICS_TOKEN, TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Peer } from '../support/peer.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

const bearer = async (token: Promise<string> | string) => ({ authorization: `Bearer ${await token}` });

it('AUTH4.2 shows the metrics only to the metrics token, or to a token with the scope ops for every tenant', async () => {
  const gateway = shared;
  const get = async (headers: Record<string, string> = {}) => fetch(`${gateway.url}/metrics`, { headers });
  for (const headers of [await bearer(METRICS_TOKEN), await bearer(makeToken({ scope: 'ops' }))]) {
    const response = await get(headers);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('hookcast_log_head');
  }
  for (const authorization of [
    '',
    'Bearer',
    `Bearer ${METRICS_TOKEN}x`,
    `Bearer ${METRICS_TOKEN.slice(1)}`,
    `Basic ${METRICS_TOKEN}`,
    METRICS_TOKEN,
  ]) {
    const response = await get(authorization ? { authorization } : {});
    expect([authorization, response.status]).toEqual([authorization, 401]);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const said = await response.text();
    expect(said).toContain('Send the value of METRICS_TOKEN as bearer token, or a JWT');
    expect(said).not.toMatch(new RegExp(`hookcast_|${METRICS_TOKEN.slice(1)}`));
  }
  expect((await get(await bearer(makeToken({ scope: EVERYTHING.replace(' ops', '') })))).status).toBe(403);
  // They count every tenant's events, and name the types of them.
  const ofOne = await get(await bearer(makeToken({ tenants: ['eduzz:1'] })));
  expect(ofOne.status).toBe(403);
  expect(await ofOne.json()).toMatchObject({
    detail: expect.stringContaining('so the token must be for every tenant ("*")'),
  });
});

it('AUTH4.2 takes no metrics token if none is set', async () => {
  const gateway = await TestGateway.start({ env: { METRICS_TOKEN: '' } });
  for (const authorization of ['', 'Bearer ', 'Bearer undefined', 'Bearer null', `Bearer ${METRICS_TOKEN}`]) {
    expect((await fetch(`${gateway.url}/metrics`, { headers: { authorization } })).status).toBe(401);
  }
  expect((await fetch(`${gateway.url}/metrics`, { headers: await bearer(makeToken()) })).status).toBe(200);
});

/** The requests of a stranger: the answer must be the same whether the requested thing exists or not. */
const ALIKE: readonly [string, [path: string, init: RequestInit], [path: string, init: RequestInit]][] = [
  [
    'a field',
    [
      '/graphql',
      { method: 'POST', body: '{"query":"{ events { head } }"}', headers: { 'content-type': 'application/json' } },
    ],
    ['/graphql', { method: 'POST', body: '{"query":"{ nothing }"}', headers: { 'content-type': 'application/json' } }],
  ],
  [
    'a document',
    ['/graphql', { method: 'POST', body: '{"query":"{ __schema { types { name } } }"}' }],
    ['/graphql', { method: 'POST', body: '{{{{' }],
  ],
  [
    'a stream',
    [
      '/graphql',
      {
        method: 'POST',
        body: '{"query":"subscription { events { cursor } }"}',
        headers: { accept: 'text/event-stream' },
      },
    ],
    ['/graphql', { method: 'POST', body: '', headers: { accept: 'text/event-stream' } }],
  ],
  ['a path', ['/admin', {}], ['/.env', {}]],
  ['a page', ['/graphql', { headers: { accept: 'text/html' } }], ['/graphql', { headers: { accept: '*/*' } }]],
];

it.each(ALIKE)('AUTH4.3 answers a stranger the same, whatever %s it guesses', async (_what, one, other) => {
  const gateway = shared;
  const answers = await Promise.all(
    [one, other].map(async ([path, init]) => {
      const response = await fetch(gateway.url + path, init);
      const body = await response.text();
      const id = response.headers.get('x-request-id') ?? 'none';
      const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
      // Each request has an id of its own, and nothing else that is.
      return { status: response.status, headers: { ...headers, 'x-request-id': '' }, body: body.replace(id, '') };
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]?.status).toBeGreaterThanOrEqual(400);
  // Nor of what this is made, or what there is besides.
  expect(JSON.stringify(answers[0])).not.toMatch(/events|Cannot query|yoga|node_modules|x-powered-by|\/metrics/i);
});

it('AUTH4.3 says only whether it is ready, and keeps the reason to its log', async () => {
  const folder = temporaryFolder();
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  const gateway = await TestGateway.start({ folder, logger: pino({ level: 'warn' }, sink) });
  const ready = async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  expect(await ready()).toEqual({ status: 200, body: { status: 'ok' } });
  const other = new DatabaseSync(join(folder, 'hookcast.db'), { timeout: 10_000 });
  other.exec('ALTER TABLE erasures RENAME TO away');
  for (let times = 0; times < 5; times += 1) {
    expect(await ready()).toEqual({ status: 503, body: { status: 'unavailable' } });
  }
  expect(lines.filter(({ msg }) => msg === 'not ready')).toMatchObject([{ reason: 'the log is unreachable' }]);
  other.exec('ALTER TABLE away RENAME TO erasures');
  other.close();
  expect((await ready()).status).toBe(200);
});

it('AUTH4.4 looks at nothing that comes over a WebSocket before its token', async () => {
  const gateway = shared;
  for (const query of ['{ events { head } }', '{ nothing }', '{{{{']) {
    const peer = await Peer.open(gateway, { signedIn: false });
    peer.subscribe('1', query);
    expect(await peer.closed).toBe(4401);
    expect(peer.messages).toEqual([]);
  }
});
