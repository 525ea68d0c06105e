import { existsSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { eduzzEvent, ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { followers } from '../clients/clients.ts';
import { Seen } from '../clients/seen.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';
import { Providers, readAll } from '../support/providers.ts';
import { Peer, knock } from '../support/peer.ts';
import { PROGRAMS } from './programs.ts';
import { RealProxy } from './real-proxy.ts';

const found = PROGRAMS.filter(({ path }) => existsSync(path));
const missing = PROGRAMS.filter((program) => !found.includes(program)).map(({ name }) => name);

it.skipIf(missing.length === 0)(
  `OPS9.6 is not tried with ${missing.join(', ')}: apt-get install ${missing.join(' ')}`,
  ({ skip }) => skip(),
);

/** A delivery of an id over a connection of the agent's. */
function deliver(url: string, id: string, agent: Agent, more: object = {}): Promise<number> {
  const { headers, body } = signAsEduzz({ ...ticket(id), ...more }, EDUZZ_SECRET);
  return new Promise((resolve) => {
    const delivery = request(`${url}/webhooks/eduzz`, { method: 'POST', headers, agent });
    delivery.on('response', (response: IncomingMessage) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    delivery.on('error', () => resolve(0));
    delivery.end(body);
  });
}

it.each(found)('OPS9.6 works behind $name with the recipe of the docs', async (program) => {
  const gateway = await TestGateway.start({ env: { TRUST_PROXY: '127.0.0.1', MAX_CONNECTIONS_PER_ADDRESS: '3' } });
  const proxy = await RealProxy.start(program, [gateway.url]);
  const post = (path: string, init: RequestInit) => fetch(proxy.url + path, { method: 'POST', ...init });

  // Byte for byte, or the signature would not hold.
  const text = ' {\t"ção" : "\\u00e7 ☂",  "e": 1.0 }';
  const odd = signAsEduzz(eduzzEvent('a.b', { text }), EDUZZ_SECRET);
  const large = signAsEduzz(eduzzEvent('a.b', { filler: 'x'.repeat(200_000) }), EDUZZ_SECRET);
  for (const { headers, body } of [odd, large]) {
    expect((await post('/webhooks/eduzz', { headers, body })).status).toBe(200);
  }
  // What is too large is refused by the gateway, which knows what its sender makes of that.
  const huge = signAsEduzz(eduzzEvent('a.b', { filler: 'x'.repeat(1_500_000) }), EDUZZ_SECRET);
  const tooLarge = await post('/webhooks/eduzz', { headers: huge.headers, body: huge.body });
  expect([tooLarge.status, ((await tooLarge.json()) as { code: string }).code]).toEqual([413, 'BODY_TOO_LARGE']);
  const forged = await post('/webhooks/eduzz', { headers: odd.headers, body: odd.body.replace('1.0', '1.1') });
  expect([forged.status, ((await forged.json()) as { code: string }).code]).toEqual([401, 'SIGNATURE_INVALID']);

  // Its own page, on a port of its own.
  const authorization = `Bearer ${await makeToken()}`;
  const json = { 'content-type': 'application/json', authorization };
  const own = { ...json, origin: proxy.url };
  const asked = await post('/graphql', { headers: own, body: '{"query":"{ events { head } }"}' });
  expect(await asked.json()).toMatchObject({ data: { events: {} } });
  const foreign = await post('/graphql', { headers: { ...json, origin: 'http://foreign.example' }, body: '{}' });
  expect(foreign.status).toBe(403);
  const page = await fetch(`${proxy.url}/console/history`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  for (const path of ['/metrics', '/readyz', '/livez', '/'])
    expect((await fetch(proxy.url + path)).ok, path).toBe(false);

  // A WebSocket, and an event stream that is not collected.
  const peer = await Peer.open(proxy, { headers: { origin: proxy.url } });
  peer.subscribe('1');
  await expect.poll(() => peer.count('CaughtUp')).toBe(1);
  const pong = new Promise((resolve) => peer.socket.once('pong', resolve));
  peer.socket.ping();
  await pong;
  const query = JSON.stringify({
    query: 'subscription { events { __typename ... on EventEdge { node { eventId } } } }',
  });
  const abort = new AbortController();
  const streaming = await post('/graphql', {
    headers: { ...json, accept: 'text/event-stream' },
    body: query,
    signal: abort.signal,
  });
  let streamed = '';
  const reading = (async () => {
    for await (const chunk of streaming.body!.pipeThrough(new TextDecoderStream())) streamed += chunk;
  })().catch(() => {});
  await expect.poll(() => streamed).toContain('CaughtUp');
  const agent = new Agent({ keepAlive: true });
  expect(await deliver(proxy.url, 'now', agent)).toBe(200);
  await expect.poll(() => peer.count('"now"')).toBe(1);
  await expect.poll(() => streamed, { timeout: 2_000 }).toContain('"now"');

  // The limit of an address is each client's, and not the proxy's.
  const from = (localAddress: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(proxy.webSocketUrl, 'graphql-transport-ws', { localAddress });
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request: unknown, { statusCode }: IncomingMessage) =>
        resolve(statusCode ?? 0),
      );
      socket.on('error', () => {});
      opened.push(socket);
    });
  const opened: WebSocket[] = [];
  for (const status of [101, 101, 101, 429]) expect(await from('127.0.0.5')).toBe(status);
  expect(await from('127.0.0.6')).toBe(101);
  for (const socket of opened) socket.terminate();
  abort.abort();
  await reading;
  agent.destroy();
});

/** How long after an answer its connection is asked again, in milliseconds: round the moments when the gateway closed it, or does. */
const IDLE = [6_000, 76_000];
const AROUND = [-20, 0, 20];
const AT_ONCE = 12;

it('OPS9.1 loses no delivery over connections that a proxy has kept, and no quiet client behind it', async () => {
  const behind = await Promise.all(
    found.map(async (program) => {
      const gateway = await TestGateway.start({ env: { TRUST_PROXY: 'loopback' } });
      const proxy = await RealProxy.start(program, [gateway.url]);
      const quiet = [followers['graphql-ws with follow']!, followers['fetch']!].map(
        (client) => new Seen(client, proxy),
      );
      await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(2);
      // The proxy's connections to the gateway are kept here. The proxy would close a client's own connections when it likes.
      const agent = new Agent({ keepAlive: false });
      const burst = (name: string) =>
        Promise.all(Array.from({ length: AT_ONCE }, (_, index) => deliver(proxy.url, `${name}-${index}`, agent)));
      const statuses: number[] = [];
      for (const idle of IDLE) {
        statuses.push(...(await burst(`before ${idle}`)));
        const bursts = AROUND.map((around) => setTimeout(idle + around).then(() => burst(`after ${idle + around}`)));
        statuses.push(...(await Promise.all(bursts)).flat());
      }
      const tokens = quiet.map((seen) => seen.tokens);
      const lost = statuses.filter((status) => status !== 200);
      for (const seen of quiet) {
        await expect.poll(() => seen.ids.length, { message: program.name }).toBe(statuses.length - lost.length);
      }
      return { name: program.name, lost, tokens };
    }),
  );
  expect(behind).toEqual(found.map(({ name }) => ({ name, lost: [], tokens: [1, 1] })));
}, 300_000);

it.each(found)('OPS9.6 restarts gateways behind $name and loses nothing', async (program) => {
  const env = { ...environment(temporaryFolder()), TRUST_PROXY: 'loopback', DRAIN_NOTICE_SECONDS: '3' };
  const gateways = [await GatewayProcess.start(env)];
  if (program.second) gateways.push(await GatewayProcess.start(env));
  const proxy = await RealProxy.start(
    program,
    gateways.map(({ url }) => url),
  );
  const clients = ['graphql-ws with follow', 'graphql-sse', 'fetch'].map((name) => new Seen(followers[name]!, proxy));
  const providers = new Providers(() => [proxy.url], { senders: 3, pause: 20 });
  await expect.poll(() => clients.map(({ ids }) => ids.length > 3)).toEqual([true, true, true]);
  for (const [index, gateway] of gateways.entries()) {
    expect(await gateway.end('SIGTERM')).toBe(0);
    gateways[index] = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
    const before = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size).toBeGreaterThan(before + 10);
    // A proxy that asks has to see that it is back, before the other one goes.
    await setTimeout(5_000);
  }
  await providers.stop();
  // With one gateway its proxy has nobody to ask for a while, and says so.
  if (program.second) expect([...providers.statuses.keys()]).toEqual([200]);
  const log = await readAll(gateways[0]!.url);
  expect(log.toSorted()).toEqual([...providers.acknowledged].toSorted());
  for (const seen of clients) {
    await expect.poll(() => seen.ids.at(-1)).toBe(log.at(-1));
    expect(seen.ids).toEqual(log.slice(log.indexOf(seen.ids[0]!)));
    expect({ errors: seen.errors, gaps: seen.gaps }).toEqual({ errors: [], gaps: 0 });
  }
});

/** As short as they go: nobody has thought of WebSockets, or of anything else. */
const SHORTEST: Readonly<Record<string, (port: number, gateway: string) => string>> = {
  nginx: (port, gateway) => `server { listen 127.0.0.1:${port}; location / { proxy_pass ${gateway}; } }`,
  apache2: (port, gateway) => `<VirtualHost 127.0.0.1:${port}>\nProxyPass / ${gateway}/\n</VirtualHost>`,
  varnish: (_port, gateway) => `vcl 4.1; backend b { .host = "127.0.0.1"; .port = "${new URL(gateway).port}"; }`,
  lighttpd: (_port, gateway) =>
    `server.modules += ("mod_proxy")\nproxy.server = ("" => (("host" => "127.0.0.1", "port" => ${new URL(gateway).port})))`,
  h2o: (port, gateway) =>
    `hosts:\n  "127.0.0.1:${port}":\n    listen:\n      host: 127.0.0.1\n      port: ${port}\n    paths:\n      "/":\n        proxy.reverse.url: "${gateway}/"`,
};
const short = found.filter(({ name }) => SHORTEST[name]);

it.each(short)(
  'OPS9.3 says what is wrong behind the shortest $name that there is, and is not kept by it',
  async (program) => {
    const lines: Record<string, unknown>[] = [];
    const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
    const gateway = await TestGateway.start({ logger: pino({ level: 'warn' }, sink) });
    const proxy = await RealProxy.start(program, [gateway.url], (port) => SHORTEST[program.name]!(port, gateway.url));
    const refused = await knock(proxy);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([426, expect.stringContaining('proxy')]);
    expect(lines).toMatchObject([{ msg: expect.stringContaining('a WebSocket arrived without its Upgrade header') }]);
    for (const path of ['/readyz', '/livez']) expect((await fetch(proxy.url + path)).status, path).toBe(200);
    await gateway.close();
    // Not what it said before.
    for (const path of ['/readyz', '/livez']) expect((await fetch(proxy.url + path)).status, path).toBeGreaterThan(499);
  },
);
