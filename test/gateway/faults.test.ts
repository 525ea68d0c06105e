import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, receipt, temporaryFolder } from '../support/gateway.ts';
import { PostgresServer, query } from '../support/postgres.ts';
import { Providers, readAll } from '../support/providers.ts';
import { Proxy } from '../support/proxy.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { quickest } from '../support/quickest.ts';
import { thoroughly } from '../support/thorough.ts';

/** Enough that some are under way at any moment, and not all that the machine can do. */
const CALM = { pause: 25 };

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
});

afterAll(() => server.remove(), 30_000);

async function follow({ webSocketUrl }: { webSocketUrl: string }): Promise<Subscriber> {
  const subscriber = new Subscriber(webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, {});
  await subscriber.caughtUp();
  return subscriber;
}

async function post(url: string, id: string) {
  const { headers, body } = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
  return receipt(await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body }));
}

/** As its provider does: it comes again while the commit takes longer than a second, which on a busy machine it may. */
const record = (url: string, id: string) => expect.poll(async () => (await post(url, id)).status).toBe(200);

const ready = async (url: string) => (await fetch(`${url}/readyz`)).status;

/** One as a process, which shows that it doesn't end; and one in this process, which takes a twentieth of the work to start. */
const two = (databaseUrl: string) =>
  Promise.all([
    GatewayProcess.start({ ...environment(temporaryFolder()), DATABASE_URL: databaseUrl }),
    TestGateway.start({ env: { DATABASE_URL: databaseUrl } }),
  ]);

/** The log has exactly the acknowledged events, and every subscriber got each once, in order and without a gap. */
async function expectAll(gateway: { readonly url: string }, providers: Providers, subscribers: readonly Subscriber[]) {
  const logged = await readAll(gateway.url);
  expect(logged.toSorted()).toEqual([...providers.acknowledged].toSorted());
  for (const subscriber of subscribers) {
    await subscriber.events(logged.length);
    expect(subscriber.eventIds).toEqual(logged);
    expect(subscriber.messages.filter(({ __typename }) => __typename === 'Gap')).toEqual([]);
  }
}

it('OPS4.1 loses no subscriber and no event through immediate stops of PostgreSQL under load', async () => {
  const gateways = await two(await server.newDatabase());
  const subscribers = await Promise.all(gateways.map(follow));
  const providers = new Providers(() => gateways.map(({ url }) => url), CALM);
  for (let stop = 0; stop < thoroughly(4, 2); stop += 1) {
    const before = providers.acknowledged.size;
    // Somewhere in the middle of it, each time somewhere else.
    await expect.poll(() => providers.acknowledged.size, { interval: 2 }).toBeGreaterThan(before + 10 + stop * 16);
    await server.stop('SIGQUIT');
    await server.start();
  }
  await providers.stop();
  await expectAll(gateways[0], providers, subscribers);
  // A refused client was told when to come again.
  expect(new Set(providers.statuses.keys())).toEqual(new Set([200, 503]));
  expect(await gateways[0].end('SIGTERM')).toBe(0);
});

it('OPS4.1 says so while the database is silent, keeps its subscribers, and goes on by itself', async () => {
  const url = await server.newDatabase();
  const proxy = await Proxy.to(url);
  const gateway = await TestGateway.start({ env: { DATABASE_URL: proxy.url } });
  const other = await TestGateway.start({ env: { DATABASE_URL: url } });
  const subscriber = await follow(gateway);
  await record(gateway.url, 'before');
  await subscriber.events(1);
  expect(await ready(gateway.url)).toBe(200);

  proxy.fallSilent();
  // Wix hangs up after 1,250 ms.
  const took = await quickest(1_250, async () => {
    const refused = await post(gateway.url, 'during');
    expect(refused).toMatchObject({ status: 503, body: { status: 503 } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
  expect(took).toBeLessThan(1_250);
  expect(await ready(gateway.url)).toBe(503);
  const answer = await gateway.query('{ events { head } }');
  expect(answer.errors).toMatchObject([{ extensions: { code: 'LOG_UNAVAILABLE' } }]);
  await record(other.url, 'elsewhere');

  proxy.recover();
  await expect.poll(async () => (await post(gateway.url, 'during')).status).toBe(200);
  await subscriber.events(3);
  expect(subscriber.eventIds).toEqual(await readAll(other.url));
  expect(new Set(subscriber.eventIds)).toEqual(new Set(['before', 'elsewhere', 'during']));
  expect(await ready(gateway.url)).toBe(200);
});

it('OPS4.2 finds a listening connection that has gone deaf within fifteen seconds, and replaces it', async () => {
  const url = await server.newDatabase();
  const proxy = await Proxy.to(url);
  const gateway = await TestGateway.start({ env: { DATABASE_URL: proxy.url } });
  await follow(gateway);
  const listening = async () =>
    (await query(url, "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"))
      .length;
  await expect.poll(listening).toBe(1);
  const connected = proxy.opened;
  proxy.fallSilent();
  proxy.recover();
  // The server goes on believing in the deaf one; the new one is heard.
  await expect.poll(async () => proxy.opened > connected && (await listening())).toBe(2);
});

it('IN1.2 answers 503 while a disk is full, and 200 when it no longer is', async () => {
  const url = await server.newDatabase();
  const gateway = await TestGateway.start({ env: { DATABASE_URL: url } });
  await query(
    url,
    `CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
     CREATE TRIGGER disk_is_full BEFORE INSERT ON hookcast.events EXECUTE FUNCTION disk_is_full()`,
  );
  expect(await post(gateway.url, 'one')).toMatchObject({ status: 503 });
  expect(await ready(gateway.url)).toBe(503);
  await query(url, 'DROP TRIGGER disk_is_full ON hookcast.events');
  expect(await post(gateway.url, 'one')).toMatchObject({ status: 200, body: { status: 'accepted' } });
  expect(await ready(gateway.url)).toBe(200);
  expect(await readAll(gateway.url)).toEqual(['one']);
});

it('IN1.3 acknowledges a duplicate no sooner than its event is on the synchronous standby', async () => {
  const url = await server.newDatabase();
  const waitForNobody = async () => {
    await query(url, 'ALTER SYSTEM RESET synchronous_standby_names');
    await query(url, 'SELECT pg_reload_conf()');
  };
  try {
    const gateway = await TestGateway.start({ env: { DATABASE_URL: url } });
    await record(gateway.url, 'before');
    await query(url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await query(url, 'SELECT pg_reload_conf()');
    await expect.poll(async () => (await post(gateway.url, 'during')).status).toBe(503);
    // The commit that nobody was told of becomes visible when its session ends, on this server alone.
    const waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    // The gateway's own notes (answers, that it is alive) wait as well, on a slow machine several at once.
    await expect.poll(async () => (await query(url, `SELECT ${waiting}`)).length).toBeGreaterThan(0);
    await query(url, `SELECT pg_terminate_backend(pid) ${waiting}`);
    await expect.poll(() => readAll(gateway.url)).toContain('during');
    expect((await post(gateway.url, 'during')).status).toBe(503);
    await query(url, `SELECT pg_terminate_backend(pid) ${waiting}`);
    // A delivery that goes to quarantine waits no longer than one that is an event.
    const took = await quickest(2_000, async (number) => {
      const unfit = { ...attendanceCanceled({ id: `unfit ${number}` }), data: {} };
      expect((await gateway.eduzz(unfit)).status).toBe(503);
    });
    expect(took).toBeLessThan(2_000);
    await waitForNobody();
    await expect.poll(async () => (await post(gateway.url, 'during')).body['status']).toBe('duplicate');
    await gateway.close();
  } finally {
    await waitForNobody();
  }
});

/** A standby of a server, which is stopped for as long as it is copied. */
async function standbyOf(primary: PostgresServer): Promise<PostgresServer> {
  await primary.stop('SIGINT');
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-postgres-'));
  rmSync(folder, { recursive: true });
  const copied = spawnSync('cp', ['-a', primary.folder, folder]);
  if (copied.status !== 0) throw new Error(String(copied.stderr));
  writeFileSync(join(folder, 'standby.signal'), '');
  const { username, password } = new URL(primary.url());
  const conninfo = `host=127.0.0.1 port=${primary.port} user=${username} password=${password}`;
  appendFileSync(join(folder, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
  await primary.start();
  return PostgresServer.startIn(folder);
}

const replicating = (primary: PostgresServer) =>
  expect.poll(
    async () => (await query(primary.url(), "SELECT FROM pg_stat_replication WHERE state = 'streaming'")).length,
  );

it('LOG2.2 keeps what it acknowledged when the primary dies and its synchronous standby is promoted; no gap is told', async () => {
  const primary = await PostgresServer.start();
  const database = new URL(await primary.newDatabase()).pathname;
  const standby = await standbyOf(primary);
  try {
    await replicating(primary).toBe(1);
    await query(primary.url(), "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await query(primary.url(), 'SELECT pg_reload_conf()');
    const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
    const url = primary.url(database.slice(1)).replace(`127.0.0.1:${primary.port}`, hosts);
    const gateways = await two(url);
    const subscribers = await Promise.all(gateways.map(follow));
    const providers = new Providers(() => gateways.map((gateway) => gateway.url), CALM);
    await expect.poll(() => providers.acknowledged.size).toBeGreaterThan(60);
    await primary.stop('SIGQUIT');
    await query(standby.url(), 'SELECT pg_promote()');
    const before = providers.acknowledged.size;
    await expect.poll(() => providers.acknowledged.size).toBeGreaterThan(before + 60);
    await providers.stop();
    await expectAll(gateways[0], providers, subscribers);
    const epochs = await query(standby.url(database.slice(1)), 'SELECT epoch FROM hookcast.epochs');
    expect(epochs).toHaveLength(2);
    expect(await gateways[0].end('SIGTERM')).toBe(0);
  } finally {
    await primary.remove();
    await standby.remove();
  }
});

it('LIVE3.3 tells of a failover that lost events only the clients whose cursors it concerns', async () => {
  const primary = await PostgresServer.start();
  const database = new URL(await primary.newDatabase()).pathname;
  const standby = await standbyOf(primary);
  try {
    const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
    const url = primary.url(database.slice(1)).replace(`127.0.0.1:${primary.port}`, hosts);
    const gateway = await TestGateway.start({ env: { DATABASE_URL: url } });
    const subscriber = await follow(gateway);
    for (const id of ['one', 'two']) await record(gateway.url, id);
    await subscriber.events(2);
    const kept = subscriber.lastCursor;
    await replicating(primary).toBe(1);
    await expect
      .poll(
        async () =>
          (await query(primary.url(), 'SELECT FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()'))
            .length,
      )
      .toBe(1);
    // From here on the standby hears of nothing.
    await standby.stop('SIGINT');
    await record(gateway.url, 'lost');
    await subscriber.events(3);
    const lost = subscriber.lastCursor;
    await primary.stop('SIGQUIT');
    await standby.start();
    await query(standby.url(), 'SELECT pg_promote()');
    // Positions are given out anew, and to other events.
    await expect.poll(async () => (await post(gateway.url, 'three')).status).toBe(200);
    for (const id of ['four', 'five']) await record(gateway.url, id);
    await subscriber.until(({ eventIds }) => eventIds.at(-1) === 'five');
    const [gap, ...others] = subscriber.messages.filter(({ __typename }) => __typename === 'Gap');
    expect(gap).toMatchObject({ reason: 'LOG_REPLACED', after: lost });
    expect(others).toEqual([]);
    expect(subscriber.eventIds).toEqual(['one', 'two', 'lost', 'one', 'two', 'three', 'four', 'five']);

    const returning = async (after: string) => {
      const back = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after });
      await back.until(({ eventIds }) => eventIds.at(-1) === 'five');
      return back.messages
        .map(({ __typename, node }) => node?.['eventId'] ?? __typename)
        .filter((said) => said !== 'CaughtUp');
    };
    expect(await returning(kept)).toEqual(['three', 'four', 'five']);
    expect(await returning(lost)).toEqual(['Gap', 'one', 'two', 'three', 'four', 'five']);
  } finally {
    await primary.remove();
    await standby.remove();
  }
});
