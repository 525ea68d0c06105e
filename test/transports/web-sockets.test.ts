import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { measured, met } from '../support/metrics.ts';
import { Peer, knock } from '../support/peer.ts';
import { Subscriber } from '../support/subscriber.ts';

const PROTOCOLS: readonly [string | readonly string[], number][] = [
  ['graphql-transport-ws', 101],
  [['graphql-ws', 'graphql-transport-ws'], 101],
  ['graphql-ws', 101],
  ['graphql-transport-ws2', 400],
  [[], 400],
];

/** With the limits that there are unless one is set. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

it('OPS5.6 speaks graphql-transport-ws, and tells that to a client that offers no protocol that it speaks', async () => {
  const gateway = shared;
  for (const [protocols, status] of PROTOCOLS) {
    const answer = await knock(gateway, { protocols });
    expect([protocols, answer.status]).toEqual([protocols, status]);
    if (status !== 101) expect(answer.body['detail']).toMatch(/graphql-transport-ws/);
  }
});

it('GQL5.11 tells a client of the former protocol at once which protocol to choose', async () => {
  const gateway = await TestGateway.start({ env: { MAX_CONNECTIONS_PER_ADDRESS: '1' } });
  const socket = new WebSocket(gateway.webSocketUrl, 'graphql-ws');
  const said: unknown[] = [];
  socket.addEventListener('message', ({ data }) => said.push(JSON.parse(String(data))));
  // As its clients do, before they hear anything.
  socket.addEventListener('open', () => socket.send('{"type":"connection_init","payload":{}}'));
  const { code, reason } = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
  expect([code, reason]).toEqual([4406, expect.stringMatching(/^Choose the WebSocket protocol graphql-transport-ws/)]);
  expect(said).toEqual([{ type: 'connection_error', payload: { message: reason } }]);
  expect(await measured(gateway.url, 'hookcast_ws_closes_total{code="4406"}')).toBe(1);
  // Its place is free again.
  await expect.poll(async () => (await knock(gateway)).status).toBe(101);
});

it('AUTH4.4 lets pages of the allowed origins, its own pages and clients that are not pages connect', async () => {
  const gateway = await TestGateway.start({
    env: { ALLOWED_ORIGINS: 'https://app.example,http://127.0.0.1:81,capacitor://localhost' },
  });
  const { host, port } = new URL(gateway.url);
  const origins: readonly [string | null, number][] = [
    [null, 101],
    ['https://app.example', 101],
    ['capacitor://localhost', 101],
    ['ionic://localhost', 403],
    [`elsewhere://${host}`, 403],
    [`http://${host}`, 101],
    [`https://${host}`, 101],
    ['null', 403],
    ['http://app.example', 403],
    ['https://app.example:8443', 403],
    ['https://app.example.evil.example', 403],
    ['https://evil.example/https://app.example', 403],
    ['https://sub.app.example', 403],
    ['HTTPS://APP.EXAMPLE', 403],
    ['https://app.example/', 403],
    [`http://127.0.0.1.evil.example:${port}`, 403],
    ['http://127.0.0.1', 403],
    ['file://', 403],
    ['', 403],
  ];
  for (const [origin, status] of origins) {
    expect([origin, (await knock(gateway, { headers: origin === null ? {} : { origin } })).status]).toEqual([
      origin,
      status,
    ]);
  }
  // A port that goes without saying, said by one side only: of the gateway behind a proxy.
  for (const [origin, said] of [
    ['https://hook.example', 'hook.example:443'],
    ['http://hook.example:80', 'hook.example'],
  ] as const) {
    expect((await knock(gateway, { headers: { origin, host: said } })).status).toBe(101);
  }
});

it('OPS5.6 runs so many operations on one WebSocket: one more gets an error, and the others live on', async () => {
  const gateway = await TestGateway.start({ env: { WS_MAX_SUBSCRIPTIONS: '3' } });
  const peer = await Peer.open(gateway);
  for (const id of ['1', '2', '3', '4']) peer.subscribe(id);
  await expect.poll(() => peer.count('"type":"error"')).toBe(1);
  const error = JSON.parse(peer.messages.find((message) => message.includes('"error"'))!);
  expect(error).toMatchObject({ id: '4', payload: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] });
  await expect.poll(() => peer.count('CaughtUp')).toBe(3);
  expect(await met(gateway.url, 'subscriptions')).toBe(1);
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => peer.count('"one"')).toBe(3);
  // Where one ends there is place for another.
  peer.send({ id: '1', type: 'complete' });
  peer.subscribe('5');
  await expect.poll(() => peer.count('CaughtUp')).toBe(4);
});

it('OPS5.6 limits the operations that one WebSocket begins in a second, and tells a client that floods it to come back later', async () => {
  const gateway = await TestGateway.start({ env: { WS_SUBSCRIBE_RATE: '5', WS_MAX_SUBSCRIPTIONS: '5' } });
  const neighbour = await Subscriber.open(gateway);
  await neighbour.caughtUp();
  const peer = await Peer.open(gateway);
  const once = '{ __typename }';
  const answered = () => peer.count('"type":"next"') + peer.count('TOO_MANY_REQUESTS');
  // A machine that is busy may take so long for eight that more are allowed meanwhile.
  for (let attempt = 1; attempt <= 5 && peer.count('TOO_MANY_REQUESTS') === 0; attempt += 1) {
    for (let id = 0; id < 8; id += 1) peer.subscribe(`a${attempt}-${id}`, once);
    await expect.poll(answered, { interval: 5 }).toBe(8 * attempt);
  }
  expect(peer.count('TOO_MANY_REQUESTS')).toBeGreaterThan(0);
  expect(await met(gateway.url, 'subscribe_rate')).toBe(peer.count('TOO_MANY_REQUESTS'));
  // After a while there is something left again.
  const begun = peer.count('"type":"next"');
  let id = 0;
  await expect
    .poll(
      () => {
        peer.subscribe(`b${(id += 1)}`, once);
        return peer.count('"type":"next"');
      },
      { interval: 500 },
    )
    .toBeGreaterThan(begun);
  for (let more = 0; more < 40; more += 1) peer.subscribe(`c${more}`, once);
  expect(await peer.closed).toBe(1013);
  await expect.poll(() => measured(gateway.url, 'hookcast_ws_closes_total{code="1013"}')).toBe(1);
  await gateway.eduzz(ticket('one'));
  await neighbour.events(1);
});

/** Enough for a socket that signs in, also on a machine that is busy. */
const WS_INIT_TIMEOUT_MS = '5000';

it('OPS5.6 counts messages that are too long, sockets that say nothing, and by which code each one ends', async () => {
  const gateway = await TestGateway.start({ env: { WS_MAX_MESSAGE_BYTES: '2048', WS_INIT_TIMEOUT_MS } });
  const neighbour = await Peer.open(gateway);
  neighbour.subscribe('1');
  const large = await Peer.open(gateway, { signedIn: false });
  large.socket.send('x'.repeat(2_049));
  expect(await large.closed).toBe(1009);
  const silent = await Peer.open(gateway, { signedIn: false });
  expect(await silent.closed).toBe(4408);
  const own = await Peer.open(gateway, { signedIn: false });
  own.socket.close(4999);
  await own.closed;
  expect(await met(gateway.url, 'message')).toBe(1);
  expect(await met(gateway.url, 'init')).toBe(1);
  await expect.poll(() => measured(gateway.url, 'hookcast_ws_closes_total{code="1009"}')).toBe(1);
  await expect.poll(() => measured(gateway.url, 'hookcast_ws_closes_total{code="4408"}')).toBe(1);
  // Not a label of each number that somebody makes up.
  await expect.poll(() => measured(gateway.url, 'hookcast_ws_closes_total{code="other"}')).toBe(1);
  await expect.poll(() => neighbour.count('CaughtUp')).toBe(1);
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => neighbour.count('"one"')).toBe(1);
});

it('OPS5.6 answers deliveries while hundreds knock and say nothing', async () => {
  const gateway = await TestGateway.start({ env: { WS_INIT_TIMEOUT_MS } });
  const token = await makeToken();
  const subscriber = await Peer.open(gateway, { token });
  subscriber.subscribe('1');
  await expect.poll(() => subscriber.count('CaughtUp')).toBe(1);
  const knocking = Array.from({ length: 600 }, () => Peer.open(gateway, { signedIn: false }));
  const before = await Promise.all(Array.from({ length: 20 }, (_, index) => gateway.eduzz(ticket(`k${index}`))));
  expect(before.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  await expect.poll(() => subscriber.count('"eventId"')).toBe(20);
  const codes = await Promise.all((await Promise.all(knocking)).map(({ closed }) => closed));
  expect(new Set(codes)).toEqual(new Set([4408]));
  expect(await met(gateway.url, 'init')).toBe(600);
});

it('IN5.5 takes one message of each socket in a turn, however many come in a packet', async () => {
  const gateway = shared;
  const peer = await Peer.open(gateway);
  let turn = 0;
  const count = () => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const turns: number[] = [];
  peer.socket.on('message', () => turns.push(turn));
  const { _socket: socket } = peer.socket as unknown as { _socket: Socket };
  socket.cork();
  for (let sent = 0; sent < 50; sent += 1) peer.send({ type: 'ping' });
  socket.uncork();
  await expect.poll(() => turns.length).toBe(50);
  clearImmediate(counting);
  expect(turns.at(-1)! - turns[0]!).toBeGreaterThan(40);
});

it('OPS5.6 closes a socket that sends a message in more pieces than it has words, and counts it', async () => {
  const gateway = await TestGateway.start({ env: { WS_MAX_MESSAGE_BYTES: '2048' } });
  const peer = await Peer.open(gateway);
  for (let piece = 0; piece < 63; piece += 1) peer.socket.send(' ', { fin: false });
  peer.socket.send('{"type":"ping"}');
  await expect.poll(() => peer.count('pong')).toBe(1);
  for (let piece = 0; piece < 65; piece += 1) peer.socket.send(' ', { fin: false });
  expect(await peer.closed).toBe(1008);
  expect(await met(gateway.url, 'message')).toBe(1);
});

it('IN5.6 keeps the order of one socket’s messages, long and short', async () => {
  const gateway = shared;
  const peers = await Promise.all(Array.from({ length: 10 }, () => Peer.open(gateway)));
  const filler = Array.from({ length: 10_000 }, () => [1]);
  for (const peer of peers) {
    for (const index of [0, 1, 2, 3, 4, 5]) {
      peer.send({ type: 'ping', payload: index % 2 === 0 ? { index, filler } : { index } });
    }
  }
  for (const peer of peers) {
    await expect.poll(() => peer.count('pong')).toBe(6);
    const pongs = peer.messages.filter((message) => message.includes('pong'));
    expect(pongs.map((message) => /"index":(\d)/.exec(message)?.[1])).toEqual(['0', '1', '2', '3', '4', '5']);
  }
});
