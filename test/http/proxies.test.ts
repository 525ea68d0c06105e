import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Gateway, createGateway } from '../../src/gateway.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { eduzzEvent, ticket } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken } from '../support/gateway.ts';
import { knock } from '../support/peer.ts';
import { requestText, talk } from '../support/talk.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
const lines: Record<string, unknown>[] = [];
let gateway: Gateway;

beforeAll(async () => {
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  const config = readConfig({ ...environment(folder), TRUST_PROXY: 'loopback' });
  gateway = await createGateway(config, { logger: pino({ level: 'warn' }, sink) });
  await gateway.listen();
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

function delivery(id: string): string {
  return requestText('/webhooks/eduzz', { method: 'POST', ...signAsEduzz(ticket(id), EDUZZ_SECRET) });
}

it('OPS9.1 takes deliveries over connections that a proxy has kept for longer than five seconds', async () => {
  // Node waits for a second more than it announces. None of these moments may matter.
  const idle = Array.from({ length: 24 }, (_, index) => (index < 4 ? 4_990 + index * 5 : 5_950 + index * 10));
  await Promise.all(
    idle.map(async (ms) => {
      const { socket, said } = await talk(gateway, delivery(`first-${ms}`));
      await expect.poll(said).toMatch(/^HTTP\/1\.1 200 [^]*\r\nkeep-alive: timeout=75\r\n[^]*"accepted"/i);
      await setTimeout(ms);
      socket.write(delivery(`second-${ms}`));
      await expect.poll(() => said().match(/"accepted"/g)).toHaveLength(2);
    }),
  );
});

it('OPS9.1 keeps connections for as long as it is told to, and closes them then', async () => {
  const short = await TestGateway.start({ env: { HTTP_KEEP_ALIVE_MS: '1000' } });
  const { said, ended } = await talk(short, requestText('/livez', {}));
  expect(await ended).toBeGreaterThanOrEqual(1_000);
  expect(said()).toMatch(/\r\nkeep-alive: timeout=1\r\n/i);
});

it('OPS9.2 keeps nothing of a delivery for as long as its connection is kept', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const signed = signAsEduzz(eduzzEvent('a.b', { filler: 'x'.repeat(200_000) }), EDUZZ_SECRET);
  const text = requestText('/webhooks/eduzz', { method: 'POST', ...signed });
  const before = held();
  const kept = await Promise.all(Array.from({ length: 40 }, () => talk(gateway, text)));
  for (const { said } of kept) await expect.poll(said).toContain('"status":');
  // Eight megabytes were sent.
  await expect.poll(() => held() - before).toBeLessThan(2_000_000);
  expect(kept.every(({ socket }) => !socket.closed)).toBe(true);
});

const HANDSHAKE = {
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};
/** The headers that proxies leave in a handshake that they are not told to pass on. */
const LEFT: readonly [what: string, headers: Record<string, string>][] = [
  ['neither header', HANDSHAKE],
  ['no Upgrade', { ...HANDSHAKE, connection: 'upgrade' }],
  ['no Connection: upgrade', { ...HANDSHAKE, upgrade: 'websocket', connection: 'close' }],
  [
    'what a WebSocket over HTTP/2 has',
    { 'sec-websocket-version': '13', 'sec-websocket-protocol': 'graphql-transport-ws' },
  ],
];

it('OPS9.3 tells a WebSocket’s client if a proxy removed its Upgrade header, and the operator once', async () => {
  for (const [what, headers] of [...LEFT, ...LEFT]) {
    const { said } = await talk(gateway, requestText('/graphql', { headers: { ...headers, via: '1.1 proxy' } }));
    await expect.poll(said, { message: what }).toContain('\r\n\r\n{');
    expect(said(), what).toMatch(/^HTTP\/1\.1 426 /);
    expect(said(), what).toMatch(/\r\nupgrade: websocket\r\n/i);
    expect(said(), what).toMatch(/\r\nconnection: upgrade, close\r\n/i);
    expect(said(), what).toMatch(/UPGRADE_REQUIRED/);
    expect(said(), what).toMatch(/a proxy has removed them/);
  }
  const told = lines.filter(({ msg }) => /a WebSocket arrived without/.test(String(msg)));
  expect(told).toMatchObject([{ level: 40, proxy: '1.1 proxy' }]);
  // A browser that was sent here, and no WebSocket.
  const { said } = await talk(gateway, requestText('/graphql', {}));
  await expect.poll(said).toMatch(/^HTTP\/1\.1 405 /);
});

it.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket,h2c'])(
  'OPS9.3 opens a WebSocket for "Upgrade: %s"',
  async (upgrade) => {
    const headers = { ...HANDSHAKE, upgrade, connection: 'keep-alive, Upgrade' };
    const { said } = await talk(gateway, requestText('/graphql', { headers }));
    await expect.poll(said).toMatch(/^HTTP\/1\.1 101 /);
  },
);

it('OPS9.3 answers a request as usual if a proxy adds an Upgrade that nobody asked for', async () => {
  const more = { upgrade: 'websocket', connection: 'upgrade' };
  const { headers, body } = signAsEduzz(ticket('upgraded'), EDUZZ_SECRET);
  const sent = { method: 'POST', headers: { ...headers, ...more }, body };
  const { socket, said } = await talk(gateway, requestText('/webhooks/eduzz', sent));
  await expect.poll(said).toMatch(/^HTTP\/1\.1 200 [^]*"accepted"/);
  // On the same connection, which is not taken for a WebSocket's.
  socket.write(requestText('/webhooks/eduzz', sent));
  await expect.poll(said).toContain('"duplicate"');
  for (const upgrade of ['websocket', 'h2c']) {
    const ready = await talk(gateway, requestText('/readyz', { headers: { upgrade, connection: 'upgrade' } }));
    await expect.poll(ready.said).toMatch(/^HTTP\/1\.1 200 /);
  }
});

it('OPS9.3 tells a WebSocket in dev as well, where the same path has a page', async () => {
  const dev = { token: async () => 'token' };
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
  const open = await createGateway(readConfig(environment(folder), { dev }), { logger: pino({ level: 'silent' }) });
  await open.listen();
  const response = await fetch(`${open.url}/graphql`, { headers: { ...HANDSHAKE, accept: 'text/html' } });
  expect(response.status).toBe(426);
  await open.close();
  rmSync(folder, { recursive: true });
});

/** Where a page is asked for, and what a proxy makes of that. */
const OWN: readonly [origin: string, headers: Record<string, string>, isOwn: boolean][] = [
  ['https://hook.example:8443', { host: 'hook.example:8443' }, true],
  ['https://hook.example:8443', { host: 'hook.example' }, false],
  ['https://hook.example:8443', { host: 'hook.example', 'x-forwarded-port': '8443' }, true],
  ['https://hook.example:8443', { host: 'inside:4000', 'x-forwarded-host': 'hook.example:8443' }, true],
  ['https://hook.example', { host: 'inside:4000', 'x-forwarded-host': 'hook.example' }, true],
  ['https://hook.example', { host: 'inside:4000', 'x-forwarded-host': 'hook.example, next.example' }, true],
  ['https://hook.example', { host: 'inside:4000', 'x-forwarded-host': 'other.example, hook.example' }, false],
  [
    'https://hook.example:8443',
    { host: 'inside:4000', 'x-forwarded-host': 'hook.example', 'x-forwarded-port': '8443, 80' },
    true,
  ],
  ['https://hook.example', { host: 'inside', forwarded: 'for=192.0.2.1;host=hook.example;proto=https' }, true],
  ['https://hook.example:8443', { host: 'inside', forwarded: 'host="hook.example:8443", host=next' }, true],
  ['https://hook.example', { host: 'inside', forwarded: 'for=192.0.2.1;proto=https' }, false],
  // Of several proxies the first need not say the host, and the last may say one of the inside.
  ['https://hook.example', { host: 'inside', forwarded: 'for=192.0.2.1, for=10.0.0.1;Host=hook.example' }, true],
  ['https://hook.example', { host: 'inside', forwarded: 'for=192.0.2.1;host=other, host=hook.example' }, false],
  [
    'https://[2001:db8::1]:8443',
    { host: 'inside', forwarded: 'for="[2001:db8::2]:50123";proto=https; host="[2001:db8::1]:8443"' },
    true,
  ],
  ['https://evil.example', { host: 'inside', forwarded: 'for="_a;host=evil.example";host=hook.example' }, false],
  ['https://hook.example', { host: 'inside', forwarded: 'for="_a;host=evil.example";host=hook.example' }, true],
  ['https://hook.example', { host: 'inside', 'x-forwarded-host': '', forwarded: 'host=hook.example' }, true],
  ['https://hook.example', { host: 'inside', 'x-forwarded-host': ', hook.example' }, true],
  ['https://[2001:db8::1]:8443', { host: '[2001:db8::1]:8443' }, true],
  ['https://[2001:db8::1]', { host: '[2001:DB8:0::1]:443' }, true],
  ['https://[2001:db8::1]:8443', { host: 'inside', 'x-forwarded-host': '[2001:db8::1]' }, false],
  [
    'https://[2001:db8::1]:8443',
    { host: 'inside', 'x-forwarded-host': '[2001:db8::1]', 'x-forwarded-port': '8443' },
    true,
  ],
  [
    'https://hook.example:8443',
    { host: 'inside', 'x-forwarded-host': 'hook.example:80', 'x-forwarded-port': '8443' },
    true,
  ],
  ['https://hook.example', { host: 'hook.example', 'x-forwarded-port': 'many' }, true],
  ['https://hook.example', { host: 'inside:4000' }, false],
  ['null', { host: 'inside:4000', 'x-forwarded-host': 'null' }, false],
];

async function ask(url: string, headers: Record<string, string>): Promise<string> {
  const authorization = `Bearer ${await makeToken()}`;
  const body = '{"query":"{ __typename }"}';
  const all = { authorization, 'content-type': 'application/json', ...headers };
  const { said } = await talk({ url }, requestText('/graphql', { method: 'POST', headers: all, body }));
  await expect.poll(said).toContain('\r\n\r\n{');
  return said();
}

it.each(OWN)(
  'OPS9.4 knows its own origin behind a proxy that it trusts: %s, asked with %o: %s',
  async (origin, headers, isOwn) => {
    const said = await ask(gateway.url, { ...headers, origin });
    expect(said).toMatch(isOwn ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 403 [^]*"ORIGIN_NOT_ALLOWED"/);
    const webSocketUrl = `${gateway.url.replace('http', 'ws')}/graphql`;
    expect((await knock({ webSocketUrl }, { headers: { ...headers, origin } })).status).toBe(isOwn ? 101 : 403);
  },
);

it('OPS9.4 believes no proxy that it does not trust, and says once what to set', async () => {
  const said: Record<string, unknown>[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (said.push(JSON.parse(String(chunk))), done()) });
  const plain = await TestGateway.start({ logger: pino({ level: 'warn' }, sink) });
  const forwarded = { origin: 'https://hook.example', host: 'inside:4000', 'x-forwarded-host': 'hook.example' };
  for (let times = 0; times < 3; times += 1) {
    const answer = await ask(plain.url, forwarded);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    // Names of the inside are for the log.
    expect(answer).not.toContain('inside');
    expect(await ask(plain.url, { origin: 'https://foreign.example', host: 'hook.example' })).toMatch(/ 403 /);
  }
  expect(said).toMatchObject([
    { setting: 'TRUST_PROXY', origin: 'https://hook.example', host: 'inside:4000' },
    { setting: 'ALLOWED_ORIGINS', origin: 'https://foreign.example', host: 'hook.example' },
  ]);
  const other = await TestGateway.start({ logger: pino({ level: 'warn' }, sink) });
  await ask(other.url, { origin: 'https://hook.example:8443', host: 'hook.example' });
  expect(said.at(-1)?.['msg']).toMatch(/passes Host on without the port/);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const QUERY = '{"query":"{ __typename }"}';
const STREAM = '{"query":"subscription { events { __typename cursor } }"}';
type Asked = Parameters<typeof requestText>[1];
/** Every kind of answer that there is. */
const ANSWERS: readonly [status: number, path: string, asked: (authorization: string) => Asked][] = [
  [200, '/livez', () => ({})],
  [200, '/readyz', () => ({})],
  [200, '/metrics', (authorization) => ({ headers: { authorization } })],
  [401, '/metrics', () => ({})],
  [404, '/', () => ({})],
  [404, '/favicon.ico', () => ({})],
  [404, '/webhooks/none', () => ({ method: 'POST', body: '{}' })],
  [200, '/webhooks/eduzz', () => ({})],
  [405, '/webhooks/eduzz', () => ({ method: 'PUT' })],
  [401, '/webhooks/eduzz', () => ({ method: 'POST', body: '{}' })],
  [200, '/webhooks/eduzz', () => ({ method: 'POST', ...signAsEduzz(ticket('cached'), EDUZZ_SECRET) })],
  [405, '/graphql', () => ({})],
  [426, '/graphql', () => ({ headers: HANDSHAKE })],
  [204, '/graphql', () => ({ method: 'OPTIONS', headers: { origin: 'https://gateway' } })],
  [403, '/graphql', () => ({ method: 'OPTIONS', headers: { origin: 'https://foreign' } })],
  [401, '/graphql', () => ({ method: 'POST', headers: JSON_TYPE, body: QUERY })],
  [200, '/graphql', (authorization) => ({ method: 'POST', headers: { ...JSON_TYPE, authorization }, body: QUERY })],
  [400, '/graphql', (authorization) => ({ method: 'POST', headers: { ...JSON_TYPE, authorization }, body: '{' })],
  [
    200,
    '/graphql',
    (authorization) => ({
      method: 'POST',
      headers: { ...JSON_TYPE, authorization, accept: 'text/event-stream' },
      body: STREAM,
    }),
  ],
  [404, '/elsewhere', () => ({ headers: { ...HANDSHAKE, upgrade: 'websocket', connection: 'upgrade' } })],
  [
    403,
    '/graphql',
    () => ({
      headers: { ...HANDSHAKE, upgrade: 'websocket', connection: 'upgrade', origin: 'https://foreign' },
    }),
  ],
  // What ws finds wrong with a handshake.
  ...[
    { 'sec-websocket-key': 'short' },
    { 'sec-websocket-version': '12' },
    { 'sec-websocket-protocol': 'graphql-transport-ws, graphql-transport-ws' },
    { 'sec-websocket-protocol': 'another' },
  ].map((wrong): (typeof ANSWERS)[number] => [
    400,
    '/graphql',
    () => ({ headers: { ...HANDSHAKE, upgrade: 'websocket', connection: 'upgrade', ...wrong } }),
  ]),
  [400, '/readyz', () => ({ headers: { Host: 'another' } })],
  [417, '/readyz', () => ({ headers: { expect: 'more' } })],
  [400, '/livez', () => ({ headers: { 'content-length': 'many' } })],
  [431, '/livez', () => ({ headers: { filler: 'x'.repeat(20_000) } })],
];

it.each(ANSWERS)('OPS9.5 has no cache keep what it answers: %i of %s', async (status, path, asked) => {
  const { said } = await talk(gateway, requestText(path, asked(`Bearer ${await makeToken()}`)));
  await expect.poll(said).toContain('\r\n\r\n');
  expect(said()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(said()).toMatch(/\r\ncache-control: no-store[\r,]/i);
  // What is no request, or too long for one, was not read as far as its id.
  if (!/many|filler/.test(JSON.stringify(asked('')))) expect(said()).toMatch(/\r\nx-request-id: [\da-f-]{36}\r/i);
  if (status >= 400 && status !== 417) expect(said()).not.toContain('text/html');
});

it('OPS9.3 tells a client that asks for another version of WebSockets which one is spoken', async () => {
  const headers = { ...HANDSHAKE, upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '12' };
  const { said } = await talk(gateway, requestText('/graphql', { headers }));
  await expect.poll(said).toContain('"BAD_REQUEST"');
  expect(said()).toMatch(/\r\nsec-websocket-version: 13\r\n/i);
});

it.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
  'OPS9.5 has no cache keep an answer to %s, whatever the path',
  async (method) => {
    const paths = ['/', '/livez', '/readyz', '/metrics', '/graphql', '/graphql/stream', '/auth/token', '/healthz'];
    const more = ['/webhooks/eduzz', '/webhooks/none', '/webhooks', '/schema.graphql'];
    const ofConsole = ['/console/none.js', '/console/session', '/client.js', '/client-0-12345678.js'];
    await Promise.all(
      [...paths, ...more, ...ofConsole].map(async (path) => {
        const { said } = await talk(gateway, requestText(path, { method }));
        await expect.poll(said, { message: path }).toContain('\r\n\r\n');
        const isPage = path === '/console/session' && (method === 'GET' || method === 'HEAD');
        const right = isPage ? /\r\ncache-control: no-cache\r/i : /\r\ncache-control: no-store\r/i;
        expect(said(), path).toMatch(right);
      }),
    );
  },
);
