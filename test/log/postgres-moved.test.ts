import { expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { Primary } from '../../src/log/postgres/primary.ts';
import { mendRestored } from '../../src/log/postgres/restored.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { query, sharedPostgres } from '../support/postgres.ts';
import { TestTerminal } from '../support/terminal.ts';

const server = sharedPostgres();

/** As a gateway opens it. */
async function openAt(url: string) {
  const warnings: string[] = [];
  const commits = { onCommit: () => {}, onCommitFailure: () => {} };
  const log = await PostgresLog.open(url, { commits, warn: (message) => warnings.push(message) });
  return { log, warnings };
}

const cancellation = (eventId: string) =>
  newEvent({ eventId, shape: 'TicketCancellation', kind: 'TICKET', receivedAt: 1_000 });
const events = (...ids: string[]) => ids.map(cancellation);

/** Leaves a database as logical replication does: with the rows, and without the positions of the sequences. */
const WITHOUT_SEQUENCES = ['events_seq_seq', 'quarantine_id_seq', 'epochs_number_seq']
  .map((name) => `ALTER SEQUENCE hookcast.${name} RESTART`)
  .join('; ');

async function idsIn(log: PostgresLog, after = 0) {
  const { head } = await log.read({ direction: 'forward', limit: 1, filter: {} });
  const page = await log.read({ direction: 'forward', after: { ...head, seq: after }, limit: 100, filter: {} });
  return page.events.map(({ eventId }) => eventId);
}

async function problemsOf(url: string) {
  const terminal = new TestTerminal({ DATABASE_URL: url });
  const said = await check(terminal).catch((error: Error) => error.message);
  return { lines: terminal.lines, said };
}

it('LOG3.4 gives positions after all that is there when the database was moved without its sequences, also while it runs', async () => {
  const url = await server.newDatabase();
  const { log } = await openAt(url);
  await log.append(events('a', 'b', 'c'));
  const kept = await log.quarantine.keep(newQuarantined());
  const { head } = await log.read({ direction: 'forward', limit: 1, filter: {} });
  // By another server, as a copy by replication is: an epoch begins as well.
  await query(url, `${WITHOUT_SEQUENCES}; UPDATE hookcast.epochs SET history = 'elsewhere'`);
  expect(await log.append(events('d'))).toMatchObject([{ outcome: 'accepted' }]);
  expect(await idsIn(log, head.seq)).toEqual(['d']);
  expect(await log.quarantine.keep(newQuarantined())).toBeGreaterThan(kept);
  expect(await problemsOf(url)).toMatchObject({
    said: undefined,
    lines: [/^All is well: 4 events/, /pg_amcheck/].map((line) => expect.stringMatching(line)),
  });
  await log.close();
});

it('OPS2.9 mends nothing in a database that a newer hookcast has migrated since this one looked at its version', async () => {
  const url = await server.newDatabase();
  const { log } = await openAt(url);
  await log.append(events('a', 'b', 'c'));
  await log.close();
  await query(
    url,
    `${WITHOUT_SEQUENCES}; UPDATE hookcast.activity SET events = -1; UPDATE hookcast.log SET version = 99`,
  );
  const state = () =>
    query(
      url,
      `SELECT pg_sequence_last_value('hookcast.events_seq_seq') AS drawn, (SELECT sum(events) FROM hookcast.activity) AS counted`,
    );
  const before = await state();
  const warnings: string[] = [];
  const connection = await new Primary(parseTarget(url)).connect();
  const mending = mendRestored(connection, (message) => warnings.push(message));
  await expect(mending).rejects.toThrow(/start the newer hookcast everywhere/);
  expect(await state()).toEqual(before);
  expect(warnings).toEqual([]);
  expect(connection.isOpen).toBe(false);
});

it('LOG3.4 finds the traces of a move without sequences at the start and by a check, and loses no event', async () => {
  const url = await server.newDatabase();
  const before = await openAt(url);
  await before.log.append(events('a', 'b', 'c'));
  await before.log.trim(5_000);
  await before.log.append(events('d'));
  await before.log.close();
  // As a gateway of before has left it, which drew from the sequence as it was.
  await query(
    url,
    `${WITHOUT_SEQUENCES};
     INSERT INTO hookcast.events (seq, source, event_id, provider, type, shape, kind, tenant, occurred_at, occurred_text, received_at, data)
     SELECT n, source, 'below' || n, provider, type, shape, kind, tenant, occurred_at, occurred_text, 9000, data
     FROM hookcast.events, generate_series(1, 2) AS n;
     SELECT setval('hookcast.events_seq_seq', 2)`,
  );
  const found = await problemsOf(url);
  expect(found.said).toContain('The log has faults');
  expect(found.lines.join('\n')).toMatch(/the next position would be 3, and \d+ is taken/);
  expect(found.lines.join('\n')).toMatch(/the next number of an epoch would be 1, and 1 is taken/);
  expect(found.lines.join('\n')).toMatch(/2 events stand below the oldest position/);
  const { log, warnings } = await openAt(url);
  expect(warnings).toEqual([
    expect.stringMatching(/moved without its sequences/),
    expect.stringMatching(/2 events stood below/),
  ]);
  expect(await idsIn(log)).toEqual(['d', 'below1', 'below2']);
  await log.trim(5_000);
  expect(await idsIn(log)).toEqual(['below1', 'below2']);
  expect((await problemsOf(url)).said).toBeUndefined();
  await log.close();
  expect((await openAt(url)).warnings).toEqual([]);
});

it('LOG7.8 counts anew at the start when a restore has counted again, and a check finds every wrong count', async () => {
  const url = await server.newDatabase();
  const before = await openAt(url);
  const late = { ...cancellation('c'), occurredAt: { at: 9e6, text: '' } };
  const scheduled = { ...late, eventId: 'd', happened: 'SCHEDULED', data: { isScheduled: true } } as never;
  await before.log.append([...events('a', 'b'), late, scheduled]);
  const asked = { edges: [0, 3e6, 12e6], filter: {} };
  const { tallies } = await before.log.activity.count(asked);
  await before.log.close();
  // `pg_restore --data-only`: the counts come first, and then the triggers count the events.
  for (const table of ['activity', 'activity_by_tenant'])
    await query(url, `UPDATE hookcast.${table} SET events = 2 * events`);
  expect((await problemsOf(url)).lines).toEqual(
    ['4 counts of activity do not match the events', '4 counts of activity do not match the events'].map((line) =>
      expect.stringMatching(line.replace('4', '\\d+')),
    ),
  );
  const { log, warnings } = await openAt(url);
  expect(warnings).toEqual([expect.stringMatching(/counted again/)]);
  expect((await log.activity.count(asked)).tallies).toEqual(tallies);
  expect((await problemsOf(url)).said).toBeUndefined();
  await log.close();
});

it('OPS3.9 checks a log in PostgreSQL, event by event, and says which was changed after it was written', async () => {
  const url = await server.newDatabase();
  expect((await problemsOf(url)).said).toBe('There is no log in the database. Set DATABASE_URL.');
  const { log } = await openAt(url);
  await log.append(events('a', 'b', 'c'));
  expect((await problemsOf(url)).lines[0]).toBe('All is well: 3 events read; counts and sequences match the events.');
  await query(url, "UPDATE hookcast.events SET data = '{\"' WHERE event_id = 'b'");
  expect((await problemsOf(url)).lines).toEqual([
    expect.stringMatching(/^the event at position \d+ was changed after it was written$/),
  ]);
  await log.close();
});

it('LOG2.6 starts where the server does not say on which timeline it writes, as Aurora, and says what that means', async () => {
  const url = await server.newDatabase();
  await query(
    url,
    `SET allow_system_table_mods = on;
     ALTER FUNCTION pg_catalog.pg_current_wal_lsn() RENAME TO pg_current_wal_lsn_of_postgres;
     CREATE FUNCTION pg_catalog.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE plpgsql AS $$
     BEGIN RAISE 'Function pg_current_wal_lsn() is currently not supported for Aurora' USING ERRCODE = '0A000'; END $$`,
  );
  const { log, warnings } = await openAt(url);
  expect(warnings).toEqual([expect.stringMatching(/does not report its timeline \(Aurora/)]);
  expect(await log.append(events('a'))).toMatchObject([{ outcome: 'accepted' }]);
  await log.close();
});
