import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, expect, it } from 'vitest';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { atEnd } from '../support/ending.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';

/** A log with a few events, an erasure above them, and nothing in its -wal. */
async function makeLog(path: string): Promise<void> {
  const log = new SqliteLog(path);
  const traces = [{ kind: 'email', value: 'iara@ficticia.example' }] as const;
  await log.append([newEvent({ eventId: 'one', traces }), newEvent({ eventId: 'two', kind: 'TICKET' } as never)]);
  await log.erase({ by: 'email', email: 'iara@ficticia.example', source: null }, { at: 1, orderedBy: 'a test' });
  await log.close();
}

function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec(sql);
  database.close();
}

async function idsIn(path: string): Promise<readonly string[]> {
  const log = new SqliteLog(path);
  try {
    return (await log.read({ direction: 'forward', limit: 100, filter: {} })).events.map(({ eventId }) => eventId);
  } finally {
    await log.close();
  }
}

/** A folder that is a file system of its own; skips the test where none may be mounted. */
function mount(skip: TestContext['skip'], options: string): string {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'hookcast-test', folder]);
  if (mounted.status !== 0) skip('no file system can be mounted here');
  atEnd(() => spawnSync('umount', ['-l', folder]));
  return folder;
}

function makeReadOnly(folder: string): void {
  expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
}

const READ_ONLY =
  /^The log .* can't be opened: .*hookcast\.db.* is on a read-only file system: put the log where it can/;

it('OPS3.9 checks a sound file on a read-only file system, and the start says that it is read-only', async ({
  skip,
}) => {
  const folder = mount(skip, 'size=8m');
  const path = join(folder, 'hookcast.db');
  await makeLog(path);
  makeReadOnly(folder);
  expect(checkFile(path)).toEqual({
    events: 2,
    problems: [],
    notes: [
      expect.stringMatching(/^There is no -wal file beside it/),
      expect.stringMatching(/^No file can be written beside it/),
    ],
  });
  expect(() => new SqliteLog(path)).toThrow(READ_ONLY);
  expect(() => new SqliteLog(join(folder, 'new.db'))).toThrow(/is on a read-only file system/);
});

it('OPS3.11 reads a read-only file completely with its -wal, and refuses to check one that it can’t read completely', async ({
  skip,
}) => {
  const folder = mount(skip, 'size=8m');
  const path = join(folder, 'hookcast.db');
  const running = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(running);
  await log.append([newEvent(), newEvent(), newEvent()]);
  for (const ending of ['', '-wal', '-shm']) copyFileSync(running + ending, path + ending);
  for (const ending of ['', '-wal']) copyFileSync(running + ending, join(folder, `other.db${ending}`));
  await log.close();
  makeReadOnly(folder);
  expect(checkFile(path)).toEqual({ events: 3, problems: [], notes: [] });
  expect(() => checkFile(join(folder, 'other.db'))).toThrow(
    /other\.db can't be checked: .* Copy both to another place/,
  );
});

it('OPS4.7 starts on a full disk, serves what is there, answers deliveries 503, and goes on by itself when there is room', async ({
  skip,
}) => {
  const folder = mount(skip, 'size=2m');
  const path = join(folder, 'hookcast.db');
  const ballast = join(folder, 'ballast');
  await makeLog(path);
  for (const kilobytes of [512, 4]) {
    for (let more = true; more;) {
      try {
        writeFileSync(ballast, Buffer.alloc(kilobytes * 1_024), { flag: 'a' });
      } catch {
        more = false;
      }
    }
  }
  const gateway = await TestGateway.start({ folder });
  const ids = async () => {
    const { data } = await gateway.query('{ events(first: 10) { edges { node { eventId } } } }');
    return data?.['events'].edges.map(({ node }: { node: { eventId: string } }) => node.eventId);
  };
  const readyz = async () => (await fetch(`${gateway.url}/readyz`)).status;
  // A client that asks before the first delivery is also told that nothing can be recorded.
  expect(await readyz()).toBe(503);
  expect(await ids()).toEqual(['one', 'two']);
  const delivery = attendanceCanceled({ id: 'three' });
  expect(await gateway.eduzz(delivery)).toMatchObject({ status: 503 });
  expect(await readyz()).toBe(503);
  expect(await ids()).toEqual(['one', 'two']);
  rmSync(ballast);
  expect(await gateway.eduzz(delivery)).toMatchObject({ status: 200, body: { status: 'accepted' } });
  expect(await ids()).toEqual(['one', 'two', 'three']);
  // The trial of a moment ago speaks for a second.
  await expect.poll(readyz).toBe(200);
});

/** The output of a script that runs as an unprivileged user who owns none of the files. */
function asAnother(skip: TestContext['skip'], script: string): string {
  const options = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '--input-type=module'];
  const [log, check] = ['sqlite-log', 'check-file'].map((name) =>
    JSON.stringify(new URL(`../../src/log/sqlite/${name}.ts`, import.meta.url).href),
  );
  const text = `const { SqliteLog } = await import(${log}); const { checkFile } = await import(${check});
    console.log('ready'); ${script}`;
  const { stdout } = spawnSync('setpriv', [...options, '--eval', text], { encoding: 'utf8' });
  if (!stdout?.startsWith('ready\n')) skip('only root can drop its rights, or nobody else may read this checkout');
  return stdout.slice('ready\n'.length);
}

it('OPS4.8 opens a file of another owner that it may write, and leaves its mode as it is', async ({ skip }) => {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  await makeLog(path);
  chmodSync(folder, 0o777);
  chmodSync(path, 0o666);
  const opened = `const log = new SqliteLog('${path}'); console.log((await log.head()).seq); await log.close();`;
  expect(asAnother(skip, opened)).toBe('3\n');
  expect(statSync(path).mode & 0o777).toBe(0o666);
  // Its owner keeps it from others again.
  expect(await idsIn(path)).toEqual(['one', 'two']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('OPS3.11 says which file may not be written or read, and checks one that may be read', async ({ skip }) => {
  const folder = temporaryFolder();
  const pathOf = (mode: number) => join(folder, `${mode.toString(8)}.db`);
  await makeLog(pathOf(0o644));
  for (const mode of [0o644, 0o666, 0o600]) {
    if (mode !== 0o644) copyFileSync(pathOf(0o644), pathOf(mode));
    chmodSync(pathOf(mode), mode);
  }
  chmodSync(folder, 0o755);
  const [readable, writable, closed] = [0o644, 0o666, 0o600].map((mode) => JSON.stringify(pathOf(mode)));
  const script = `const said = (work) => { try { return work() } catch ({ message }) { return message } };
    console.log(JSON.stringify([
      said(() => checkFile(${readable}).events), said(() => new SqliteLog(${readable})),
      said(() => new SqliteLog(${writable})), said(() => checkFile(${closed})),
    ]))`;
  expect(JSON.parse(asAnother(skip, script))).toEqual([
    2,
    expect.stringContaining(`${pathOf(0o644)} may not be written by this user: change its owner or its mode`),
    expect.stringContaining(`${folder} may not be written by this user: change its owner or its mode`),
    expect.stringContaining(`can't be checked: ${pathOf(0o600)} may not be read by this user`),
  ]);
});

it('OPS3.11 says that a locked file can’t be checked just now, and not that it is damaged', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  await makeLog(path);
  const other = new DatabaseSync(path, { timeout: 30_000 });
  other.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  expect(() => checkFile(path)).toThrow(/hookcast\.db can't be checked: database is locked\.$/);
  other.close();
});

/** The parts that sqlite3 leaves out, by command; and the same by hand, if there is no sqlite3. */
const COPIES: Readonly<Record<string, (from: string, to: string) => boolean>> = {
  '.dump': (from, to) => spawnSync('sh', ['-c', `sqlite3 '${from}' .dump | sqlite3 '${to}'`]).status === 0,
  '.clone': (from, to) => spawnSync('sqlite3', [from, `.clone ${to}`]).status === 0 && existsSync(to),
  'by hand, without positions': (from, to) => {
    copyFileSync(from, to);
    alter(to, 'PRAGMA user_version = 0; DELETE FROM sqlite_sequence');
    return true;
  },
};

it.each(Object.entries(COPIES))('OPS8.5 goes on with a copy that lost its version: %s', async (_way, copy) => {
  const folder = temporaryFolder();
  const [path, to] = [join(folder, 'hookcast.db'), join(folder, 'copy.db')];
  await makeLog(path);
  if (!copy(path, to)) return expect(spawnSync('sqlite3', ['--version']).status).not.toBe(0);
  expect(checkFile(to)).toMatchObject({ events: 2, problems: [] });
  expect(checkFile(to).notes).toContainEqual(expect.stringMatching(/^It lacks the version of its schema/));
  const log = new SqliteLog(to);
  // Above the erasure, which has the position after the last event.
  expect(await log.append([newEvent({ eventId: 'three' })])).toMatchObject([
    { outcome: 'accepted', cursor: { seq: 4 } },
  ]);
  await log.close();
  expect(await idsIn(to)).toEqual(['one', 'two', 'three']);
  expect(checkFile(to)).toMatchObject({ events: 3, problems: [], notes: [expect.stringMatching(/^There is no -wal/)] });
});

it('OPS2.12 refuses a copy that lacks a table or an index, and says so', async () => {
  for (const lost of ['DROP TABLE people', 'DROP INDEX events_by_type', 'DROP TABLE hashes']) {
    const path = join(temporaryFolder(), 'hookcast.db');
    await makeLog(path);
    alter(path, `${lost}; PRAGMA user_version = 0`);
    expect(() => new SqliteLog(path), lost).toThrow(/it is a copy of a log that lacks tables or indexes/);
  }
});

it('OPS3.11 says of a folder that it is one, and what to name instead', () => {
  const folder = temporaryFolder();
  const says = new RegExp(`${folder} is a folder: name a file in it, such as ${join(folder, 'hookcast.db')}`);
  expect(() => checkFile(folder)).toThrow(says);
  expect(() => new SqliteLog(folder)).toThrow(says);
});

it('OPS3.9 finds events at or below the oldest position, which no client receives', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  await makeLog(path);
  alter(path, 'UPDATE log SET floor = 1');
  expect(checkFile(path).problems).toEqual([
    'events at or below the oldest position, where no client receives them: 1',
  ]);
});

it('OPS3.11 says what it can’t know of a copy without its -wal', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  mkdirSync(join(folder, 'copies'));
  const log = new SqliteLog(path);
  await log.append([newEvent()]);
  alter(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
  await log.append([newEvent()]);
  copyFileSync(path, join(folder, 'copies', 'alone.db'));
  alter(path, `VACUUM INTO '${join(folder, 'copies', 'whole.db')}'`);
  const alone = checkFile(join(folder, 'copies', 'alone.db'));
  expect(alone).toEqual({
    events: 1,
    problems: [],
    notes: [expect.stringMatching(/^There is no -wal file beside it\. .*check again/)],
  });
  expect(checkFile(join(folder, 'copies', 'whole.db'))).toEqual({ events: 2, problems: [], notes: [] });
  expect(checkFile(path)).toEqual({ events: 2, problems: [], notes: [] });
  await log.close();
});
