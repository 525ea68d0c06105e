import { expect, it } from 'vitest';
import { checkDatabase } from '../../src/log/postgres/check-database.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { atEnd } from '../support/ending.ts';
import { query, sharedPostgres } from '../support/postgres.ts';

const server = sharedPostgres();

/** As a gateway opens it. */
function openAt(url: string) {
  return PostgresLog.open(url, { commits: { onCommit: () => {}, onCommitFailure: () => {} } });
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

it.each([
  [
    'a table that a crash empties',
    'ALTER TABLE hookcast.events SET UNLOGGED',
    'ALTER TABLE hookcast.events SET LOGGED',
    /unlogged \(hookcast\.events/,
  ],
  [
    'another such table',
    'ALTER TABLE hookcast.tombstones SET UNLOGGED',
    'ALTER TABLE hookcast.tombstones SET LOGGED',
    /unlogged \(hookcast\.tombstones\)/,
  ],
  [
    'a sequence that gives each connection numbers of its own',
    'ALTER SEQUENCE hookcast.events_seq_seq CACHE 10',
    'ALTER SEQUENCE hookcast.events_seq_seq CACHE 1',
    /followers would miss events.*hookcast\.events_seq_seq/,
  ],
  [
    'a sequence that begins again',
    'ALTER SEQUENCE hookcast.events_seq_seq CYCLE',
    'ALTER SEQUENCE hookcast.events_seq_seq NO CYCLE',
    /followers would miss events/,
  ],
] as const)(
  'LOG2.7 refuses at the start, finds by a check and is not ready with %s',
  async (_what, fault, mended, says) => {
    const url = await server.newDatabase();
    const log = await openAt(url);
    await log.append([newEvent()]);
    await query(url, fault);
    await expect(log.tryToWrite()).rejects.toMatchObject({ cause: { message: expect.stringMatching(says) } });
    await expect(openAt(url)).rejects.toThrow(says);
    expect((await checkDatabase(url)).problems).toEqual([expect.stringMatching(says)]);
    await query(url, mended);
    await log.tryToWrite();
    await log.close();
    await (await openAt(url)).close();
    expect((await checkDatabase(url)).problems).toEqual([]);
  },
);

it('LOG7.8 refuses a log with a trigger that is disabled or missing, each by its name', async () => {
  const url = await server.newDatabase();
  const log = await openAt(url);
  const triggers = await query(
    url,
    `SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
     WHERE relnamespace = 'hookcast'::regnamespace AND NOT tgisinternal`,
  );
  expect(triggers.length).toBeGreaterThan(5);
  for (const { relname, tgname } of triggers) {
    const says = new RegExp(`missing or disabled \\(${tgname} of hookcast\\.${relname}\\)`);
    await query(url, `ALTER TABLE hookcast.${relname} DISABLE TRIGGER ${tgname}`);
    await expect(log.tryToWrite(), tgname).rejects.toMatchObject({ cause: { message: expect.stringMatching(says) } });
    expect((await checkDatabase(url)).problems).toEqual([expect.stringMatching(says)]);
    await query(url, `ALTER TABLE hookcast.${relname} ENABLE TRIGGER ${tgname}`);
  }
  await log.tryToWrite();
  await query(url, 'DROP TRIGGER forget_personal_words ON hookcast.events');
  await expect(openAt(url)).rejects.toThrow(/missing or disabled \(forget_personal_words of hookcast\.events\)/);
  await log.close();
});

it('LOG7.8 counts and indexes anew, as the docs say, what was written while triggers were disabled', async () => {
  const url = await server.newDatabase();
  const log = await openAt(url);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b', subject: 'ticket/2' })]);
  await log.words.advance();
  await query(url, 'ALTER TABLE hookcast.events DISABLE TRIGGER ALL');
  await log.append([newEvent({ eventId: 'c' })]);
  await log.erase(bySubject('ticket/1'), { at: 1_000, orderedBy: 'operator ana' });
  await log.close();
  await query(url, 'ALTER TABLE hookcast.events ENABLE TRIGGER ALL');
  expect((await checkDatabase(url)).problems).toContainEqual(expect.stringMatching(/words the index does not have/));
  await query(url, 'UPDATE hookcast.activity SET events = -1; DELETE FROM hookcast.indexing');
  const again = await openAt(url);
  await again.words.advance();
  expect((await checkDatabase(url)).problems).toEqual([]);
  expect((await again.activity.count({ edges: [0, 900_000], filter: {} })).tallies).toMatchObject([{ events: 3 }]);
  await again.close();
});

it('LOG2.7 says that rows can’t be read rather than leave out those that a policy hides', async () => {
  const url = await server.newDatabase();
  const role = nameOf(url).replace('test', 'role');
  await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'of-the-role'; CREATE SCHEMA hookcast AUTHORIZATION ${role}`);
  atEnd(() => query(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`));
  const asRole = Object.assign(new URL(url), { username: role, password: 'of-the-role' }).href;
  const log = await openAt(asRole);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
  await query(
    url,
    `ALTER TABLE hookcast.events ENABLE ROW LEVEL SECURITY; ALTER TABLE hookcast.events FORCE ROW LEVEL SECURITY;
     CREATE POLICY hides ON hookcast.events USING (event_id <> 'a')`,
  );
  const hidden = { message: expect.stringMatching(/affected by row-level security/) };
  await expect(log.read({ direction: 'forward', limit: 10, filter: {} })).rejects.toMatchObject({ cause: hidden });
  await expect(openAt(asRole)).rejects.toThrow(/affected by row-level security/);
  await query(url, 'ALTER TABLE hookcast.events DISABLE ROW LEVEL SECURITY');
  expect((await log.read({ direction: 'forward', limit: 10, filter: {} })).events).toHaveLength(2);
  await log.close();
});

it('LOG2.6 acknowledges no erasure, settlement, revocation or pause that was not committed as was asked for', async () => {
  const url = await server.newDatabase();
  const log = await openAt(url);
  await log.append([newEvent()]);
  const id = await log.quarantine.keep(newQuarantined());
  await query(
    url,
    `CREATE FUNCTION careless() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM set_config('synchronous_commit', 'off', false); RETURN NULL; END $$`,
  );
  const order = { at: 1_000, orderedBy: 'operator ana' };
  const paused = { source: 'eduzz', at: 1, osUser: null, tokenId: null, holder: null, reason: null };
  const writes = {
    tombstones: () => log.erase(bySubject('ticket/1'), order),
    quarantine: () => log.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: 1 }),
    tokens: () => log.tokens.revoke('a-token', 1),
    paused: () => log.pauses.pause(paused),
  };
  for (const [table, write] of Object.entries(writes)) {
    await query(url, `CREATE TRIGGER careless AFTER INSERT OR UPDATE ON hookcast.${table} EXECUTE FUNCTION careless()`);
    await expect(write(), table).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await query(url, `DROP TRIGGER careless ON hookcast.${table}`);
    await write();
  }
  await log.close();
});

it('LOG2.6 holds each statement to its usual time again after an erasure, whatever the database’s default is', async () => {
  const url = await server.newDatabase();
  await query(url, `ALTER DATABASE ${nameOf(url)} SET statement_timeout = 50`);
  const log = await openAt(url);
  await log.append([newEvent()]);
  await log.previewErasure(bySubject('ticket/1'));
  await log.erase(bySubject('ticket/1'), { at: 1_000, orderedBy: 'operator ana' });
  // Each read takes longer than the default allows.
  await query(
    url,
    `CREATE FUNCTION public.slow() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT 0::bigint FROM (SELECT pg_sleep(0.2)) AS slept';
     ALTER VIEW hookcast.extent RENAME TO usual;
     CREATE VIEW hookcast.extent AS SELECT epoch, floor, head + slow AS head, mark, lineage
     FROM hookcast.usual CROSS JOIN public.slow()`,
  );
  expect((await log.head()).seq).toBeGreaterThan(0);
  await log.close();
});
