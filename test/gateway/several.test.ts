import { expect, it } from 'vitest';
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

/** Three gateways as processes of their own, and how to start another. */
async function three() {
  const env = { ...environment(temporaryFolder()), DATABASE_URL: await server.newDatabase() };
  const start = () => GatewayProcess.start(env);
  return { start, gateways: await Promise.all([start(), start(), start()]) };
}

/** Three that share nothing but the database either, for tests in which none is ended: no processes are needed for that. */
async function threeHere() {
  const env = { DATABASE_URL: await server.newDatabase() };
  const start = () => TestGateway.start({ env });
  return Promise.all([start(), start(), start()]);
}

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
  const gateways = await Promise.all([start(), start()]);
  const list = [...Array.from({ length: 20 }, (_, index) => cancelledOrder(String(index))), cancelledOrder('odd', 42)];
  const receipts = await Promise.all(gateways.map((gateway) => gateway.post('mailer', mailed(list))));
  const counted = (outcome: string) =>
    receipts.reduce((sum, { body }) => sum + Number(body['events'][outcome] ?? 0), 0);
  expect(receipts.map(({ status }) => status)).toEqual([200, 200]);
  expect([counted('accepted'), counted('duplicate'), counted('quarantined')]).toEqual([20, 20, 2]);
  const { data } = await gateways[0].query('{ quarantine { edges { node { eventId } } } }');
  expect(data!['quarantine'].edges).toEqual([{ node: { eventId: 'odd' } }]);
});

it('LOG5.1 brings what is posted to any of three gateways to the subscribers of all, in one order', async () => {
  const gateways = await threeHere();
  const subscribers = await Promise.all(gateways.map((gateway) => follow(gateway)));
  await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
  const ids = Array.from({ length: 90 }, (_, index) => `event-${index}`);
  await Promise.all(ids.map((id, index) => deliver(gateways[index % 3]!, attendanceCanceled({ id }))));
  await Promise.all(subscribers.map((subscriber) => subscriber.events(ids.length)));
  const logged = await readAll(gateways[0].url);
  expect(logged.toSorted()).toEqual(ids.toSorted());
  for (const subscriber of subscribers) expect(subscriber.eventIds).toEqual(logged);
});

it('IN3.2 records an event that is posted to three gateways at the same moment once, and answers each 200', async () => {
  const gateways = await threeHere();
  const subscriber = await follow(gateways[2]);
  await subscriber.caughtUp();
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = await Promise.all(gateways.map((gateway) => post(gateway, `round-${round}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const outcomes = answers.map(({ body }) => body['status'] as string);
    expect(outcomes.toSorted()).toEqual(['accepted', 'duplicate', 'duplicate']);
  }
  await subscriber.events(ROUNDS);
  const ids = Array.from({ length: ROUNDS }, (_, round) => `round-${round}`);
  expect(await readAll(gateways[0].url)).toEqual(ids);
  expect(subscriber.eventIds).toEqual(ids);
});

it('LIVE1.5 lets the clients of a killed gateway go on at another with their cursors, each event exactly once', async () => {
  const { gateways, start } = await three();
  const providers = new Providers(() => gateways.map(({ url }) => url), CALM);
  const clients = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => ({
      on: index % 3,
      at: await follow(gateways[index % 3]!),
      seen: [] as string[],
    })),
  );
  await Promise.all(clients.map(({ at }) => at.caughtUp()));
  for (let kill = 0; kill < thoroughly(3, 1); kill += 1) {
    const before = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(before + 40);
    const victim = gateways[kill]!;
    await victim.end('SIGKILL');
    // Whoever was there goes to the next one; whoever was not has noticed nothing.
    await Promise.all(
      clients.map(async (client) => {
        if (client.on !== kill) return;
        await client.at.closed;
        client.seen.push(...client.at.eventIds);
        client.on = (kill + 1) % 3;
        client.at = await follow(gateways[client.on]!, client.at.lastCursor);
      }),
    );
    gateways[kill] = await start();
  }
  await providers.stop();
  const logged = await readAll(gateways[0].url);
  expect(logged.toSorted()).toEqual([...providers.acknowledged].toSorted());
  for (const { at, seen } of clients) {
    await at.until(({ eventIds }) => eventIds.at(-1) === logged.at(-1));
    const all = [...seen, ...at.eventIds];
    // Each began where the log was when it came.
    expect(all).toEqual(logged.slice(-all.length));
    expect(at.messages.some(({ __typename }) => __typename === 'Gap')).toBe(false);
  }
});

it('OPS1.1 loses nothing in a rolling restart of all three', async () => {
  const { gateways, start } = await three();
  const providers = new Providers(() => gateways.map(({ url }) => url), CALM);
  let client = await follow(gateways[0]);
  await client.caughtUp();
  const seen: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const before = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size, { interval: 5 }).toBeGreaterThan(before + 40);
    const old = gateways[turn]!;
    gateways[turn] = await start();
    const ended = old.end('SIGTERM');
    // It follows at each in turn, and is sent away from each.
    expect(await client.closed).toMatchObject({ code: 1012 });
    seen.push(...client.eventIds);
    client = await follow(gateways[(turn + 1) % 3]!, client.lastCursor);
    expect(await ended).toBe(0);
  }
  await providers.stop();
  const logged = await readAll(gateways[0].url);
  expect(logged.toSorted()).toEqual([...providers.acknowledged].toSorted());
  await client.until(({ eventIds }) => eventIds.at(-1) === logged.at(-1));
  const all = [...seen, ...client.eventIds];
  expect(all).toEqual(logged.slice(-all.length));
  expect([...providers.statuses.keys()].filter((status) => status !== 200 && status !== 0 && status !== 503)).toEqual(
    [],
  );
});
