import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { KINDS } from '../../src/events/cancellation.ts';
import { type Cursor, gapAfter } from '../../src/events/cursor.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { EventFilter } from '../../src/events/filter.ts';
import { Connection, statement } from '../../src/log/postgres/connection.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { selectPage } from '../../src/log/postgres/select.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { EVENT_COLUMNS } from '../../src/log/row.ts';
import { describeEventLog, newEvent } from '../contract/event-log.contract.ts';
import { PostgresServer, newDatabase, query } from '../support/postgres.ts';

const given = process.env['TEST_POSTGRES_URL'];
const opened: EventLog[] = [];
const urls = new Map<EventLog, string>();
let server: PostgresServer | null = null;

beforeAll(async () => {
  if (!given) server = await PostgresServer.start();
}, 60_000);

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  if (given) for (const url of new Set(urls.values())) await query(given, `DROP DATABASE IF EXISTS ${nameOf(url)}`);
  urls.clear();
});

afterAll(() => server?.remove());

const nameOf = (url: string) => new URL(url).pathname.slice(1);
const empty = () => newDatabase(given ?? server!.url());

async function openAt(url: string): Promise<PostgresLog> {
  const log = await PostgresLog.open(url);
  opened.push(log);
  urls.set(log, url);
  return log;
}

describeEventLog('PostgreSQL', {
  open: async () => openAt(await empty()),
  again: (log) => openAt(urls.get(log)!),
});

it('IN4 takes what PostgreSQL refuses, NUL and lone surrogates, wherever it stands, and gives it back', async () => {
  const log = await openAt(await empty());
  const odd = 'a\0b\ud800c\udc00d\\e\\u0000f"{},\u{1f600}\n';
  const event = newEvent({
    type: odd,
    eventId: odd,
    tenant: odd,
    subject: odd,
    occurredAt: { at: 1, text: odd },
    personal: { tenantName: odd },
    raw: JSON.stringify({ odd }),
  });
  const beside = newEvent({ eventId: odd.replace('\0', String.raw`\u0000`) });
  const answers = await log.append([event, beside, event]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'duplicate']);
  const filter = { types: [odd], tenants: [odd], subjects: [odd] };
  const page = await log.read({ direction: 'forward', limit: 10, filter });
  expect(page.events).toEqual([{ ...event, cursor: expect.anything() }]);
  expect(await log.find([event, beside])).toMatchObject([event, beside]);
  const kept = {
    provider: odd,
    source: odd,
    type: odd,
    eventId: odd,
    digest: odd,
    receivedAt: 1,
    issues: [{ path: odd, message: odd }],
    payload: JSON.stringify(odd),
  };
  const id = await log.quarantine(kept);
  expect(await log.findQuarantined(id)).toEqual({ id, ...kept });
  const { provider, source, tenant } = event;
  const erasure = await log.erase({ provider, source, tenant, subject: odd }, 1);
  expect(erasure).toMatchObject({ eventIds: [odd], tenant: odd, subject: odd });
  expect((await log.read({ direction: 'forward', limit: 10, filter })).erasures).toEqual([erasure]);
});

it('IN4 refuses only the events with an id that no index holds, wherever in a batch they are', async () => {
  const log = await openAt(await empty());
  const events = Array.from({ length: 20 }, (_, index) =>
    newEvent({ eventId: index % 7 === 3 ? randomBytes(4_000).toString('hex') : `short-${index}` }),
  );
  const answers = await log.append(events);
  expect(answers.map(({ outcome }) => outcome)).toEqual(
    events.map((_, index) => (index % 7 === 3 ? 'refused' : 'accepted')),
  );
  expect((await log.read({ direction: 'forward', limit: 100, filter: {} })).events).toHaveLength(17);
});

it('LOG5 lets several processes start at once on an empty database', async () => {
  const url = await empty();
  const logs = await Promise.all(Array.from({ length: 5 }, () => openAt(url)));
  const heads = await Promise.all(logs.map((log) => log.head()));
  expect(new Set(heads.map(({ epoch }) => epoch)).size).toBe(1);
});

it('OPS2 refuses a log that a newer hookcast wrote, a password that is wrong, and a database that is not there', async () => {
  const url = await empty();
  await (await openAt(url)).close();
  await query(url, 'UPDATE hookcast.log SET version = 99');
  await expect(PostgresLog.open(url)).rejects.toThrow(/newer hookcast/);
  const wrong = new URL(url);
  wrong.password = 'a-secret-that-is-wrong';
  const refused = await PostgresLog.open(wrong.href).catch((error: Error) => error.message);
  expect(refused).toMatch(/can't be opened: .*password authentication failed/);
  expect(refused).not.toContain('a-secret');
  await expect(PostgresLog.open(`${url}_nowhere`)).rejects.toThrow(/does not exist/);
});

it('LOG2 commits are synchronous, whatever the database’s default, and a server without fsync is refused', async () => {
  const url = await empty();
  await query(url, `ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
  await openAt(url);
  const connection = await Connection.open(parseTarget(url), parseTarget(url).hosts[0]!);
  expect(await connection.ask(statement('SHOW synchronous_commit'), [])).toEqual([['on']]);
  connection.destroy();
  const careless = await PostgresServer.start(['fsync=off']);
  try {
    await expect(PostgresLog.open(careless.url(), { patience: 0 })).rejects.toThrow(/fsync off/);
  } finally {
    await careless.remove();
  }
}, 30_000);

it('LOG4 answers every filter through an index, in log order, however common the value', async () => {
  const url = await empty();
  await openAt(url);
  // Two thirds of the log are one tenant's, and one tenant has five events at the far end of it.
  await query(
    url,
    `INSERT INTO hookcast.events (${EVENT_COLUMNS.join(', ')})
     SELECT source, n::text, source, 'type' || n % 4, 'OtherEvent', CASE WHEN n % 2 = 0 THEN 'TICKET' END,
       CASE WHEN n <= 5 THEN 'rare' ELSE 'common' || least(n % 3, 1) END, 's' || n % 1000, n, '', n, '{}', NULL, NULL
     FROM generate_series(1, 60000) AS n, LATERAL (SELECT CASE WHEN n % 2 = 0 THEN 'wix' ELSE 'eduzz' END) AS s(source);
     ANALYZE hookcast.events`,
  );
  const filters: [EventFilter, RegExp][] = [
    [{ subjects: ['s1', 's2'] }, /events_by_subject/],
    [{ tenants: ['rare'] }, /(events|cancellations)_by_tenant/],
    [{ tenants: ['common0', 'common1'] }, /(events|cancellations)_by_tenant/],
    [{ tenants: ['rare', 'common1'], types: ['type3'] }, /events_by_tenant/],
    [{ types: ['type1', 'nowhere'] }, /events_by_type/],
    [{ kinds: ['TICKET'] }, /cancellations_by_kind/],
    [{ tenants: ['rare'], kinds: KINDS }, /(events|cancellations)_by_tenant/],
    [{ sources: ['wix'] }, /events_by_source/],
    [{ providers: ['wix'] }, /events_by_provider/],
    [{ occurredFrom: 100, occurredBefore: 200 }, /events_by_occurrence/],
    [{}, /events_pkey/],
  ];
  const client = postgres(url, { max: 1 });
  // As a statement that was prepared once for all values.
  await client`SET plan_cache_mode = force_generic_plan`;
  for (const direction of ['forward', 'backward'] as const) {
    for (const [filter, index] of filters) {
      const { sql, parameters } = selectPage({ direction, limit: 50, filter });
      let place = 0;
      const text = `EXPLAIN (ANALYZE, BUFFERS OFF, FORMAT TEXT) ${sql.replaceAll('?', () => `$${(place += 1)}`)}`;
      const plan = (await client.unsafe(text, parameters as string[], { prepare: true })).map((row) =>
        String(row['QUERY PLAN']),
      );
      const name = `${direction} ${JSON.stringify(filter)}\n${plan.join('\n')}`;
      const scans = plan.filter((line) => /(Scan|Index).* on events|Scan using/.test(line));
      expect(scans.join('\n'), name).toMatch(index);
      expect(scans.join('\n'), name).not.toMatch(/Seq Scan on events/);
      // What is read is the page for each value, and not what the log holds.
      const rows = plan.flatMap((line) => /events.*actual.* rows=([\d.]+) loops/.exec(line)?.[1] ?? []);
      expect(Math.max(...rows.map(Number)), name).toBeLessThanOrEqual('occurredFrom' in filter ? 100 : 50);
    }
  }
  await client.end();
}, 30_000);

it('LIVE3 goes on under a new epoch when another server or timeline writes, and knows how far the old one is good', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
  const before = await log.read({ direction: 'forward', limit: 10, filter: {} });
  // As if these events had been written by another server, which this one was copied from.
  await query(url, "UPDATE hookcast.epochs SET history = 'elsewhere'");
  expect(await log.head()).toEqual(before.head);
  const [appended] = await log.append([newEvent({ eventId: 'c' })]);
  const after = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(after.head).toEqual((appended as { cursor: Cursor }).cursor);
  expect(after.head.epoch).not.toBe(before.head.epoch);
  expect(after.lineage).toEqual([before.head]);
  expect(gapAfter(before.head, after)).toBeNull();
  expect(gapAfter(before.events[0]!.cursor, after)).toBeNull();
  // What the other server went on to write is not here.
  expect(gapAfter({ ...before.head, seq: before.head.seq + 1 }, after)).toBe('LOG_REPLACED');
  const page = await log.read({ direction: 'forward', after: before.head, limit: 10, filter: {} });
  expect(page.events.map(({ eventId }) => eventId)).toEqual(['c']);
  await log.append([newEvent({ eventId: 'd' })]);
  expect((await log.head()).epoch).toBe(after.head.epoch);
});

it('LOG5 is written by whichever host is the primary, and says what is wrong with each when none is', async () => {
  const url = await empty();
  const [, port] = /:(\d+)\//.exec(url) ?? [];
  const withHosts = (hosts: string) => url.replace(`127.0.0.1:${port}`, hosts);
  const log = await openAt(withHosts(`127.0.0.1:1,127.0.0.1:${port}`));
  expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
  const nobody = PostgresLog.open(withHosts('127.0.0.1:1,[::1]:2'), { patience: 0 });
  await expect(nobody).rejects.toThrow(/127\.0\.0\.1:1 .*ECONNREFUSED.*; ::1:2 .*(ECONNREFUSED|EADDRNOTAVAIL)/);
});

it('OPS4 hears of others again after its listening connection was ended a hundred times, and wakes at once', async () => {
  const url = await empty();
  const log = await openAt(url);
  const other = await openAt(url);
  let woken = 0;
  const stop = log.watch(() => (woken += 1));
  const listening = () =>
    query(url, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
  for (let round = 0; round < 100; round += 1) {
    await expect.poll(async () => (await listening()).length, { interval: 10 }).toBe(1);
    await query(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    );
  }
  await expect.poll(async () => (await listening()).length, { interval: 10 }).toBe(1);
  const before = woken;
  await other.append([newEvent()]);
  await expect.poll(() => woken, { interval: 5 }).toBeGreaterThan(before);
  stop();
  await expect.poll(async () => (await listening()).length).toBe(0);
}, 30_000);
