import { expect, it, onTestFinished } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, makeToken, signedAsEduzz } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';
import { Subscriber } from '../support/subscriber.ts';
import { talk } from '../support/talk.ts';

const SOON = { HTTP_HEADERS_TIMEOUT_MS: '400', HTTP_REQUEST_TIMEOUT_MS: '2000', GRAPHQL_TIMEOUT_MS: '300' };

const head = (length: number, more = '') =>
  `POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\n${more}content-length: ${length}\r\n\r\n`;

it('OPS5.5 lets go of requests that take too long to arrive, in time, and takes those that are slow', async () => {
  const gateway = await TestGateway.start({
    env: { HTTP_HEADERS_TIMEOUT_MS: '1000', HTTP_REQUEST_TIMEOUT_MS: '5000' },
  });
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  // Nothing at all, headers that stop, headers that never end, and a body that does.
  const nothing = await talk(gateway, '');
  const stops = await talk(gateway, 'POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\n');
  const drips = await talk(gateway, 'GET /livez HTTP/1.1\r\nx: ');
  const dripping = setInterval(() => drips.socket.write('x'), 50);
  onTestFinished(() => clearInterval(dripping));
  const body = await talk(gateway, `${head(100)}{`);
  const { headers, body: content } = signAsEduzz(ticket('slow'), EDUZZ_SECRET);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const slow = await talk(gateway, head(Buffer.byteLength(content), lines.join('')));
  setTimeout(() => slow.socket.write(content), 700);

  for (const { said, ended } of [nothing, stops, drips]) {
    // With the next look, a quarter of the limit later. Node itself looks every thirty seconds.
    expect(await ended).toBeLessThan(29_000);
    expect(said()).toMatch(/^HTTP\/1\.1 408 .*\r\nconnection: close\r\n/);
  }
  expect(await met(gateway.url, 'headers')).toBe(3);
  await body.ended;
  expect(body.said()).toMatch(/^HTTP\/1\.1 408 /);
  expect(await met(gateway.url, 'request')).toBe(1);
  await expect.poll(slow.said).toMatch(/^HTTP\/1\.1 200 [^]*"accepted"/);
  await subscriber.events(1);
  expect(subscriber.eventIds).toEqual(['slow']);
});

it('OPS5.1 keeps an event stream for longer than any request, and the connections of those who deliver', async () => {
  const gateway = await TestGateway.start({ env: SOON });
  const query = JSON.stringify({ query: 'subscription { events { __typename cursor } }' });
  const stream = await talk(
    gateway,
    `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await makeToken()}\r\naccept: text/event-stream\r\n` +
      `content-type: application/json\r\ncontent-length: ${query.length}\r\n\r\n${query}`,
  );
  await expect.poll(stream.said).toContain('CaughtUp');
  const kept = await talk(gateway, 'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
  const before = performance.now();
  await expect.poll(() => performance.now() - before).toBeGreaterThan(2_800);
  await gateway.eduzz(ticket('late'));
  await expect.poll(stream.said).toContain('EventEdge');
  kept.socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
  await expect.poll(() => kept.said().split('{"status":"ok"}').length).toBe(3);
});

it('OPS5.5 ends the connection of a client that asks for a large answer and does not read it', async () => {
  const gateway = await TestGateway.start({
    env: { ...SOON, GRAPHQL_TIMEOUT_MS: '15000', GRAPHQL_MAX_ANSWER_BYTES: '32000000', MAX_READING_BYTES: '128000000' },
  });
  const customFields = { filler: 'x'.repeat(200_000) };
  for (let count = 0; count < 40; count += 1)
    await gateway.eduzz(attendanceCanceled({ id: `b${count}`, participant: { customFields } }));
  // A page ends after a megabyte, and the kernel takes six of them for a reader who does not.
  const pages = Array.from({ length: 14 }, (_, index) => `p${index}: events(first: 5) { edges { node { raw } } }`);
  const query = JSON.stringify({ query: `{ ${pages.join(' ')} }` });
  const token = await makeToken();
  // At once: the headers of a connection have to come within 400 ms.
  const stalled = await talk(
    gateway,
    `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${query.length}\r\n\r\n${query}`,
  );
  stalled.socket.pause();
  await expect.poll(() => met(gateway.url, 'reading'), { interval: 250 }).toBe(1);
  stalled.socket.resume();
  await stalled.ended;
  // A client that reads gets all of it; on a busy machine that may take longer than a query's timeout.
  const read = async () => {
    const { data, errors } = await gateway.query(`{ ${pages.join(' ')} }`);
    return [errors, Object.keys(data ?? {})];
  };
  await expect.poll(read).toEqual([undefined, pages.map((_page, index) => `p${index}`)]);
});

const MALFORMED: readonly [string, string, number, string | null][] = [
  ['headers that are too long', `GET /livez HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers'],
  ['what is no HTTP', 'HELO gateway\r\n\r\n', 400, null],
  [
    'two lengths',
    'POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    400,
    null,
  ],
  ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400, null],
  // What one program in a row reads as one request, and the next one as two.
  ['two hosts', 'GET /livez HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n', 400, null],
  ...[
    'content-length: 2\r\ntransfer-encoding: chunked',
    'transfer-encoding: chunked\r\ntransfer-encoding: identity',
    'transfer-encoding: xchunked',
    'transfer-encoding: chunked, gzip',
    'content-length : 2',
    'content-length: +2',
    'content-length: 2, 2',
    'content-length: 2\r\nx: a\r\n b',
    'content-length: 2\r\nx: a\rb',
    'content-length: 2\r\nx: a\0b',
    'content-length: 2\nx: a',
  ].map((headers): (typeof MALFORMED)[number] => [
    headers,
    `POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n{}`,
    400,
    null,
  ]),
  ...['2\n{}\r\n0\r\n\r\n', '2;\n{}\r\n0\r\n\r\n', '2\r\n{}xx0\r\n\r\n', '0x2\r\n{}\r\n0\r\n\r\n'].map(
    (chunks): (typeof MALFORMED)[number] => [
      `the chunks ${JSON.stringify(chunks)}`,
      `POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`,
      400,
      null,
    ],
  ),
  [
    'a body that is compressed for one hop',
    'POST /webhooks/eduzz HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    415,
    null,
  ],
];

it('IN5.1 answers bytes that are not a request, closes the connection, and says nothing else', async () => {
  const gateway = await TestGateway.start();
  for (const [what, text, status, limit] of MALFORMED) {
    const { said, ended } = await talk(gateway, text);
    await ended;
    expect(said(), what).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(said().match(/HTTP\/1\.1/g)).toHaveLength(1);
    if (limit) expect(await met(gateway.url, limit)).toBe(1);
  }
  expect((await gateway.eduzz(ticket('neighbour'))).status).toBe(200);
});

it('OPS5.3 limits the deliveries of a source in a second, and does not count forgeries', async () => {
  const gateway = await TestGateway.start({ env: { WEBHOOK_RATE: '1' } });
  // More than in the second one, and none is the sender's.
  const forged = signedAsEduzz(JSON.stringify(ticket('forged')), 'another secret');
  const forgeries = await Promise.all(Array.from({ length: 20 }, () => gateway.post('eduzz', forged)));
  expect(new Set(forgeries.map(({ status }) => status))).toEqual(new Set([401]));

  let sent: Awaited<ReturnType<TestGateway['eduzz']>>[] = [];
  let [taken, all] = [0, 0];
  const sendMore = async () => {
    sent = await Promise.all(Array.from({ length: 12 }, (_, index) => gateway.eduzz(ticket(`r${all + index}`))));
    all += sent.length;
    taken += sent.filter(({ status }) => status === 200).length;
    return all - taken;
  };
  // A machine that takes twelve seconds for twelve of them has a second's for each.
  await expect.poll(sendMore).toBeGreaterThan(0);
  expect(taken).toBeGreaterThanOrEqual(1);
  const refused = sent.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ contentType: 'application/problem+json', body: { code: 'TOO_MANY_REQUESTS' } });
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(await met(gateway.url, 'webhook_rate')).toBe(all - taken);

  // Before the body is read, once nothing is left; and only this source is.
  const busy = async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => gateway.eduzz(ticket(`s${index}`))));
    const early = await talk(gateway, head(1_000));
    // By the time that a connection behind it is answered, it has been looked at.
    const behind = await talk(gateway, 'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect.poll(behind.said).toMatch(/^HTTP\/1\.1 200 /);
    behind.socket.destroy();
    const said = early.said();
    early.socket.destroy();
    return said;
  };
  // Now and then the next second's comes in between.
  await expect.poll(busy).toMatch(/^HTTP\/1\.1 429 /);
  expect((await gateway.post('wix', { body: 'no token' })).status).not.toBe(429);
  // And soon there is some again, for what was refused.
  const late = all - 12 + sent.findIndex(({ status }) => status === 429);
  await expect.poll(async () => (await gateway.eduzz(ticket(`r${late}`))).status, { interval: 300 }).toBe(200);
});

it('OPS5.3 counts deliveries when they are known to be authentic, also those that all began while there was enough', async () => {
  const gateway = await TestGateway.start({ env: { WEBHOOK_RATE: '5' } });
  let all = 0;
  const sendTwelve = async () => {
    const begun = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { headers, body } = signAsEduzz(ticket(`b${(all += 1)}`), EDUZZ_SECRET);
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        return { ...(await talk(gateway, head(Buffer.byteLength(body), lines.join('')))), body };
      }),
    );
    // By now they have been looked at.
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    for (const { socket, body } of begun) socket.write(body);
    for (const { said } of begun) await expect.poll(said).toMatch(/^HTTP\/1\.1 (200|429) /);
    return begun.filter(({ said }) => said().includes(' 200 ')).length;
  };
  const first = await sendTwelve();
  expect(first).toBeGreaterThanOrEqual(5);
  // A machine that takes two seconds for them has enough for all of them.
  if (first === 12) await expect.poll(sendTwelve).toBeLessThan(12);
});

it('OPS5.3 takes any number of deliveries unless it is told otherwise', async () => {
  const gateway = await TestGateway.start();
  const sent = await Promise.all(Array.from({ length: 100 }, (_, index) => gateway.eduzz(ticket(`n${index}`))));
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]));
});
