import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { atEnd } from '../support/ending.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { Peer } from '../support/peer.ts';

/** A message to send, or a text that is not a message; or a number of messages to wait for, with these members. */
type Step = string | object | Awaited;
class Awaited {
  readonly members: Readonly<Record<string, unknown>>;
  readonly times: number;

  constructor(members: Readonly<Record<string, unknown>>, times: number) {
    this.members = members;
    this.times = times;
  }
}

const TOKEN = await makeToken();
const INIT = { type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } };
const awaiting = (members: Readonly<Record<string, unknown>>, times = 1) => new Awaited(members, times);
const ACK = awaiting({ type: 'connection_ack' });
const ASK = { query: '{ __typename }' };
const FOLLOW = { query: 'subscription { cancellations { __typename } }' };
const subscribe = (id: string, payload: object = FOLLOW) => ({ id, type: 'subscribe', payload });
const complete = (id: string) => ({ id, type: 'complete' });
const next = (id: string, times = 1) => awaiting({ id, type: 'next' }, times);
const over = (id: string, times = 1) => awaiting({ id, type: 'complete' }, times);
const failed = (id: string) => awaiting({ id, type: 'error' });
/** Until it is answered, so that all that was sent before has been heard. */
const heard = (n: number) => [{ type: 'ping', payload: { n } }, awaiting({ type: 'pong', payload: { n } })];

/** The messages of an operation whose id begins with ~ depend on which comes first, its answer or its cancellation. */
const ROWS: Readonly<Record<string, readonly Step[]>> = {
  'a query': [INIT, ACK, subscribe('q', ASK), over('q')],
  'a query, and its id again': [INIT, ACK, subscribe('q', ASK), over('q'), subscribe('q', ASK), over('q', 2)],
  'a subscription': [INIT, ACK, subscribe('s'), next('s')],
  'a subscription that is completed, and its id again': [
    INIT,
    ACK,
    subscribe('s'),
    next('s'),
    complete('s'),
    ...heard(1),
    subscribe('s'),
    next('s', 2),
  ],
  'three subscriptions, the first completed, and the id of the second again': [
    INIT,
    ACK,
    subscribe('1'),
    next('1'),
    subscribe('2'),
    next('2'),
    subscribe('3'),
    next('3'),
    complete('1'),
    subscribe('q', ASK),
    over('q'),
    subscribe('1'),
    next('1', 2),
    subscribe('2'),
  ],
  'a subscription completed at once': [INIT, ACK, subscribe('~s'), complete('~s'), ...heard(1)],
  'a query completed at once': [INIT, ACK, subscribe('~q', ASK), complete('~q'), subscribe('r', ASK), over('r')],
  'completing what is not there': [INIT, ACK, complete('none'), complete('__proto__'), ...heard(1)],
  'completing before anything else': [complete('none'), ...heard(1), INIT, ACK],
  'an id that every object has': [INIT, ACK, subscribe('__proto__', ASK), over('__proto__')],
  'a document that does not fit, and its id again': [
    INIT,
    ACK,
    subscribe('q', { query: '{ nowhere }' }),
    failed('q'),
    subscribe('q', ASK),
    over('q'),
  ],
  'an operation that is not there': [INIT, ACK, subscribe('q', { ...ASK, operationName: 'Other' }), failed('q')],
  'subscribing before connection_init': [subscribe('s')],
  'an id that is in use': [INIT, ACK, subscribe('s'), next('s'), subscribe('s')],
  'an id that is in use, in one packet': [INIT, ACK, subscribe('~s'), subscribe('~s')],
  'a second connection_init': [INIT, ACK, INIT],
  'a ping before connection_init': [{ type: 'ping' }, awaiting({ type: 'pong' }), INIT, ACK],
  'a ping with a payload': [INIT, ACK, { type: 'ping', payload: { a: [1, null] } }, awaiting({ type: 'pong' })],
  'a ping with null': [{ type: 'ping', payload: null }, awaiting({ type: 'pong' })],
  'a ping with an empty payload': [{ type: 'ping', payload: {} }, awaiting({ type: 'pong' })],
  'a ping with a text': [{ type: 'ping', payload: 'text' }],
  'a pong that nobody asked for': [{ type: 'pong', payload: { a: 1 } }, { type: 'pong' }, ...heard(1)],
  'no JSON': ['{'],
  'an empty message': [''],
  'a list': ['[]'],
  null: ['null'],
  'no type': [{}],
  'a type that is a number': [{ type: 1 }],
  'a type of the former protocol': [INIT, ACK, { id: '1', type: 'start', payload: ASK }],
  'a connection_init with a text': [{ type: 'connection_init', payload: 'text' }],
  'a subscribe without an id': [INIT, ACK, { type: 'subscribe', payload: ASK }],
  'a subscribe with an empty id': [INIT, ACK, subscribe('', ASK)],
  'a subscribe whose id is a number': [INIT, ACK, { id: 1, type: 'subscribe', payload: ASK }],
  'a subscribe without a payload': [INIT, ACK, { id: '1', type: 'subscribe' }],
  'a subscribe whose document is a number': [INIT, ACK, subscribe('1', { query: 1 })],
  'a subscribe whose variables are a list': [INIT, ACK, subscribe('1', { ...ASK, variables: [] })],
  'a subscribe whose operationName is a number': [INIT, ACK, subscribe('1', { ...ASK, operationName: 1 })],
  'a subscribe whose extensions are a text': [INIT, ACK, subscribe('1', { ...ASK, extensions: 'text' })],
  'a subscribe with null where it may be': [
    INIT,
    ACK,
    subscribe('s', { ...FOLLOW, variables: null, operationName: null, extensions: null }),
    next('s'),
  ],
  'a complete without an id': [INIT, ACK, { type: 'complete' }],
  'anything after a message that is none': [INIT, ACK, 'none', subscribe('q', ASK), { type: 'ping' }],
};

it('GQL5.12 answers every message of a WebSocket as the server of graphql-ws does', async () => {
  const stock = await startStock();
  const gateway = await TestGateway.start();
  const talks = await Promise.all(
    Object.entries(ROWS).map(async ([name, steps]) => {
      const [theirs, ours] = await Promise.all([talk(stock, steps), talk(gateway, steps)]);
      return { name, theirs, ours };
    }),
  );
  for (const { name, theirs, ours } of talks) expect([name, ours]).toEqual([name, theirs]);
  // Both ends of the table are there: those who may stay, and each of the codes.
  const codes = new Set(talks.map(({ theirs }) => theirs.closed?.code));
  expect(codes).toEqual(new Set([undefined, 4400, 4401, 4409, 4429]));
});

it('GQL5.12 waits for connection_init as long as it is told to, and closes as the server of graphql-ws does', async () => {
  const stock = await startStock(100);
  const gateway = await TestGateway.start({ env: { WS_INIT_TIMEOUT_MS: '100' } });
  const [theirs, ours] = await Promise.all([closeOf(stock), closeOf(gateway)]);
  expect(ours).toEqual(theirs);
  expect(ours?.code).toBe(4408);
});

/** The server of graphql-ws, with as much of the schema as the table asks for. */
async function startStock(connectionInitWaitTimeout = 10_000): Promise<{ readonly webSocketUrl: string }> {
  const schema = buildSchema(
    'type Query { a: Int } type Subscription { cancellations: CaughtUp } type CaughtUp { a: Int }',
  );
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http });
  const roots = { subscription: { cancellations: () => once({ cancellations: {} }) } };
  const { dispose } = useServer({ schema, roots, connectionInitWaitTimeout }, webSockets);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    for (const client of webSockets.clients) client.terminate();
    await dispose();
    http.close();
  });
  return { webSocketUrl: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql` };
}

/** One value, and then nothing until it is given up. */
function once<T>(value: T): AsyncIterableIterator<T> {
  const left = Promise.withResolvers<void>();
  let isFirst = true;
  return {
    async next() {
      if (!isFirst) await left.promise;
      const done = !isFirst;
      isFirst = false;
      return done ? { done, value: undefined } : { done, value };
    },
    async return() {
      left.resolve();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A server's messages after these steps, and its close if there is one. */
async function talk(server: { readonly webSocketUrl: string }, steps: readonly Step[]) {
  const peer = await Peer.open(server, { signedIn: false });
  const closing = closeOf(peer);
  const said = () => peer.messages.map((message) => JSON.parse(message) as Record<string, unknown>);
  const count = ({ members }: Awaited) =>
    said().filter((message) =>
      Object.entries(members).every(([name, value]) => isDeepStrictEqual(message[name], value)),
    ).length;
  const until = (awaited: Awaited) =>
    new Promise<void>((resolve) => {
      const look = () => count(awaited) >= awaited.times && resolve();
      peer.socket.on('message', look);
      look();
    });
  const follow = async () => {
    for (const step of steps) {
      if (step instanceof Awaited) await until(step);
      else peer.socket.send(typeof step === 'string' ? step : JSON.stringify(step));
    }
    peer.send({ type: 'ping', payload: { last: true } });
    await until(awaiting({ type: 'pong', payload: { last: true } }));
    return null;
  };
  const closed = await Promise.race([closing, follow()]);
  const messages = said().filter(({ id }) => !String(id).startsWith('~'));
  // Each server describes the error in its own words.
  return {
    messages: messages.map((message) => (message['type'] === 'error' ? { ...message, payload: [] } : message)),
    closed,
  };
}

async function closeOf(of: Peer | { readonly webSocketUrl: string }) {
  const { socket } = of instanceof Peer ? of : await Peer.open(of, { signedIn: false });
  return new Promise<{ readonly code: number; readonly reason: string }>((resolve) =>
    socket.on('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() })),
  );
}
