import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { selectPage } from '../../src/log/sqlite/select.ts';
import { describeEventLog, newEvent } from '../contract/event-log.contract.ts';
import { KeptLogs } from '../contract/kept-logs.ts';
import { reviseTypes } from '../support/revise-types.ts';
import { oldSqliteLog } from '../support/old-log.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';

const opened: EventLog[] = [];
const folders: string[] = [];
const kept = new KeptLogs({
  make: () => join(mkdtempSync(join(tmpdir(), 'hookcast-sqlite-')), 'hookcast.db'),
  openAt: (path) => new SqliteLog(path, null, KEPT_THREADS),
  empty,
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  await kept.giveBack();
});

afterAll(async () => {
  for (const path of await kept.end()) rmSync(dirname(path), { recursive: true, force: true });
});

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-sqlite-'));
  folders.push(folder);
  return join(folder, 'hookcast.db');
}

function openAt(path: string): SqliteLog {
  const log = new SqliteLog(path, null, KEPT_THREADS);
  opened.push(log);
  return log;
}

/** Leaves who the log is: its epoch and its secret, which those that are open on it have read. */
function empty(path: string): void {
  const database = new DatabaseSync(path, { timeout: 30_000 });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'log'").all();
  const deleted = tables.map(({ name }) =>
    name === 'sqlite_sequence' ? 'UPDATE sqlite_sequence SET seq = 0' : `DELETE FROM ${String(name)}`,
  );
  database.exec(`BEGIN IMMEDIATE; ${deleted.join('; ')};
    UPDATE log SET floor = 0, reviser = NULL, revising_until = NULL, token_changes = 0; COMMIT`);
  database.close();
}

describeEventLog('SQLite', kept);

it('LOG2.3 syncs every commit, as the writer’s own settings say after a write', async () => {
  const log = openAt(newPath());
  await log.append([newEvent()]);
  expect(await log.durability()).toEqual({ journalMode: 'wal', synchronous: 2 });
});

it('PRIV2.4 keeps its files from everybody else on the machine', async () => {
  const path = newPath();
  await openAt(path).append([newEvent()]);
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o077).toBe(0);
});

it('OPS2.4 refuses a log that a newer hookcast wrote, and one that is no database', async () => {
  const path = newPath();
  await openAt(path).close();
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => new SqliteLog(path)).toThrow(/newer hookcast/);
  expect(() => new SqliteLog('/dev/null/hookcast.db')).toThrow(/can't be opened/);
});

it('OPS2.4 lets processes that start at once on a file of version 1 wait for the one that brings it up to date', async () => {
  const path = newPath();
  const old = oldSqliteLog(path, 1);
  const insert = old.prepare(
    `INSERT INTO events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text,
       received_at, data, personal, raw)
     VALUES ('eduzz', ?, 'eduzz', 'canceled', 'TicketCancellation', 'TICKET', 'eduzz:1', ?, 1, '', 1, '{}', '{}', ?)`,
  );
  old.exec('BEGIN IMMEDIATE');
  for (let index = 0; index < 3_000; index += 1) insert.run(`e${index}`, `ticket/${index}`, JSON.stringify({ index }));
  const module = new URL('../../src/log/sqlite/sqlite-log.ts', import.meta.url).href;
  const script = `const { SqliteLog } = await import(${JSON.stringify(module)});
    const log = new SqliteLog(${JSON.stringify(path)});
    console.log((await log.head()).seq);
    await log.close();`;
  const starting = [0, 1, 2].map(() => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]));
  // Longer than a connection that is at work would wait, and than the processes need to get there.
  await setTimeout(2_500);
  old.exec('COMMIT');
  old.close();
  for (const { stdout } of await Promise.all(starting)) expect(stdout).toBe('3000\n');
  const now = new DatabaseSync(path, { timeout: 30_000 });
  expect(now.prepare('SELECT rewritten FROM log').get()).toEqual({ rewritten: 1 });
  expect(now.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  now.close();
});

it('IN1.2 answers LOG_UNAVAILABLE when the file can no longer be written, and goes on when it can', async () => {
  const path = newPath();
  const log = openAt(path);
  await log.append([newEvent({ eventId: 'before' })]);
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec('BEGIN IMMEDIATE');
  const during = log.append([newEvent({ eventId: 'during' })]);
  await expect(during).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', message: expect.not.stringContaining('lock') });
  database.exec('ROLLBACK');
  database.close();
  await log.append([newEvent({ eventId: 'during' })]);
  const page = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(page.events.map(({ eventId }) => eventId)).toEqual(['before', 'during']);
});

it('LOG4.2 answers every filter through an index', async () => {
  const path = newPath();
  await openAt(path).close();
  const database = new DatabaseSync(path, { timeout: 30_000 });
  const lists = {
    providers: ['wix'],
    sources: ['wix'],
    tenants: ['a', 'b'],
    types: ['x'],
    typenames: ['X'],
    happened: ['PAID'],
    kinds: ['TICKET'],
    subjects: ['s'],
  } as const;
  const filters = [
    ...Object.entries(lists).map(([name, values]) => ({ [name]: values })),
    { tenants: ['a'], kinds: ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const },
    { occurredFrom: 1, occurredBefore: 2 },
  ];
  for (const filter of filters) {
    const by = 'occurredFrom' in filter ? 'time' : null;
    const { sql, parameters } = selectPage({ direction: 'backward', limit: 50, filter }, { reach: null, by });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    const steps = plan.map((step) => String(step['detail']));
    const name = JSON.stringify(filter);
    expect(steps.join('; '), name).toMatch(
      'subjects' in filter
        ? /LEFT; SEARCH place USING PRIMARY KEY \(hash=\?\); SEARCH candidate USING INTEGER PRIMARY KEY \(rowid=\?\); RIGHT; .*SEARCH place USING PRIMARY KEY \(stretch=\? AND hash=\?\)/
        : /candidate USING (COVERING )?INDEX (events|cancellations)_by_\w+ \(/,
    );
    expect(steps.join('; '), name).not.toMatch(/SCAN (events|candidate)/);
  }
  database.close();
});

/** A file as somebody has altered it. */
function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec(sql);
  database.close();
}

const TAKES_NOTHING = {
  'a rule that every event breaks': "CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END",
  'a rule of another table':
    "CREATE TRIGGER no BEFORE INSERT ON people_by_stretch BEGIN SELECT RAISE(ABORT, 'no'); END",
  'a key that is taken': 'CREATE UNIQUE INDEX once ON events (tenant)',
  'a position that is taken': "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'events'; DELETE FROM events",
  'a column that must be given':
    "CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.subject IS NULL BEGIN SELECT RAISE(ABORT, 'no'); END",
  'a table that is missing': 'DROP TABLE tombstones',
};

it.each(Object.entries(TAKES_NOTHING))(
  'IN1.6 refuses no event for what is wrong with the log: %s',
  async (_what, sql) => {
    const path = newPath();
    const traces = [{ kind: 'email', value: 'a@b.example' }] as const;
    const events = [1, 2].map(() => newEvent({ subject: null, traces }));
    const log = openAt(path);
    await log.append([newEvent({ traces })]);
    alter(path, sql);
    await expect(log.append(events)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect((await log.head()).seq).toBeLessThanOrEqual(1);
  },
);

it('IN1.6 lists no event as one that can’t be revised for what is wrong with the log', async () => {
  const path = newPath();
  const log = openAt(path);
  await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
  const { events } = await log.read({ direction: 'forward', limit: 2, filter: {} });
  const anew = (types: readonly string[]) => reviseTypes(log, events, types);
  alter(path, "CREATE TRIGGER no BEFORE INSERT ON revisions BEGIN SELECT RAISE(ABORT, 'no'); END");
  await expect(anew(['x', 'y'])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  alter(path, 'DROP TRIGGER no');
  alter(path, "CREATE TRIGGER no BEFORE UPDATE ON events WHEN NEW.type = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END");
  expect((await anew(['bad', 'good'])).map(({ outcome }) => outcome)).toEqual(['refused', 'revised']);
  expect((await log.read({ direction: 'forward', limit: 2, filter: {} })).events.map(({ type }) => type)).toEqual([
    events[0]!.type,
    'good',
  ]);
  expect(checkFile(path).problems).toEqual([]);
});

it('IN4.11 refuses an event for its content, and leaves nothing of the test whether another one would be taken', async () => {
  const path = newPath();
  const log = openAt(path);
  alter(
    path,
    "CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.tenant = 'eduzz:13' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  const bad = [
    newEvent({ tenant: 'eduzz:13' }),
    newEvent({ receivedAt: 1.5 }),
    newEvent({ data: undefined as never }),
    newEvent({ type: null as never }),
  ];
  const answers = await log.append([newEvent(), ...bad, newEvent()]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', ...bad.map(() => 'refused'), 'accepted']);
  const database = new DatabaseSync(path, { readOnly: true });
  const counts = ['events', 'personal', 'people'].map((table) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']),
  );
  database.close();
  expect(counts).toEqual([2, 2, 0]);
});
