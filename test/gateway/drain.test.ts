import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { type ClientOptions, createClient } from 'graphql-ws';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { follow } from '../../src/client/follow.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess, hookcast } from '../support/child.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Peer } from '../support/peer.ts';
import { Providers, readAll } from '../support/providers.ts';
import { EVENTS, type Message, Subscriber } from '../support/subscriber.ts';
import { requestText, talk } from '../support/talk.ts';
import { thoroughly } from '../support/thorough.ts';
import { endClient } from '../support/ending.ts';

const connectionParams = async () => ({ authorization: `Bearer ${await makeToken()}` });

/** A stock graphql-ws client that resumes: its payload's cursor is read anew whenever it subscribes. */
function stockClient(url: string, options: Partial<ClientOptions> = {}) {
  const seen: string[] = [];
  const kinds: string[] = [];
  const errors: unknown[] = [];
  let after: string | null = null;
  const client = createClient({ url, webSocketImpl: WebSocket, lazy: false, connectionParams, ...options });
  const payload = {
    query: EVENTS,
    get variables() {
      return { after };
    },
  };
  client.subscribe<{ stream: Message }>(payload, {
    next: ({ data }) => {
      if (!data) return;
      after = data.stream.cursor;
      kinds.push(data.stream.__typename);
      if (data.stream.node) seen.push(String(data.stream.node['eventId']));
    },
    error: (error) => errors.push(error),
    complete: () => {},
  });
  onTestFinished(() => endClient(client));
  return { seen, kinds, errors };
}

function following(url: string) {
  const seen: string[] = [];
  const kinds: string[] = [];
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
  const followed = follow<Message>(client, {
    query: EVENTS,
    onMessage: ({ __typename, node }) => {
      kinds.push(__typename);
      if (node) seen.push(String(node['eventId']));
    },
    onGap: () => void kinds.push('Gap'),
    wait: (tries) => Math.min(100 * tries, 500),
  });
  const errors: unknown[] = [];
  followed.ended.catch((error: unknown) => errors.push(error));
  onTestFinished(() => followed.stop());
  return { seen, kinds, errors };
}

/** An event stream; resolves with all that it said when it ends. */
async function stream(url: string): Promise<{ text: () => string; ended: Promise<void> }> {
  const { authorization } = await connectionParams();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
    body: JSON.stringify({ query: EVENTS }),
  });
  let text = '';
  const read = async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  return { text: () => text, ended: read() };
}

async function readiness(url: string): Promise<string> {
  const response = await fetch(`${url}/readyz`).catch(() => null);
  if (!response) return 'refused';
  return `${response.status} ${((await response.json()) as { status: string }).status}`;
}

async function post(url: string, id: string): Promise<Response> {
  const { headers, body } = signAsEduzz(ticket(id), EDUZZ_SECRET);
  return fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body });
}

it('OPS1.1 drains under load: says so, serves on, and sends subscribers away one by one, who all come back and get every event', async () => {
  const folder = temporaryFolder();
  const env = { ...environment(folder), DRAIN_NOTICE_SECONDS: '5', DRAIN_SPREAD_SECONDS: '4' };
  let gateway = await GatewayProcess.start(env);
  // There is no proxy before the gateway, so its port is closed for a while: clients must try again after that, too.
  const patient = { shouldRetry: () => true, retryAttempts: Infinity, retryWait: () => setTimeout(300) };
  const clients = [stockClient(gateway.webSocketUrl, patient), following(gateway.webSocketUrl)];
  const peers = await Promise.all(Array.from({ length: 10 }, () => Peer.open(gateway)));
  const streams = await Promise.all(Array.from({ length: 5 }, () => stream(gateway.url)));
  for (const { kinds } of clients) await expect.poll(() => kinds).toContain('CaughtUp');
  for (const { text } of streams) await expect.poll(text).toContain('CaughtUp');
  const providers = new Providers(() => [gateway.url], { senders: 4, pause: 25 });
  await expect.poll(() => providers.acknowledged.size).toBeGreaterThan(20);

  const moments: number[] = [];
  const note = () => void moments.push(performance.now());
  for (const { closed } of peers) void closed.then(note);
  for (const { ended } of streams) void ended.then(note);
  const ending = gateway.end('SIGTERM');
  await expect.poll(() => readiness(gateway.url), { interval: 5 }).toBe('503 draining');
  // The balancer sends no new clients here. A client that comes is served, and told to close its connection.
  const late = await post(gateway.url, 'in-the-notice');
  expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
  const newcomer = await Peer.open(gateway);
  newcomer.subscribe('1');
  await expect.poll(() => newcomer.count('CaughtUp')).toBe(1);
  expect(moments).toEqual([]);

  expect(await Promise.all(peers.map(({ closed }) => closed))).toEqual(peers.map(() => 1012));
  expect(await newcomer.closed).toBe(1012);
  await Promise.all(streams.map(({ ended }) => ended));
  // Not `complete`: it is a stream to come back to.
  for (const { text } of streams) expect(text()).not.toContain('event: complete');
  expect(await ending).toBe(0);
  moments.sort((a, b) => a - b);
  // Four seconds, and two in the half of those in the middle. A busy machine may notice the first of them late.
  expect(moments.at(-1)! - moments[0]!).toBeGreaterThan(1_200);
  expect(moments[11]! - moments[3]!).toBeGreaterThan(400);
  const wal = join(folder, 'hookcast.db-wal');
  expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0);

  gateway = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
  const before = providers.acknowledged.size;
  await expect.poll(() => providers.acknowledged.size).toBeGreaterThan(before + 20);
  await providers.stop();
  // Nothing was refused but by a port that was closed.
  expect([...providers.statuses.keys()].filter((status) => status !== 0)).toEqual([200]);
  const logged = await readAll(gateway.url);
  expect(logged.toSorted()).toEqual([...providers.acknowledged, 'in-the-notice'].toSorted());
  for (const { seen, kinds, errors } of clients) {
    await expect.poll(() => seen.length).toBe(logged.length);
    expect(seen).toEqual(logged);
    expect(kinds).not.toContain('Gap');
    expect(errors).toEqual([]);
  }
});

/** Sends each new connection to a gateway that says that it is ready, as a load balancer does. */
async function balance(gateways: () => readonly TestGateway[]): Promise<{ webSocketUrl: string }> {
  const server = createServer((inner) => {
    const target = gateways().find(({ url }) => ready.has(url)) ?? gateways()[0]!;
    const outer = connect(Number(new URL(target.url).port), '127.0.0.1');
    inner.pipe(outer).pipe(inner);
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
    sockets.add(inner);
  });
  const sockets = new Set<Socket>();
  const ready = new Set<string>();
  const look = async () => {
    for (const { url } of gateways()) {
      if ((await readiness(url)) === '200 ok') ready.add(url);
      else ready.delete(url);
    }
  };
  await look();
  const looking = setInterval(() => void look(), 100);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    clearInterval(looking);
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { webSocketUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}

it('OPS1.2 hands a stock client with no options of its own over to the next gateway, and it misses nothing', async () => {
  const env = { DRAIN_NOTICE_SECONDS: '1' };
  const old = await TestGateway.start({ env });
  const next = await TestGateway.start({ env, folder: old.folder });
  const gateways = [old, next];
  const { webSocketUrl } = await balance(() => gateways);
  const client = stockClient(webSocketUrl);
  await expect.poll(() => client.kinds).toContain('CaughtUp');
  const providers = new Providers(() => [next.url], { senders: 2, pause: 25 });
  await expect.poll(() => client.seen.length).toBeGreaterThan(5);
  await old.close();
  const before = client.seen.length;
  await expect.poll(() => client.seen.length).toBeGreaterThan(before + 5);
  await providers.stop();
  const logged = await readAll(next.url);
  await expect.poll(() => client.seen.length).toBe(logged.length);
  expect(client.seen).toEqual(logged);
  expect(client.errors).toEqual([]);
});

it('OPS1.3 ends in order when it is told to before it listens', async () => {
  const folder = temporaryFolder();
  const child = hookcast(['serve'], environment(folder));
  const exited = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  // Its log is being opened.
  await expect.poll(() => existsSync(join(folder, 'hookcast.db')), { interval: 1 }).toBe(true);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});

it('OPS1.3 ends at once at a second signal, with the code of that signal', async () => {
  const ends: readonly (readonly [NodeJS.Signals, number])[] = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ];
  await Promise.all(
    thoroughly(ends, ends.slice(1)).map(async ([signal, code]) => {
      const env = { ...environment(temporaryFolder()), DRAIN_NOTICE_SECONDS: '10' };
      const gateway = await GatewayProcess.start(env);
      void gateway.end('SIGTERM');
      await expect.poll(() => readiness(gateway.url), { interval: 10 }).toBe('503 draining');
      // A drain that goes on to its end ends with 0.
      expect(await gateway.end(signal)).toBe(code);
    }),
  );
});

it('OPS1.4 answers a delivery that is halfway when the port closes, cuts off what never ends, and says so', async () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const gateway = await TestGateway.start({ logger: pino({ level: 'warn' }, sink) });
  const { headers, body } = signAsEduzz(ticket('halfway'), EDUZZ_SECRET);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const dial = async () => {
    const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(
      `POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\n${head.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n` +
        body.slice(0, 100),
    );
    return socket;
  };
  const [slow, stuck] = [await dial(), await dial()];
  let said = '';
  slow.on('data', (chunk) => (said += String(chunk)));
  const cut = once(stuck, 'close');
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  const began = performance.now();
  const closing = gateway.close();
  expect(await subscriber.closed).toMatchObject({ code: 1012 });
  await expect.poll(() => readiness(gateway.url), { interval: 10 }).toBe('refused');
  slow.write(body.slice(100));
  await expect.poll(() => said).toMatch(/^HTTP\/1\.1 200 [^]*"accepted"/);
  await Promise.all([closing, cut]);
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { msg: 'cut off', what: 'requests under way' },
  ]);
  const next = await TestGateway.start({ folder: gateway.folder });
  expect(await readAll(next.url)).toEqual(['halfway']);
});

it('OPS1.2 lets a client in whose handshake is halfway when the port closes, and sends it away to come back', async () => {
  const gateway = await TestGateway.start();
  const handshake = requestText('/graphql', {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'graphql-transport-ws',
    },
  });
  const { socket, said, ended } = await talk(gateway, handshake.slice(0, 60));
  const closing = gateway.close();
  await expect.poll(() => readiness(gateway.url), { interval: 10 }).toBe('refused');
  socket.write(handshake.slice(60));
  // The reason of a close with 1012, after which stock clients come back. After a refused handshake they don't.
  await expect.poll(said).toMatch(/^HTTP\/1\.1 101 [^]*Service restart/);
  socket.end();
  await Promise.all([closing, ended]);
});

it('OPS1.2 tells a client that comes back too soon to come back later, by a close code after which stock clients come back', async () => {
  const gateway = await TestGateway.start({ env: { DRAIN_SPREAD_SECONDS: '5' } });
  const peers = [await Peer.open(gateway), await Peer.open(gateway)] as const;
  const closing = gateway.close();
  expect(await peers[0].closed).toBe(1012);
  const early = await Peer.open(gateway, { signedIn: false });
  expect(await early.closed).toBe(1012);
  const { authorization } = await connectionParams();
  const refused = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
    body: JSON.stringify({ query: EVENTS }),
  });
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect((await post(gateway.url, 'still')).status).toBe(200);
  expect(peers[1].socket.readyState).toBe(WebSocket.OPEN);
  await closing;
});
