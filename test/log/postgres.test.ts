import { randomBytes } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import postgres from 'postgres';
import { afterAll, afterEach, expect, it } from 'vitest';
import { KINDS } from '../../src/events/cancellation.ts';
import { type Cursor, gapAfter } from '../../src/events/cursor.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { EventFilter } from '../../src/events/filter.ts';
import { checkDatabase } from '../../src/log/postgres/check-database.ts';
import { Connection, statement } from '../../src/log/postgres/connection.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { dependsOnValues, selectPage } from '../../src/log/postgres/select.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { EVENT_COLUMNS } from '../../src/log/row.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { describeEventLog, newEvent } from '../contract/event-log.contract.ts';
import { KeptLogs } from '../contract/kept-logs.ts';
import { reviseTypes } from '../support/revise-types.ts';
import { PostgresServer, query, sharedPostgres } from '../support/postgres.ts';
import { quickest } from '../support/quickest.ts';
import { thoroughly } from '../support/thorough.ts';

const given = process.env['TEST_POSTGRES_URL'];
/** Other files use the same server. */
const ACTIVE = 'SELECT FROM pg_stat_activity WHERE datname = current_database()';
const opened: EventLog[] = [];
const made: string[] = [];

const kept = new KeptLogs({
  make: () => sharedPostgres().newDatabase(),
  openAt: (url) => PostgresLog.open(url),
  // Leaves who the log is: its epoch and its secret, which those that are open on it have read.
  empty: async (url) => {
    const tables = await query(
      url,
      "SELECT tablename FROM pg_tables WHERE schemaname = 'hookcast' AND tablename NOT IN ('log', 'epochs')",
    );
    const names = tables.map(({ tablename }) => `hookcast.${tablename}`);
    await query(
      url,
      `TRUNCATE ${names.join(', ')} RESTART IDENTITY;
       UPDATE hookcast.log SET floor = 0, former_up_to = 0, token_changes = 0`,
    );
  },
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  if (given) for (const url of made.splice(0)) await drop(url);
  await kept.giveBack();
});

afterAll(async () => {
  for (const url of await kept.end()) if (given) await drop(url);
});

const nameOf = (url: string) => new URL(url).pathname.slice(1);
const drop = (url: string) => query(given!, `DROP DATABASE IF EXISTS ${nameOf(url)} WITH (FORCE)`);

async function empty(): Promise<string> {
  const url = await sharedPostgres().newDatabase();
  made.push(url);
  return url;
}

async function openAt(url: string): Promise<PostgresLog> {
  const log = await PostgresLog.open(url);
  opened.push(log);
  return log;
}

describeEventLog('PostgreSQL', kept);

it('IN4.3 refuses only the events with an id that no index holds, wherever in a batch they are', async () => {
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

const TAKES_NOTHING = {
  'a column that must be given': `ALTER TABLE hookcast.events ADD COLUMN more text NOT NULL DEFAULT '';
    ALTER TABLE hookcast.events ALTER COLUMN more DROP DEFAULT`,
  'a column that this event leaves empty': 'ALTER TABLE hookcast.events ALTER COLUMN subject SET NOT NULL',
  'a rule that every event breaks': 'ALTER TABLE hookcast.events ADD CHECK (seq < 0) NOT VALID',
  'a column that is too narrow': 'ALTER TABLE hookcast.events ALTER COLUMN type TYPE varchar(4)',
  'a key that is taken': 'CREATE UNIQUE INDEX ON hookcast.events (tenant)',
  'a column that is missing': 'ALTER TABLE hookcast.events DROP COLUMN raw',
};

it.each(Object.entries(TAKES_NOTHING))(
  'IN1.6 refuses no event for what is wrong with the log: %s',
  async (_what, sql) => {
    const url = await empty();
    const log = await openAt(url);
    await log.append([newEvent({ type: 'a' })]);
    await query(url, sql);
    const events = [1, 2].map(() => newEvent({ subject: null }));
    await expect(log.append(events)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await query(url, 'SELECT seq FROM hookcast.events')).toHaveLength(1);
  },
);

it('IN1.6 lists no event as one that can’t be revised for what is wrong with the log', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
  const { events } = await log.read({ direction: 'forward', limit: 2, filter: {} });
  const anew = (types: readonly string[]) => reviseTypes(log, events, types);
  await query(url, 'ALTER TABLE hookcast.revisions ADD CHECK (revised_at > 1)');
  await expect(anew(['x', 'y'])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await query(url, 'ALTER TABLE hookcast.revisions DROP CONSTRAINT revisions_revised_at_check');
  await query(url, "ALTER TABLE hookcast.events ADD CHECK (type <> 'bad')");
  expect((await anew(['bad', 'good'])).map(({ outcome }) => outcome)).toEqual(['refused', 'revised']);
  expect((await log.read({ direction: 'forward', limit: 2, filter: {} })).events.map(({ type }) => type)).toEqual([
    events[0]!.type,
    'good',
  ]);
  expect(await query(url, 'SELECT event_seq FROM hookcast.revisions')).toHaveLength(1);
});

it('IN4.11 refuses an event for its content, and leaves nothing of the test whether another one would be taken', async () => {
  const url = await empty();
  const log = await openAt(url);
  await query(url, "ALTER TABLE hookcast.events ADD CHECK (tenant <> 'eduzz:13')");
  const bad = [
    newEvent({ tenant: 'eduzz:13' }),
    newEvent({ receivedAt: 1.5 }),
    newEvent({ data: undefined as never }),
    newEvent({ type: null as never }),
  ];
  const answers = await log.append([newEvent(), ...bad, newEvent()]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', ...bad.map(() => 'refused'), 'accepted']);
  expect(await query(url, 'SELECT seq FROM hookcast.events')).toHaveLength(2);
});

it('LOG5.2 lets several processes start at once on an empty database', async () => {
  const url = await empty();
  const logs = await Promise.all(Array.from({ length: 5 }, () => openAt(url)));
  const heads = await Promise.all(logs.map((log) => log.head()));
  expect(new Set(heads.map(({ epoch }) => epoch)).size).toBe(1);
});

it('OPS2.4 refuses a log that a newer hookcast wrote, a password that is wrong, and a database that is not there', async () => {
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

it('OPS2.4 says what to do if no server answers: at a start, while it waits, and of a check', async () => {
  const nowhere = 'postgres://u:a-secret@127.0.0.1:1/log';
  const warnings: string[] = [];
  const opening = PostgresLog.open(nowhere, { patience: 600, warn: (message) => void warnings.push(message) });
  await expect(opening).rejects.toThrow(/ECONNREFUSED.*\. Check DATABASE_URL, and whether the server runs\.$/);
  expect(warnings).toEqual([expect.stringMatching(/ECONNREFUSED.*\. The start waits for 0\.6 seconds\.$/)]);
  const told = { code: 'LOG_UNAVAILABLE', message: expect.stringContaining('Check DATABASE_URL') };
  await expect(checkDatabase(nowhere)).rejects.toMatchObject(told);
  await expect(checkDatabase(`${await empty()}_nowhere`)).rejects.toMatchObject(told);
});

it('LOG2.3 commits synchronously with any default of the database, and refuses a server without fsync', async () => {
  const url = await empty();
  await query(url, `ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
  await openAt(url);
  const connection = await Connection.open(parseTarget(url), parseTarget(url).hosts[0]!);
  expect(await connection.ask(statement('SHOW synchronous_commit'), [])).toEqual([['on']]);
  connection.destroy();
  const careless = await PostgresServer.start();
  const sets = async (setting: string) => {
    await query(careless.url(), `ALTER SYSTEM SET ${setting}`);
    await query(careless.url(), 'SELECT pg_reload_conf()');
  };
  try {
    await sets('full_page_writes = off');
    const warnings: string[] = [];
    const log = await PostgresLog.open(careless.url(), { warn: (message) => warnings.push(message) });
    expect(warnings).toEqual([expect.stringMatching(/full_page_writes off.*can damage acknowledged events/)]);
    await log.tryToWrite();
    await sets('fsync = off');
    await expect(PostgresLog.open(careless.url(), { patience: 0 })).rejects.toThrow(/fsync off/);
    // The gateway's connections are older than the change.
    await expect.poll(() => log.tryToWrite().catch((error) => error.cause.message)).toMatch(/fsync off/);
    await log.close();
  } finally {
    await careless.remove();
  }
});

it('LOG1.4 answers for the events that were asked when one of them is forgotten at the same moment', async () => {
  const url = await empty();
  const log = await openAt(url);
  const other = await openAt(url);
  await log.append([newEvent({ eventId: 'old', receivedAt: 1 })]);
  // The window in which it was lost: between what an append inserts, and what it looks up.
  await query(
    url,
    `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;
     CREATE TRIGGER pause AFTER INSERT ON hookcast.events EXECUTE FUNCTION pause()`,
  );
  const events = ['old', 'new', 'newer'].map((eventId) => newEvent({ eventId, receivedAt: 9 }));
  const appending = Promise.all(events.map((event) => log.append([event])));
  const appended = async () => (await query(url, `${ACTIVE} AND query LIKE '%append%'`)).length > 1;
  await expect.poll(appended, { interval: 10 }).toBe(true);
  await other.trim(5);
  const answers = (await appending).flat() as { outcome: string; cursor: Cursor }[];
  expect(answers.map(({ outcome }) => outcome)).toEqual(['duplicate', 'accepted', 'accepted']);
  const { events: left } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(left.map(({ eventId, cursor: { epoch, seq } }) => [eventId, { epoch, seq }])).toEqual([
    ['new', answers[1]?.cursor],
    ['newer', answers[2]?.cursor],
  ]);
});

it('OPS2.1 says what is wrong with a URL, without its password', () => {
  const wrong = {
    'postgres://u:12345/secret@host/db': /Expected postgres:/,
    'postgres://u:secret%@host/db': /write %25/,
    'postgres://u:secret@host:port/db': /host:port/,
    'postgres://u:secret@host/db?sslmod=verify-full': /"sslmod" is not supported/,
    'postgres://u:secret@host/db?require_auth=scram-sha-256':
      /"require_auth" is not supported: the gateway can’t enforce it/,
    'postgres://u:secret@host/db?target_session_attrs=standby': /needs the primary/,
    'postgres://u:secret@host/db?sslrootcert=/nowhere/ca.pem': /in its sslrootcert can’t be read \(ENOENT\)/,
    'postgres://u:secret@host/db?sslmode=require&sslrootcert=system': /needs sslmode=verify-full/,
    'postgres://u:secret@host:70000/db': /a number from 1 to 65535/,
    'postgres://u:secret@host/db?sslmode=certain': /sslmode must be one of/,
  };
  for (const [url, why] of Object.entries(wrong)) {
    expect(() => parseTarget(url)).toThrow(why);
    expect(() => parseTarget(url)).toThrow(/^((?!secret).)*$/s);
  }
  const { hosts, ...target } = parseTarget(
    'postgresql://me%40work:p%3A%2F%25@one,[::1]:5433,%2Frun%2Fpostgresql:7/my%20log?target_session_attrs=primary',
  );
  expect(hosts).toEqual([
    { name: 'one', port: 5432 },
    { name: '::1', port: 5433 },
    { name: '/run/postgresql', port: 7 },
  ]);
  expect(target).toMatchObject({ user: 'me@work', password: 'p:/%', database: 'my log' });
  const strict = parseTarget('postgres://127.0.0.1/db?sslmode=verify-full');
  const { checkServerIdentity } = strict.encryption(strict.hosts[0]!).tls;
  const localhost = { subject: {}, subjectaltname: 'DNS:localhost' } as PeerCertificate;
  expect(checkServerIdentity?.('localhost', localhost)).toBeInstanceOf(Error);
});

it('OPS2.4 refuses a database that can’t hold every text, and takes a schema that was made for it', async () => {
  const url = await empty();
  const name = `latin_${randomBytes(4).toString('hex')}`;
  await query(url, `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0`);
  const latin = Object.assign(new URL(url), { pathname: `/${name}` }).href;
  await expect(PostgresLog.open(latin, { patience: 0 })).rejects.toThrow(/in LATIN1; make one with ENCODING 'UTF8'/);
  // A server of our own goes with all that is in it; to drop a database is a checkpoint of everything.
  if (given) await query(url, `DROP DATABASE ${name}`);

  const role = `role_${randomBytes(4).toString('hex')}`;
  await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'of-the-role'`);
  const asRole = Object.assign(new URL(url), { username: role, password: 'of-the-role' }).href;
  await expect(PostgresLog.open(asRole, { patience: 0 })).rejects.toThrow(/permission denied for database/);
  await query(url, `CREATE SCHEMA hookcast AUTHORIZATION ${role}`);
  const log = await openAt(asRole);
  await log.append([newEvent()]);
  const erased = await log.erase(bySubject('ticket/1'), { at: 1, orderedBy: 'operator ana' });
  expect(erased.erasures).toMatchObject([{ subject: 'ticket/1' }]);
  await log.close();
  await query(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

it('LOG4.2 answers every filter through an index, in log order, however common the value', async () => {
  const url = await empty();
  await openAt(url);
  // Two thirds of the log are one tenant's, and one tenant has five events at the far end of it.
  await query(
    url,
    `INSERT INTO hookcast.events (${EVENT_COLUMNS.join(', ')}, happened)
     SELECT source, n::text, source, 'type' || n % 4, 'OtherEvent', CASE WHEN n % 2 = 0 THEN 'TICKET' END,
       CASE WHEN n <= 5 THEN 'rare' ELSE 'common' || least(n % 3, 1) END, 's' || n % 1000, n, '', n, '{}', NULL, NULL, NULL,
       CASE WHEN n <= 5 THEN 'REFUNDED' WHEN n % 3 = 0 THEN 'PAID' END
     FROM generate_series(1, 60000) AS n, LATERAL (SELECT CASE WHEN n % 2 = 0 THEN 'wix' ELSE 'eduzz' END) AS s(source);
     ANALYZE hookcast.events`,
  );
  const filters: [EventFilter, RegExp][] = [
    [{ subjects: ['s1', 's2'] }, /events_by_subject/],
    [{ tenants: ['rare'] }, /(events|cancellations)_by_tenant/],
    [{ tenants: ['common0', 'common1'] }, /(events|cancellations)_by_tenant/],
    [{ tenants: ['rare', 'common1'], types: ['type3'] }, /events_by_tenant/],
    [{ types: ['type1', 'nowhere'] }, /events_by_type/],
    [{ typenames: ['OtherEvent', 'TicketChange'] }, /events_by_shape/],
    [{ happened: ['PAID'] }, /events_by_happened/],
    [{ happened: ['REFUNDED', 'NOTHING'], typenames: ['OtherEvent'] }, /events_by_happened/],
    [{ kinds: ['TICKET'] }, /cancellations_by_kind/],
    [{ tenants: ['rare'], kinds: KINDS }, /(events|cancellations)_by_tenant/],
    [{ sources: ['wix'] }, /events_by_source/],
    [{ providers: ['wix'] }, /events_by_provider/],
    [{ occurredFrom: 100, occurredBefore: 200 }, /events_by_occurrence/],
    [{ occurredBefore: 10 }, /events_by_occurrence|events_pkey/],
    [{ occurredFrom: 100 }, /events_by_occurrence|events_pkey/],
    [{}, /events_pkey/],
  ];
  const client = postgres(url, { max: 1 });
  for (const direction of ['forward', 'backward'] as const) {
    for (const [filter, index] of filters) {
      const request = { direction, limit: 50, filter };
      const { sql, parameters } = selectPage(request);
      // As a statement that was prepared once for all values, unless it never is.
      const plan_cache_mode = dependsOnValues(request) ? 'force_custom_plan' : 'force_generic_plan';
      await client.unsafe(`SET plan_cache_mode = ${plan_cache_mode}`);
      let place = 0;
      await client.unsafe(`PREPARE page AS ${sql.replaceAll('?', () => `$${(place += 1)}`)}`);
      // An EXPLAIN of literal values is planned for them, whatever the setting.
      const values = parameters.map((value) => (value === null ? 'NULL' : `'${value}'`)).join(', ');
      const explained = await client.unsafe(`EXPLAIN (ANALYZE, BUFFERS OFF) EXECUTE page (${values})`);
      await client.unsafe('DEALLOCATE page');
      const plan = explained.map((row) => String(row['QUERY PLAN']));
      const name = `${direction} ${JSON.stringify(filter)}\n${plan.join('\n')}`;
      const scans = plan.filter((line) => /(Scan|Index).* on events|Scan using/.test(line));
      expect(scans.join('\n'), name).toMatch(index);
      expect(scans.join('\n'), name).not.toMatch(/Seq Scan on events/);
      // A window of time is looked up where it is narrow, and not looked for.
      const passed = plan.flatMap((line) => /Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? []);
      const isTimed = 'occurredFrom' in filter || 'occurredBefore' in filter;
      if (isTimed) expect(Math.max(0, ...passed.map(Number)), name).toBeLessThanOrEqual(100);
      // It reads a page for each value, and not the whole log. Every fourth event has the type.
      const rows = plan.flatMap((line) => /events.*actual.* rows=([\d.]+) loops/.exec(line)?.[1] ?? []);
      const most = 'occurredFrom' in filter ? 101 : 'types' in filter && 'tenants' in filter ? 4 * 50 + 4 : 50;
      expect(Math.max(...rows.map(Number)), name).toBeLessThanOrEqual(most);
    }
  }
  await client.end();
});

it('LIVE3.3 goes on under a new epoch when another server or timeline writes, and knows how far the old one is good', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
  const before = await log.read({ direction: 'forward', limit: 10, filter: {} });
  // As if these events had been written by another server, which this one was copied from.
  await query(url, "UPDATE hookcast.epochs SET history = 'elsewhere'");
  expect(await log.head()).toEqual(before.head);
  const [appended] = await log.append([newEvent({ eventId: 'c' })]);
  const after = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(after.head).toMatchObject((appended as { cursor: Cursor }).cursor);
  expect(after.head.epoch).not.toBe(before.head.epoch);
  expect(after.lineage).toEqual([{ epoch: before.head.epoch, seq: before.head.seq }]);
  expect(gapAfter(before.head, after, false)).toBeNull();
  expect(gapAfter(before.events[0]!.cursor, after, false)).toBeNull();
  // The later writes of the other server are not here.
  expect(gapAfter({ ...before.head, seq: before.head.seq + 1 }, after, false)).toBe('LOG_REPLACED');
  const page = await log.read({ direction: 'forward', after: before.head, limit: 10, filter: {} });
  expect(page).toMatchObject({ events: [{ eventId: 'c' }], isReplaced: false });
  await log.append([newEvent({ eventId: 'd' })]);
  expect((await log.head()).epoch).toBe(after.head.epoch);
});

it('LOG5.3 writes to the host that is the primary, and tells the fault of each host if none is', async () => {
  const url = await empty();
  const [, port] = /:(\d+)\//.exec(url) ?? [];
  const withHosts = (hosts: string) => url.replace(`127.0.0.1:${port}`, hosts);
  const log = await openAt(withHosts(`127.0.0.1:1,127.0.0.1:${port}`));
  expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
  const nobody = PostgresLog.open(withHosts('127.0.0.1:1,[::1]:2'), { patience: 0 });
  await expect(nobody).rejects.toThrow(/127\.0\.0\.1:1 .*ECONNREFUSED.*; ::1:2 .*(ECONNREFUSED|EADDRNOTAVAIL)/);
});

it('OPS4.3 makes do with the connections that there are when the server gives no more', async () => {
  const url = await empty();
  const role = `role_${randomBytes(4).toString('hex')}`;
  await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'of-the-role' CONNECTION LIMIT 2`);
  await query(url, `CREATE SCHEMA hookcast AUTHORIZATION ${role}`);
  const log = await openAt(Object.assign(new URL(url), { username: role, password: 'of-the-role' }).href);
  const read = () => log.read({ direction: 'forward', limit: 10, filter: {} });
  // In rounds: a caller waits for five seconds, and on a busy machine two hundred reads over one connection take longer.
  for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 40 }, read));
  await log.close();
  await query(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

it('OPS4.2 hears of others again after its listening connection was ended again and again, and wakes at once', async () => {
  const url = await empty();
  const log = await openAt(url);
  const other = await openAt(url);
  let woken = 0;
  const stop = log.watch(() => (woken += 1));
  const listening = () =>
    query(url, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
  for (let round = 0; round < thoroughly(30, 8); round += 1) {
    await expect.poll(async () => (await listening()).length, { interval: 10 }).toBe(1);
    await query(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    );
  }
  await expect.poll(async () => (await listening()).length, { interval: 10 }).toBe(1);
  // The look at the head behind it comes once a second: it would take eight for as many.
  const took = await quickest(4_000, async () => {
    for (let round = 0; round < 8; round += 1) {
      const before = woken;
      await other.append([newEvent()]);
      await expect.poll(() => woken, { interval: 5 }).toBeGreaterThan(before);
    }
  });
  expect(took).toBeLessThan(4_000);
  stop();
  await expect.poll(async () => (await listening()).length).toBe(0);
  await log.close();
  log.watch(() => {});
  expect(await listening()).toEqual([]);
});

it('LOG12.2 finds a rare word behind more entries of the index than are looked at one after the other', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append([newEvent({ eventId: 'rare', data: { title: 'Balada do Mangue' } })]);
  await log.words.advance();
  // The size of an index of as many events.
  await query(
    url,
    `INSERT INTO hookcast.words SELECT seq, '{1, 2}' FROM generate_series(10, 30010) AS seq;
     UPDATE hookcast.indexing SET up_to = 30010`,
  );
  for (const direction of ['forward', 'backward'] as const) {
    const filter = { search: { text: 'mangue', people: true } };
    const { events, hasMore } = await log.read({ direction, limit: 5, filter });
    expect([events.map(({ eventId }) => eventId), hasMore]).toEqual([['rare'], false]);
  }
});
