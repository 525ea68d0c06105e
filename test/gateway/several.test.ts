import { afterAll, beforeAll, expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { cancelledOrder, mailed, mailer } from '../fixtures/mailer.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, receipt, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { Providers, readAll } from '../support/providers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { thoroughly } from '../support/thorough.ts';

/** Enough that some are under way at any moment, and not all that the machine can do. */
const CALM = { pause: 25 };

const server = sharedPostgres();
/** How often the same is posted to all at the same moment. */
const ROUNDS = thoroughly(30, 10);

/** Three that share nothing but the database, for tests in which none is ended: no processes are needed for that. */
let gateways: readonly [TestGateway, TestGateway, TestGateway];
/** Of tests on these, each attempt with ids of its own: what one that failed has recorded is there for good. */
let attempts = 0;
const idsOf = (count: number) => {
  attempts += 1;
  return Array.from({ length: count }, (_, index) => `${attempts}-${index}`);
};
const recordedOf = async (ids: readonly string[]) => (await readAll(gateways[0].url)).filter((id) => ids.includes(id));

beforeAll(async () => {
  const env = { DATABASE_URL: await server.newDatabase() };
  const start = () => TestGateway.start({ env, lasting: true });
  gateways = await Promise.all([start(), start(), start()]);
});
afterAll(() => Promise.all(gateways.map((gateway) => gateway.end())));

type Reached = Pick<TestGateway, 'url' | 'webSocketUrl'>;

async function follow(gateway: Reached, after: string | null = null): Promise<Subscriber> {
  return new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after });
}

async function post(gateway: Reached, id: string) {
  const { headers, body } = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
  return receipt(await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body }));
}

it('IN3.2 records the events of one delivery once, also where two gateways are sent it at the same moment', async () => {
  const env = { DATABASE_URL: await server.newDatabase() };
  const start = () => TestGateway.start({ env, sources: new Map([['mailer', mailer()]]) });
  const two = await Promise.all([start(), start()]);
  const list = [...Array.from({ length: 20 }, (_, index) => cancelledOrder(String(index))), cancelledOrder('odd', 42)];
  const receipts = await Promise.all(two.map((gateway) => gateway.post('mailer', mailed(list))));
  const counted = (outcome: string) =>
    receipts.reduce((sum, { body }) => sum + Number(body['events'][outcome] ?? 0), 0);
  expect(receipts.map(({ status }) => status)).toEqual([200, 200]);
  expect([counted('accepted'), counted('duplicate'), counted('quarantined')]).toEqual([20, 20, 2]);
  const { data } = await two[0].query('{ quarantine { edges { node { eventId } } } }');
  expect(data!['quarantine'].edges).toEqual([{ node: { eventId: 'odd' } }]);
});

it('LOG5.1 brings deliveries to any of three gateways to the subscribers of all, in one order', async () => {
  const subscribers = await Promise.all(gateways.map((gateway) => follow(gateway)));
  await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
  const ids = idsOf(90);
  await Promise.all(ids.map((id, index) => deliver(gateways[index % 3]!, attendanceCanceled({ id }))));
  await Promise.all(subscribers.map((subscriber) => subscriber.events(ids.length)));
  const logged = await recordedOf(ids);
  expect(logged.toSorted()).toEqual(ids.toSorted());
  for (const subscriber of subscribers) expect(subscriber.eventIds).toEqual(logged);
});

it('IN3.2 records an event that is posted to three gateways at the same moment once, and answers each 200', async () => {
  const subscriber = await follow(gateways[2]);
  await subscriber.caughtUp();
  const ids = idsOf(ROUNDS);
  for (const id of ids) {
    const answers = await Promise.all(gateways.map((gateway) => post(gateway, id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const outcomes = answers.map(({ body }) => body['status'] as string);
    expect(outcomes.toSorted()).toEqual(['accepted', 'duplicate', 'duplicate']);
  }
  await subscriber.events(ROUNDS);
  expect(await recordedOf(ids)).toEqual(ids);
  expect(subscriber.eventIds).toEqual(ids);
});

/** Each ends one of the three gateways in turn, so that in `npm test` as well none is left of those that began. */
const ENDINGS = thoroughly(
  ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGTERM', 'SIGTERM'] as const,
  ['SIGKILL', 'SIGTERM', 'SIGTERM'] as const,
);

it('LIVE1.5 OPS1.1 lets clients go on at another gateway when theirs is killed or restarted, each event exactly once', async () => {
  const env = { ...environment(temporaryFolder()), DATABASE_URL: await server.newDatabase() };
  const start = () => GatewayProcess.start(env);
  const processes = await Promise.all([start(), start(), start()]);
  const providers = new Providers(() => processes.map(({ url }) => url), CALM);
  const clients = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => ({
      on: index % 3,
      at: await follow(processes[index % 3]!),
      seen: [] as string[],
    })),
  );
  await Promise.all(clients.map(({ at }) => at.caughtUp()));
  for (const [turn, signal] of ENDINGS.entries()) {
    const place = turn % 3;
    const isRestart = signal === 'SIGTERM';
    const before = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(before + 40);
    const old = processes[place]!;
    if (isRestart) processes[place] = await start();
    const ended = old.end(signal);
    // Its clients go to the next gateway; the others have noticed nothing.
    await Promise.all(
      clients.map(async (client) => {
        if (client.on !== place) return;
        const { code } = await client.at.closed;
        if (isRestart) expect(code).toBe(1012);
        client.seen.push(...client.at.eventIds);
        client.on = (place + 1) % 3;
        client.at = await follow(processes[client.on]!, client.at.lastCursor);
      }),
    );
    expect(await ended).toBe(isRestart ? 0 : null);
    if (!isRestart) processes[place] = await start();
  }
  await providers.stop();
  const logged = await readAll(processes[0].url);
  expect(logged.toSorted()).toEqual([...providers.acknowledged].toSorted());
  for (const { at, seen } of clients) {
    await at.until(({ eventIds }) => eventIds.at(-1) === logged.at(-1));
    const all = [...seen, ...at.eventIds];
    // Each began where the log was when it came.
    expect(all).toEqual(logged.slice(-all.length));
    expect(at.messages.some(({ __typename }) => __typename === 'Gap')).toBe(false);
  }
  expect([...providers.statuses.keys()].filter((status) => ![0, 200, 503].includes(status))).toEqual([]);
});
