import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { Peer } from '../support/peer.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { requestText, talk } from '../support/talk.ts';
import { thoroughly } from '../support/thorough.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** 60 kB of JSON, and most of a megabyte once it is parsed. */
const BULK = `[${Array.from({ length: 15_000 }, () => '[1]').join()}]`;
/** The memory that an operation may keep, in bytes. Half of it are the two ends of its connection, which are both in this process. */
const LITTLE = 45_000;
const COUNT = 10;

const FOLLOW = 'subscription { events { __typename cursor } }';
/** The places where a client may put useless data. */
const PLACES: readonly [string, (query: string) => string][] = [
  ['extensions', (query) => `"payload":{"query":${JSON.stringify(query)},"extensions":{"a":${BULK}}}`],
  ['members of no meaning', (query) => `"a":${BULK},"payload":{"query":${JSON.stringify(query)}}`],
  ['a request with members of no meaning', (query) => `"payload":{"query":${JSON.stringify(query)},"a":${BULK}}`],
  ['undeclared variables', (query) => `"payload":{"query":${JSON.stringify(query)},"variables":{"a":${BULK}}}`],
];

/** Over HTTP a message is its payload alone. */
const OVER_HTTP = PLACES.filter(([place]) => place !== 'members of no meaning');

let url: string;
let gateway: TestGateway;
let token: string;
/** Lines that the gateway has written about deliveries. */
let deliveries = 0;

beforeAll(async () => {
  url = await sharedPostgres().newDatabase();
  const env = {
    DATABASE_URL: url,
    GRAPHQL_TIMEOUT_MS: '600000',
    MAX_QUERIES_PER_TOKEN: '0',
  };
  const write = (line: string) => void (deliveries += Number(line.includes('"msg":"delivery"')));
  gateway = await TestGateway.start({ lasting: true, env, logger: pino({ level: 'info' }, { write }) });
  token = await makeToken();
});
afterAll(() => gateway.end());

/** Bytes that are in use once everything is let go of that can be. */
async function inUse(): Promise<number> {
  let least = Infinity;
  // Objects that are freed only after others take a few rounds. Each round also looks at everything that earlier tests have left.
  for (let round = 0; round < 4; round += 1) {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const isAll = least - (heapUsed + external) < COUNT * 100;
    least = Math.min(least, heapUsed + external);
    if (isAll) break;
  }
  return least;
}

/** Bytes that each keeps, of those after the first ones, which make what there is once. */
async function keptByEach(begin: (id: string) => Promise<void>): Promise<number> {
  for (let index = 0; index < COUNT; index += 1) await begin(`first ${index}`);
  const before = await inUse();
  for (let index = 0; index < COUNT; index += 1) await begin(String(index));
  return ((await inUse()) - before) / COUNT;
}

function http(accept: string, body: string) {
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` };
  return talk(gateway, requestText('/graphql', { method: 'POST', headers, body }));
}

/** A message of a WebSocket as a request over HTTP. */
const bodyOf = (message: string) => (JSON.parse(`{${message}}`) as { payload: object }).payload;

it.each(PLACES)('OPS5.8 keeps nothing of %s while a subscription of a WebSocket runs', async (_place, messageOf) => {
  const peer = await Peer.open(gateway, { token });
  let begun = 0;
  const kept = await keptByEach(async (id) => {
    peer.socket.send(`{"id":"${id}","type":"subscribe",${messageOf(FOLLOW)}}`);
    begun += 1;
    await expect.poll(() => peer.count('CaughtUp'), { interval: 5 }).toBe(begun);
  });
  expect(kept).toBeLessThan(LITTLE);
});

it.each(OVER_HTTP)('OPS5.8 keeps nothing of %s while an event stream lasts', async (_place, messageOf) => {
  const body = JSON.stringify(bodyOf(messageOf(FOLLOW)));
  const kept = await keptByEach(async () => {
    const { said } = await http('text/event-stream', body);
    await expect.poll(said, { interval: 5 }).toContain('CaughtUp');
  });
  expect(kept).toBeLessThan(LITTLE);
});

/** Begins one operation after the other, each with this message. */
type Way = (message: string) => Promise<(id: string) => Promise<void>>;

const overWebSocket: Way = async (message) => {
  const peer = await Peer.open(gateway, { token });
  return async (id) => {
    const answered = peer.count('pong');
    peer.socket.send(`{"id":"${id}","type":"subscribe",${message}}`);
    // Which is answered after what was sent before has been heard.
    peer.send({ type: 'ping' });
    await expect.poll(() => peer.count('pong'), { interval: 5 }).toBe(answered + 1);
  };
};

const overHttp =
  (accept: string): Way =>
  async (message) => {
    const body = JSON.stringify(bodyOf(message));
    return async () => {
      const { socket } = await http(accept, body);
      const before = deliveries;
      // Another request behind it on its connection, which is heard of when it is reached.
      socket.write(requestText('/webhooks/nowhere', { method: 'POST', body: '{}' }));
      await expect.poll(() => deliveries, { interval: 5 }).toBe(before + 1);
    };
  };

const WAYS: readonly [string, Way, typeof PLACES][] = [
  ['a WebSocket', overWebSocket, PLACES],
  ['HTTP', overHttp('application/json'), OVER_HTTP],
  ['an event stream', overHttp('text/event-stream'), OVER_HTTP],
  ['a multipart answer', overHttp('multipart/mixed;subscriptionSpec=1.0'), OVER_HTTP],
];

// A log gives up a query that has waited for some seconds. A machine that is busy needs as long to look at what twenty of them keep,
// so in `npm test` subscriptions alone show that nothing else is kept: they are read and checked by the same code.
it.each(thoroughly(WAYS, []))(
  'OPS5.8 keeps what a query over %s needs while it runs, and nothing else',
  async (_way, over, places) => {
    const other = postgres(url, { max: 1, onnotice: () => {} });
    onTestFinished(() => other.end({ timeout: 1 }));
    const query = 'query ($a: ID!) { node(id: $a) { id } events(first: 1) { head } }';
    const needed = `"payload":{"query":${JSON.stringify(query)},"variables":{"a":"${'x'.repeat(60_000)}"}}`;
    await other.begin(async (transaction) => {
      // Reads of events now wait for this transaction.
      await transaction`LOCK TABLE hookcast.events IN ACCESS EXCLUSIVE MODE`;
      // Otherwise nothing of a query would be seen here, and nothing shown. What tests before it have left may be let go of meanwhile.
      await expect.poll(async () => keptByEach(await over(needed))).toBeGreaterThan(50_000);
      for (const [place, messageOf] of places) {
        const kept = await keptByEach(await over(messageOf('{ events(first: 1) { head } }')));
        expect([place, kept < LITTLE]).toEqual([place, true]);
      }
    });
  },
);

it('OPS5.8 keeps of a stranger no more than a token while the keys to check it with are fetched', async () => {
  const issuer = createServer(() => {
    // It never answers.
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    issuer.closeAllConnections();
    issuer.close();
  });
  const jwks = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  const env = { AUTH_SECRET: '', AUTH_JWKS_URL: jwks, AUTH_ISSUER: 'nobody', WS_INIT_TIMEOUT_MS: '60000' };
  const own = await TestGateway.start({ env });
  const peers = await Promise.all(Array.from({ length: 2 * COUNT }, () => Peer.open(own, { signedIn: false })));
  const unsigned = `${Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url')}.e30.e30`;
  const kept = await keptByEach(async () => {
    const peer = peers.pop()!;
    const payload = `{"authorization":"Bearer ${unsigned}","a":${BULK}}`;
    peer.socket.send(`{"type":"connection_init","payload":${payload}}`);
    peer.send({ type: 'ping' });
    await expect.poll(() => peer.count('pong'), { interval: 5 }).toBe(1);
  });
  expect(kept).toBeLessThan(LITTLE);
});

it('OPS5.8 keeps a document without the places of its words', async () => {
  const peer = await Peer.open(gateway, { token });
  const fields = `${'__typename '.repeat(600)}${'cursor '.repeat(250)}`;
  let begun = 0;
  const kept = await keptByEach(async (id) => {
    peer.subscribe(id, `# ${id}\nsubscription { events { ${fields} } }`);
    begun += 1;
    await expect.poll(() => peer.count('CaughtUp'), { interval: 5 }).toBe(begun);
  });
  // With them it is twice as much.
  expect(kept).toBeLessThan(200_000);
});

it('GQL3.1 says where in a document a mistake is, each time that it is sent', async () => {
  for (const time of ['first', 'second']) {
    const { errors } = await gateway.query('{\n  events { nothing }\n}');
    expect([time, errors]).toMatchObject([time, [{ locations: [{ line: 2, column: 12 }] }]]);
  }
});

it('IN5.6 closes a socket whose operation has an id of more than 128 characters, and says so', async () => {
  const peer = await Peer.open(gateway, { token });
  peer.subscribe('x'.repeat(128), '{ __typename }');
  await expect.poll(() => peer.count('"type":"complete"')).toBe(1);
  peer.subscribe('x'.repeat(129), '{ __typename }');
  expect(await peer.closed).toBe(4400);
});
