import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { Provider } from '../../src/providers/provider.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { Outage } from '../../src/telemetry/outage.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { EDUZZ_SECRET, TestGateway, makeToken, receipt } from '../support/gateway.ts';
import { scrape, scrapeText } from '../support/metrics.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { Proxy } from '../support/proxy.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { quickest } from '../support/quickest.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly requestId?: string;
  readonly [field: string]: unknown;
}

const RELEASE = 'mutation { releaseQuarantined(id: "1") { state } }';

/** A logger, and what it has written. */
function listen() {
  const text: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void text.push(line) });
  const lines = (msg?: string): Line[] =>
    text.map((line) => JSON.parse(line) as Line).filter((line) => msg === undefined || line.msg === msg);
  return { logger, lines, text };
}

it('OPS6.1 writes one line for each delivery, under the id that it is answered with', async () => {
  const { logger, lines } = listen();
  const gateway = await TestGateway.start({ logger });
  const answers = [
    await gateway.eduzz(attendanceCanceled({ id: 'one' })),
    await gateway.eduzz(attendanceCanceled({ id: 'one' })),
    await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'] } })),
    await gateway.eduzz({ event: 'ping', data: {} }),
    await gateway.post('eduzz', { body: '{}' }),
    await gateway.post('elsewhere', { body: '{}' }),
  ];
  const type = 'blinket.attendance_canceled';
  const of = { level: 30, source: 'eduzz' };
  expect(lines('delivery')).toMatchObject([
    { ...of, outcome: 'accepted', type, eventId: 'one' },
    { ...of, outcome: 'duplicate', type, eventId: 'one' },
    {
      ...of,
      level: 40,
      outcome: 'quarantined',
      type,
      eventId: 'odd',
      quarantine: 1,
      issues: [{ path: 'data.participant.id' }],
    },
    { ...of, outcome: 'pong' },
    { ...of, outcome: 'signature_invalid', reason: 'The header x-signature is missing.' },
    { ...of, outcome: 'unknown_source', source: 'unknown', reason: expect.stringMatching(/^There is no source/) },
  ]);
  expect(lines()).toHaveLength(answers.length);
  for (const [index, line] of lines().entries()) {
    const { headers, status, body } = answers[index]!;
    expect(line['ms']).toBeTypeOf('number');
    expect(line.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-request-id')).toBe(line.requestId);
    expect(body['requestId']).toBe(status < 400 ? undefined : line.requestId);
  }
  expect(new Set(lines().map(({ requestId }) => requestId)).size).toBe(answers.length);
});

it('OPS6.1 takes a proxy’s request id or trace where it is one, and makes one otherwise', async () => {
  const { logger, lines } = listen();
  const gateway = await TestGateway.start({ logger });
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const ids: [headers: Record<string, string>, id: string | null][] = [
    [{ 'x-request-id': '5CF6A5A0-6D7B-4E5B-9E5B-0D9E3F1E2A3B' }, '5CF6A5A0-6D7B-4E5B-9E5B-0D9E3F1E2A3B'],
    [{ 'x-request-id': trace, traceparent: `00-${'1'.repeat(32)}-b7ad6b7169203331-01` }, trace],
    [{ traceparent: `00-${trace}-b7ad6b7169203331-01` }, trace],
    [{ 'x-request-id': 'iara-ficticia', traceparent: `00-${trace}-b7ad6b7169203331-01` }, trace],
    [{ 'x-request-id': 'iara@ficticia.example' }, null],
    [{ 'x-request-id': '5511900000000' }, null],
    [{ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, null],
    [{ traceparent: `00-${trace}-iara@ficticia-01` }, null],
    [{ 'x-request-id': `${trace}${trace}` }, null],
  ];
  for (const [headers, id] of ids) {
    const answer = await gateway.post('eduzz', { headers, body: 'x' });
    const given = answer.headers.get('x-request-id');
    expect(answer.body['requestId']).toBe(given);
    expect(lines().at(-1)).toMatchObject({ requestId: given });
    if (id === null) expect(given).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    else expect(given).toBe(id);
  }
  expect(JSON.stringify(lines())).not.toMatch(/iara|5511900000000/);
});

it('OPS6.2 logs an internal error in one line, under the id that the client was given', async () => {
  const { logger, lines } = listen();
  // Where nobody expects one: what a provider's own functions throw is refused, or kept in quarantine.
  let isFaulty = false;
  const orBug = <T>(value: T): T => {
    if (isFaulty) throw new Error('a bug');
    return value;
  };
  const provider: Provider = {
    get name() {
      return orBug('odd');
    },
    get challenges() {
      return orBug([]);
    },
    verify: ({ body }) => ({ payload: {}, text: String(body), digest: String(body) }),
    normalise: () => ({ outcome: 'unfit', type: null, eventId: null, issues: [] }),
    expectedFields: () => null,
    samples: [],
    sign: null,
  };
  const gateway = await TestGateway.start({ logger, sources: new Map([['odd', provider]]) });
  expect(await gateway.post('odd', { body: '{}' })).toMatchObject({ body: { status: 'quarantined' } });
  isFaulty = true;
  const { body } = await gateway.post('odd', { body: '{}' });
  expect(body).toMatchObject({ status: 500, code: 'INTERNAL' });
  const of = { level: 50, err: { message: 'a bug' } };
  expect(lines().at(-1)).toMatchObject({ ...of, msg: 'delivery', requestId: body['requestId'], outcome: 'internal' });

  // Besides the line that each operation has.
  const problems = () => lines().filter(({ msg }) => msg !== 'operation');
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: RELEASE }),
  });
  const requestId = response.headers.get('x-request-id');
  const { errors } = (await response.json()) as { errors: unknown };
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId } }]);
  expect(problems().at(-1)).toMatchObject({ ...of, requestId, msg: 'a GraphQL operation failed' });
  // Over a WebSocket, where there is no request to speak of.
  const subscriber = await Subscriber.open(gateway, { query: RELEASE });
  await subscriber.until((it) => it.errors.length > 0);
  const told = subscriber.errors[0]!.extensions!;
  expect(told).toMatchObject({ code: 'INTERNAL', requestId: expect.any(String) });
  expect(problems().at(-1)).toMatchObject({ ...of, requestId: told['requestId'] });
  expect(problems()).toHaveLength(4);
});

it('OPS6.2 speaks of a log that can’t be written once and then in sums, and says when it is back', async () => {
  const { logger, lines } = listen();
  const gateway = await TestGateway.start({ logger });
  await gateway.eduzz(ticket('before'));
  const locked = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 30_000 });
  locked.exec('BEGIN IMMEDIATE');
  const refused = await Promise.all(Array.from({ length: 20 }, (_, index) => gateway.eduzz(ticket(`t${index}`))));
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 503));
  locked.exec('ROLLBACK');
  locked.close();
  expect(await gateway.eduzz(ticket('t1'))).toMatchObject({ status: 200 });
  await expect.poll(() => lines('the log is back: it can be written').length).toBe(1);
  // Earlier steps may be logged after the answer.
  const begun = lines().findIndex(({ msg }) => msg === "the log can't be written");
  expect(
    lines()
      .slice(begun)
      .filter(({ level }) => level > 20),
  ).toMatchObject([
    {
      level: 50,
      msg: "the log can't be written",
      source: 'eduzz',
      code: 'LOG_UNAVAILABLE',
      reason: expect.stringContaining('locked'),
    },
    { level: 30, msg: 'delivery', outcome: 'accepted' },
    { level: 50, msg: "the log can't be written", more: 19 },
    { level: 30, msg: 'the log is back: it can be written', times: 20, seconds: expect.any(Number) },
  ]);
});

it('OPS6.2 tells an outage that comes and goes from one that is over', async () => {
  const { logger, lines } = listen();
  let works = false;
  const probe = () => (works ? Promise.resolve() : Promise.reject(new Error('still')));
  const outage = new Outage({ logger, failing: 'away', works: 'back', probe, every: 20 });
  onTestFinished(() => outage.close());
  for (let time = 0; time < 50; time += 1) {
    outage.failed(() => ({ time }));
    outage.worked();
  }
  outage.failed(() => ({ time: 50 }));
  await expect.poll(() => lines().length).toBe(2);
  expect(lines()).toMatchObject([{ time: 0, msg: 'away' }, { more: 50 }]);
  // Nothing asks for it meanwhile: the gateway tries by itself.
  works = true;
  await expect.poll(() => lines('back').length).toBe(1);
  expect(lines('back')).toMatchObject([{ times: 51 }]);
  outage.failed(() => ({ again: true }));
  expect(lines().at(-1)).toMatchObject({ again: true, msg: 'away' });
});

it('OPS6.3 answers a scrape while the log is silent, and writes one line for five subscribers that can’t read', async () => {
  const proxy = await Proxy.to(await sharedPostgres().newDatabase());
  const { logger, lines } = listen();
  const gateway = await TestGateway.start({ logger, env: { DATABASE_URL: proxy.url } });
  const subscribers = await Promise.all(Array.from({ length: 5 }, () => Subscriber.open(gateway, { query: EVENTS })));
  await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
  await gateway.eduzz(ticket('before'));
  const before = await scrape(gateway);
  expect(before.get('hookcast_log_up')).toBe(1);
  expect(before.get('hookcast_append_seconds_count')).toBe(1);
  proxy.fallSilent();
  const refused = await gateway.eduzz(ticket('during'));
  expect(refused).toMatchObject({ status: 503 });
  let during = before;
  const took = await quickest(1_500, async () => (during = await scrape(gateway)));
  expect(took).toBeLessThan(1_500);
  for (const kept of ['hookcast_log_head', 'hookcast_log_oldest', 'hookcast_quarantine', 'hookcast_log_size_bytes']) {
    expect(during.get(kept), kept).toBe(before.get(kept));
  }
  expect(during.get('hookcast_log_up')).toBe(0);
  expect(during.get('hookcast_append_failures_total')).toBe(1);
  expect(during.get('hookcast_subscribers{state="live"}')).toBe(5);
  await gateway.query('{ events { head } }');
  proxy.recover();
  await expect.poll(async () => (await gateway.eduzz(ticket('during'))).status).toBe(200);
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_log_up')).toBe(1);
  await expect.poll(() => lines('the log is back: it can be read').length).toBe(1);
  expect(lines("the log can't be read").filter(({ more }) => more === undefined)).toHaveLength(1);
});

it('PRIV2.1 writes nothing that a hostile request holds to lines or metrics', async () => {
  const { logger, text } = listen();
  const gateway = await TestGateway.start({ logger });
  const hostile = 'iara@ficticia.example';
  const headers = {
    'x-request-id': hostile,
    traceparent: hostile,
    tracestate: `a=${hostile}`,
    baggage: `person=${hostile}`,
    'user-agent': hostile,
    authorization: `Bearer ${hostile}`,
    cookie: hostile,
    'x-forwarded-for': hostile,
  };
  const signed = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  const paths = [
    '/webhooks/eduzz',
    `/webhooks/${hostile}`,
    `/${hostile}`,
    `/webhooks/eduzz?token=${hostile}`,
    '/graphql',
  ];
  for (const path of paths) {
    for (const init of [
      { headers },
      { headers: { ...headers, ...signed.headers }, body: signed.body, method: 'POST' },
    ]) {
      const answer = await receipt(await fetch(`${gateway.url}${path}`, init));
      expect(JSON.stringify([...answer.headers, answer.body])).not.toContain(hostile);
    }
  }
  await gateway.wix(wixClaims(bookingCanceledEvent({ booking: { status: 1 } })));
  await gateway.query('query Iara { nothing(email: "iara@ficticia.example") }');
  await gateway.query('{ node(id: "iara@ficticia.example") { id } }', { email: hostile });
  const subscriber = await Subscriber.open(gateway, { query: EVENTS, variables: { after: hostile } });
  await subscriber.ended;
  const everything = `${text.join('')}${await scrapeText(gateway)}`;
  expect(everything).toContain('eduzz');
  expect(everything).not.toMatch(/ficticia|Iara|Rosa|Bearer|\+5511|Ana |imaginaria/i);
  expect(everything).not.toContain(EDUZZ_SECRET);
  expect(everything).not.toContain(signed.headers['x-signature']);
});
