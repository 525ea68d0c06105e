import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import postgres from 'postgres';
import { beforeAll, expect, it } from 'vitest';
import { Connection, statement } from '../../src/log/postgres/connection.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { assertSettled } from '../../src/log/postgres/session.ts';
import { isFull } from '../../src/log/postgres/refusal.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { atEnd } from '../support/ending.ts';
import { Pooler, refusal } from '../support/pooler.ts';
import { PostgresServer, query, sharedPostgres } from '../support/postgres.ts';

let server = sharedPostgres();

// Our pooler asks for a password in the clear, which another one's server may not take.
if (process.env['TEST_POSTGRES_URL']) {
  beforeAll(async () => {
    const own = await PostgresServer.start();
    server = own;
    return () => own.remove();
  });
}

function openAt(url: string): Promise<Connection> {
  const target = parseTarget(url);
  return Connection.open(target, target.hosts[0]!);
}

/** So long would be waited for what may pass. What won't ends long before, also on a busy machine. */
const LONG = { patience: 100_000 };
const SOON = 50_000;

const nameOf = (url: string) => new URL(url).pathname.slice(1);

it('LOG2.6 takes a server that was promoted while a connection began for the standby that it was', async () => {
  const url = await server.newDatabase();
  const [primary] = await query(
    url,
    "SELECT 'mark' AS session, '1/00000001' AS history, pg_is_in_recovery() AS standby, current_setting('fsync') AS fsync",
  );
  const { session, history, standby, fsync } = primary!;
  const row = [session, history, standby, fsync, null, 'UTF8', '{}', 'on'];
  expect(assertSettled(row, 'mark')).toEqual({ knowsItsTimeline: true, writesFullPages: true });
  // It has told of no history, since it was in recovery then, and is no longer.
  expect(() => assertSettled([session, '', standby, fsync, null, 'UTF8', '{}'], 'mark')).toThrow('is a standby');
});

it('LOG2.6 sets the settings on which promises depend at each connection, even if something dropped them before', async () => {
  const url = await server.newDatabase();
  const adverse = {
    synchronous_commit: 'off',
    default_transaction_isolation: 'serializable',
    default_transaction_read_only: 'on',
    statement_timeout: '60000',
    lock_timeout: '60000',
    idle_session_timeout: '60000',
    idle_in_transaction_session_timeout: '60000',
    transaction_timeout: '60000',
    standard_conforming_strings: 'off',
    search_path: 'public, pg_catalog',
    log_parameter_max_length_on_error: '-1',
    log_parameter_max_length: '-1',
  };
  const set = Object.entries(adverse).map(([name, to]) => `ALTER DATABASE ${nameOf(url)} SET ${name} = ${to}`);
  await query(url, set.join('; '));
  const pooler = await Pooler.to(url, 'session');
  for (const way of [url, pooler.url]) {
    const connection = await openAt(way);
    const asked = statement('SELECT name, setting FROM pg_settings WHERE name = ANY (?::text[])');
    const settled = await connection.ask(asked, [`{${Object.keys(adverse).join(',')}}`]);
    expect(Object.fromEntries(settled)).toEqual({
      synchronous_commit: 'on',
      default_transaction_isolation: 'read committed',
      default_transaction_read_only: 'off',
      statement_timeout: '4000',
      lock_timeout: '0',
      idle_session_timeout: '0',
      idle_in_transaction_session_timeout: '0',
      transaction_timeout: '0',
      standard_conforming_strings: 'on',
      search_path: 'pg_catalog',
      log_parameter_max_length_on_error: '0',
      log_parameter_max_length: '0',
    });
    connection.destroy();
  }
  const log = await PostgresLog.open(pooler.url);
  expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
  await log.close();
});

it('LOG2.6 acknowledges nothing that was not committed as required', async () => {
  const url = await server.newDatabase();
  const log = await PostgresLog.open(url);
  // As a pooler in between that changes the session later.
  await query(
    url,
    `CREATE FUNCTION careless() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM set_config('synchronous_commit', 'off', false); RETURN NULL; END $$;
     CREATE TRIGGER careless BEFORE INSERT ON hookcast.events EXECUTE FUNCTION careless()`,
  );
  await expect(log.append([newEvent()])).rejects.toThrow("The log can't be written just now");
  await query(url, 'DROP TRIGGER careless ON hookcast.events');
  expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
  await log.close();
});

it('LOG7.8 refuses a database whose triggers would not count', async () => {
  const url = await server.newDatabase();
  await query(url, `ALTER DATABASE ${nameOf(url)} SET session_replication_role = replica`);
  await expect(PostgresLog.open(url)).rejects.toThrow(/session_replication_role = replica where origin is needed/);
});

it('OPS2.10 finds a pooler in transaction mode at the start, and says at once what it is and what to do', async () => {
  const pooler = await Pooler.to(await server.newDatabase(), 'transaction');
  const began = performance.now();
  await expect(PostgresLog.open(pooler.url, LONG)).rejects.toThrow(
    /pooler in transaction or statement mode.*set the pooler to session mode/,
  );
  expect(performance.now() - began).toBeLessThan(SOON);
});

it('OPS2.10 finds a pooler in transaction mode also when others have shuffled its sessions', async () => {
  const pooler = await Pooler.to(await server.newDatabase(), 'transaction');
  const target = parseTarget(pooler.url);
  // One connection alone notices nothing: the pooler gives it its own session again and again.
  const alone = await Connection.open(target, target.hosts[0]!);
  await alone.assertSameSession();
  const second = await Connection.open(target, target.hosts[0]!);
  await expect(alone.assertSameSession()).rejects.toThrow(/a pooler in transaction/);
  await expect(second.script('SELECT 1', 60_000)).resolves.toBeUndefined();
  second.destroy();
});

it('OPS2.10 ends at once with the words of a pooler in statement mode, though it hangs up', async () => {
  const pooler = await Pooler.to(await server.newDatabase(), 'statement');
  const began = performance.now();
  await expect(PostgresLog.open(pooler.url, LONG)).rejects.toThrow(/a pooler in transaction or statement mode/);
  const alone = await openAt(pooler.url);
  await expect(alone.script('BEGIN', 60_000)).rejects.toThrow(
    /transaction blocks not allowed in statement pooling mode/,
  );
  expect(performance.now() - began).toBeLessThan(SOON);
});

it('OPS2.10 tells passing refusals from lasting ones by the words of the server or pooler that refuses', async () => {
  let said: Buffer = Buffer.alloc(0);
  const refuser = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('N');
      socket.once('data', () => socket.end(said));
    });
  });
  refuser.listen(0, '127.0.0.1');
  await once(refuser, 'listening');
  atEnd(() => refuser.close());
  const url = `postgres://u:p@127.0.0.1:${(refuser.address() as AddressInfo).port}/db`;
  const final = [
    ['08P01', 'unsupported startup parameter: options'],
    ['28P01', 'password authentication failed for user "u"'],
    ['3D000', 'database "db" does not exist'],
    ['28000', 'no pg_hba.conf entry for host'],
  ] as const;
  for (const [code, text] of final) {
    said = refusal(text, code);
    const began = performance.now();
    await expect(PostgresLog.open(url, LONG)).rejects.toThrow(`PostgreSQL ${code}, ${text}`);
    expect(performance.now() - began).toBeLessThan(SOON);
  }
  for (const [code, text] of [
    ['08P01', 'server login has been failing, try again later (server_login_retry)'],
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
    ['08P01', 'no more connections allowed (max_client_conn)'],
    ['08P01', 'query_wait_timeout'],
  ] as const) {
    said = refusal(text, code);
    const began = performance.now();
    await expect(PostgresLog.open(url, { patience: 600 })).rejects.toThrow(text);
    expect(performance.now() - began).toBeGreaterThan(500);
  }
});

it('OPS4.3 makes do with the sessions that a pooler has, which lets clients wait for more', async () => {
  const pooler = await Pooler.to(await server.newDatabase(), 'session', 2);
  const { url } = pooler;
  const log = await PostgresLog.open(url);
  const readAndWrite = () =>
    Promise.all([
      log.append([newEvent()]),
      ...Array.from({ length: 5 }, () => log.read({ direction: 'forward', limit: 10, filter: {} })),
    ]);
  await readAndWrite();
  // The listening connection gets no session beside the one that reads.
  log.watch(() => {});
  await readAndWrite();
  await log.close();
  // It may also be the first to get one. Then it gives its own up.
  const again = await PostgresLog.open(url);
  const heard = new Promise<void>((resolve) => again.watch(resolve));
  await heard;
  expect((await again.read({ direction: 'forward', limit: 10, filter: {} })).events).toHaveLength(2);
  await again.close();
});

it('OPS4.3 gives up a connection of another part when the server, or a pooler before it, has no more', async () => {
  for (const [code, message, expected] of [
    ['53300', 'sorry, too many clients already', true],
    ['08P01', 'no more connections allowed (max_client_conn)', true],
    ['08P01', 'query_wait_timeout', true],
    ['08P01', 'unsupported startup parameter: options', false],
    ['57P03', 'the database system is starting up', false],
  ] as const) {
    const error = new postgres.PostgresError({ code, message } as never);
    expect(isFull(new AggregateError([new Error('is a standby'), error])), message).toBe(expected);
  }
});

it('OPS4.5 gives up a connection whose transaction has failed, and lends another', async () => {
  const url = await server.newDatabase();
  const connection = await openAt(url);
  await connection.script('BEGIN', 60_000);
  await expect(connection.script('SELECT 1 / 0', 60_000)).rejects.toThrow('division by zero');
  expect(connection.isOpen).toBe(true);
  await expect(connection.script('SELECT 1', 60_000)).rejects.toThrow('current transaction is aborted');
  expect(connection.isOpen).toBe(false);
});

it('OPS4.5 hears the last words of a server that ends a connection', async () => {
  const url = await server.newDatabase();
  const connection = await openAt(url);
  const slow = connection.script('SELECT pg_sleep(300)', 300_000);
  const end =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(300)%'";
  const [said] = await Promise.allSettled([slow, expect.poll(async () => (await query(url, end)).length).toBe(1)]);
  expect(String((said as PromiseRejectedResult).reason)).toContain(
    'terminating connection due to administrator command',
  );
});
