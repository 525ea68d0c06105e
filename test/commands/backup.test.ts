import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { backup } from '../../src/commands/backup.ts';
import { erase } from '../../src/commands/erase.ts';
import { restore } from '../../src/commands/restore.ts';
import { backUp } from '../../src/log/sqlite/back-up.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { newToken } from '../contract/operators.contract.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { hookcast } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { oldSqliteLog } from '../support/old-log.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { TestTerminal, call } from '../support/terminal.ts';

/** A log of a few events, with another program's table of so many mebibytes in its file. */
async function makeLog(path: string, { events = 2, mebibytes = 0 } = {}): Promise<void> {
  const log = new SqliteLog(path);
  await log.append(Array.from({ length: events }, (_, index) => newEvent({ eventId: `event ${index}` })));
  await log.close();
  if (mebibytes > 0) alter(path, `CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(${mebibytes} << 20))`);
}

function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function idsIn(path: string): Promise<readonly string[]> {
  const log = new SqliteLog(path);
  const { events } = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
  await log.close();
  return events.map(({ eventId }) => eventId);
}

/** What is in a folder but the log and what SQLite has beside it. */
const others = (folder: string) => readdirSync(folder).filter((file) => !/^hookcast\.db(-wal|-shm)?$/.test(file));
const terminalOf = (folder: string) => new TestTerminal(environment(folder), () => new Promise(() => {}));
const plainly = { force: false };
const post = async (gateway: TestGateway, id: string) =>
  expect(await gateway.eduzz(attendanceCanceled({ id }))).toMatchObject({ status: 200, body: { status: 'accepted' } });

it('LOG10.1 backs up a log beside deliveries, with every event that was acknowledged before it began', async () => {
  const folder = temporaryFolder();
  const to = join(folder, 'backup.db');
  await makeLog(join(folder, 'hookcast.db'), { events: 0, mebibytes: 12 });
  const gateway = await TestGateway.start({ folder });
  for (const id of ['one', 'two', 'three']) await post(gateway, id);
  const backingUp = hookcast(['backup', to], environment(folder));
  let [code, count]: (number | null)[] = [null, 0];
  backingUp.on('close', (ended) => (code = ended));
  // Each write begins anew a backup that isn't within a transaction: such a one would go on for as long as there are deliveries.
  while (code === null && count! < 3_000) await post(gateway, `meanwhile ${(count = count! + 1)}`);
  expect(code).toBe(0);
  expect(count).toBeGreaterThan(0);
  // Nothing to be said of it but that it is whole: also not that a -wal may be missing.
  const checked = checkFile(to);
  expect(checked).toMatchObject({ problems: [], notes: [] });
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(others(folder)).toEqual(['backup.db']);
  const ids = await idsIn(to);
  expect(ids.slice(0, 3)).toEqual(['one', 'two', 'three']);
  // As it was at one moment: what came meanwhile is there up to that moment, and nothing is missing in between.
  expect(ids.slice(3)).toEqual(Array.from({ length: checked.events - 3 }, (_, index) => `meanwhile ${index + 1}`));
});

it('LOG10.2 leaves nothing of a backup that is interrupted', async () => {
  const folder = temporaryFolder();
  const to = join(folder, 'backup.db');
  const path = join(folder, 'hookcast.db');
  await makeLog(path, { mebibytes: 40 });
  const shares: number[] = [];
  const ending = new AbortController();
  const progress = (share: number) => {
    expect(others(folder)[0]).toMatch(/^backup\.db\.\w+\.partial$/);
    if (shares.push(share) === 3) ending.abort(new Error('it was interrupted'));
  };
  const stopped = backUp(path, to, { force: false, signal: ending.signal, progress });
  await expect(stopped).rejects.toThrow(`No backup was written to ${to}: it was interrupted.`);
  expect(shares.length).toBe(3);
  expect(shares.toSorted((one, other) => one - other)).toEqual(shares);
  expect(others(folder)).toEqual([]);

  let said = { code: 0 as number | null, stderr: '' };
  // On a machine that is busy the backup may be whole before it is interrupted.
  for (let attempt = 0; attempt < 5 && said.code === 0; attempt += 1) {
    const child = hookcast(['backup', to, '--force'], environment(folder));
    let stderr = '';
    child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    await expect.poll(() => others(folder).some((file) => file.endsWith('.partial')), { interval: 1 }).toBe(true);
    child.kill('SIGINT');
    said = { code: await closed, stderr };
    if (said.code !== 0) expect(others(folder).filter((file) => file.endsWith('.partial'))).toEqual([]);
  }
  expect(said).toEqual({ code: 1, stderr: `hookcast: No backup was written to ${to}: it was interrupted.\n` });
});

it('LOG10.2 leaves nothing of a backup for which the disk has no room', async ({ skip }) => {
  const folder = temporaryFolder();
  await makeLog(join(folder, 'hookcast.db'), { mebibytes: 4 });
  const full = temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'hookcast-test', full]).status !== 0) {
    skip('no file system can be mounted here');
  }
  atEnd(() => spawnSync('umount', ['-l', full]));
  const to = join(full, 'backup.db');
  writeFileSync(to, 'what was backed up yesterday');
  const said = await call(['backup', to, '--force'], environment(folder));
  expect(said).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^hookcast: No backup was written to .*: the disk is full/),
  });
  expect(readdirSync(full)).toEqual(['backup.db']);
  expect(readFileSync(to, 'utf8')).toBe('what was backed up yesterday');
  // Nor of a log: what was there stays.
  const log = join(full, 'log', 'hookcast.db');
  mkdirSync(join(full, 'log'));
  await makeLog(log, { events: 1 });
  const [backed, env] = [join(folder, 'backup.db'), { DATABASE_URL: `sqlite:${log}` }];
  expect(await call(['backup', backed], environment(folder))).toMatchObject({ code: 0 });
  const restored = await call(['restore', backed, '--force'], env);
  expect(restored).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^hookcast: Nothing was restored to .*: the disk is full/),
  });
  expect(readdirSync(join(full, 'log'))).toEqual(['hookcast.db']);
  expect(await idsIn(log)).toEqual(['event 0']);
});

it('LOG10.3 writes a backup over nothing that it is not told to write over, and backs up no damaged log', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  await makeLog(path);
  const to = join(folder, 'backup.db');
  const terminal = terminalOf(folder);
  const saying = (file: string, options = plainly) => backup(file, options, terminal);
  await saying(to);
  expect(terminal.lines).toEqual([
    `Backed up 2 events to ${to}. Every page and every index of it was read.`,
    expect.stringMatching(/^It holds personal data\. Later erasures don’t change it/),
  ]);
  await expect(saying(to)).rejects.toThrow('exists. Name another file, or replace it with --force.');
  await saying(to, { force: true });
  for (const own of [path, `${path}-wal`, join(folder, '.', 'hookcast.db')]) {
    await expect(saying(own, { force: true })).rejects.toThrow('belongs to the log itself');
  }
  await expect(saying(folder, { force: true })).rejects.toThrow('is not a file');
  await expect(saying(join(folder, 'nowhere', 'backup.db'))).rejects.toThrow(/^There is no folder .*nowhere\. Make it/);
  writeFileSync(join(folder, 'used.db-wal'), '');
  await expect(saying(join(folder, 'used.db'))).rejects.toThrow('used.db may be a log that is in use');
  const nowhere = new TestTerminal({ DATABASE_URL: `sqlite:${path}-nowhere` });
  await expect(backup(to, { force: true }, nowhere)).rejects.toThrow('There is no log at');

  const bytes = readFileSync(path);
  const place = bytes.lastIndexOf('event 1');
  bytes[place] = bytes[place]! ^ 1;
  writeFileSync(path, bytes);
  await expect(saying(to, { force: true })).rejects.toThrow(
    /^No backup was written to .*: the log is damaged \(.+\): run/,
  );
  expect(await idsIn(to)).toEqual(['event 0', 'event 1']);
  expect(others(folder).toSorted()).toEqual(['backup.db', 'used.db-wal']);
});

it('LOG10.4 puts a backup in the place of the log, keeps that, and tells each client of a Gap before it is live', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  const to = join(folder, 'backup.db');
  const follow = (on: TestGateway, after?: string) =>
    Subscriber.open(on, { query: EVENTS, variables: after === undefined ? {} : { after } });
  const subscriber = await follow(gateway);
  await subscriber.caughtUp();
  await post(gateway, 'one');
  await post(gateway, 'two');
  await subscriber.events(2);
  const early = subscriber.lastCursor;
  await erase({ email: 'before@ficticio.example', by: 'ana' }, terminalOf(folder));
  await backup(to, plainly, terminalOf(folder));
  await erase({ email: 'since@ficticio.example', by: 'rui' }, terminalOf(folder));
  await post(gateway, 'three');
  await subscriber.events(3);
  const beyond = subscriber.lastCursor;

  await expect(restore(to, { force: true }, terminalOf(folder))).rejects.toThrow(
    /^A gateway or another command has the log .* open\. Stop all of them/,
  );
  await post(gateway, 'four');
  await gateway.close();
  await expect(restore(to, plainly, terminalOf(folder))).rejects.toThrow(/^There is a log at .*\. With --force/);
  const terminal = terminalOf(folder);
  await restore(to, { force: true }, terminal);
  const [kept, ...more] = others(folder).filter((file) => file !== 'backup.db');
  expect(more).toEqual([]);
  expect(terminal.lines).toEqual([
    `Restored 2 events from ${to}. Start the gateway again.`,
    expect.stringMatching(/^The log has a new epoch: each client that comes back is told of a Gap/),
    expect.stringContaining(`is kept as ${join(folder, kept!)}. It holds personal data`),
    'The backup lacks an erasure of the former log:',
    expect.stringMatching(/^ {2}\d{4}-\d\d-\d\dT.*Z {2}rui$/),
    expect.stringMatching(
      /^The log again has what they erased\. Erase it once more: by the same address, or by --source/,
    ),
  ]);
  expect(await idsIn(join(folder, kept!))).toEqual(['one', 'two', 'three', 'four']);
  expect(statSync(join(folder, 'hookcast.db')).mode & 0o777).toBe(0o600);

  const again = await TestGateway.start({ folder });
  const [back, atEarly] = await Promise.all([follow(again, beyond), follow(again, early)]);
  for (const client of [back, atEarly]) await client.caughtUp();
  await post(again, 'live');
  for (const [client, after] of [
    [back, beyond],
    [atEarly, early],
  ] as const) {
    await client.events(3);
    expect(client.messages[0]).toMatchObject({ __typename: 'Gap', reason: 'LOG_REPLACED', after });
    expect(client.eventIds).toEqual(['one', 'two', 'live']);
  }
});

it('LOG10.5 restores only a sound backup of a known schema, and otherwise leaves the log as it was', async () => {
  const folder = temporaryFolder();
  const [path, to] = [join(folder, 'hookcast.db'), join(folder, 'backup.db')];
  await makeLog(path);
  await backup(to, plainly, terminalOf(folder));
  const before = readFileSync(path);
  const saying = (file: string) => restore(file, { force: true }, terminalOf(folder));
  await expect(saying(join(folder, 'nowhere.db'))).rejects.toThrow('There is no backup at');
  await expect(saying(path)).rejects.toThrow('is the log itself');
  const damaged = join(folder, 'damaged.db');
  const bytes = readFileSync(to);
  bytes[bytes.lastIndexOf('event 1')]! ^= 1;
  writeFileSync(damaged, bytes);
  await expect(saying(damaged)).rejects.toThrow(/^Nothing was restored to .*: the backup is damaged \(/);
  writeFileSync(damaged, 'this is no backup');
  await expect(saying(damaged)).rejects.toThrow(/^Nothing was restored to /);
  copyFileSync(to, damaged);
  alter(damaged, 'PRAGMA user_version = 999');
  await expect(saying(damaged)).rejects.toThrow('a newer hookcast wrote the backup (schema 999');
  expect(others(folder).toSorted()).toEqual(['backup.db', 'damaged.db']);
  expect(await idsIn(path)).toEqual(['event 0', 'event 1']);
  expect(before.length).toBe(statSync(path).size);

  // What a backup is restored for: an event of the log is damaged.
  const spoilt = readFileSync(path);
  spoilt[spoilt.lastIndexOf('event 1')]! ^= 1;
  writeFileSync(path, spoilt);
  await saying(to);
  expect(checkFile(path)).toMatchObject({ events: 2, problems: [] });
  expect(others(folder).filter((file) => file.startsWith('hookcast.db.replaced-'))).toHaveLength(1);

  // Whether a damaged log is in use can't be told; what is behind the damage is not thrown away.
  writeFileSync(`${path}-wal`, Buffer.alloc(4_096, 7));
  await expect(saying(to)).rejects.toThrow(/^It is unknown whether a gateway has the log .* move the log's file/);
  expect(readFileSync(`${path}-wal`)).toEqual(Buffer.alloc(4_096, 7));

  const empty = temporaryFolder();
  writeFileSync(join(empty, 'hookcast.db-wal'), '');
  await expect(restore(to, plainly, terminalOf(empty))).rejects.toThrow('hookcast.db-wal exists without its log');
  const fresh = terminalOf(join(temporaryFolder(), 'data'));
  await restore(to, plainly, fresh);
  expect(fresh.lines[0]).toBe(`Restored 2 events from ${to}. Start the gateway again.`);
  expect(fresh.lines.at(-1)).toMatch(/^The log again has what was erased after the backup/);
});

it('LOG10.6 restores from where nothing can be written, to the owner of the log', async ({ skip }) => {
  const folder = temporaryFolder();
  const log = join(folder, 'hookcast.db');
  await makeLog(log);
  const mounted = temporaryFolder();
  const mount = (...options: string[]) => spawnSync('mount', [...options, mounted]).status;
  if (mount('-t', 'tmpfs', 'hookcast-test') !== 0) skip('no file system can be mounted here');
  atEnd(() => spawnSync('umount', ['-l', mounted]));
  const to = join(mounted, 'backup.db');
  await backup(to, plainly, terminalOf(folder));
  chmodSync(to, 0o400);
  expect(mount('-o', 'remount,ro')).toBe(0);
  await expect(backup(join(mounted, 'other.db'), plainly, terminalOf(folder))).rejects.toThrow(
    /^No backup was written to .*read-only file system/,
  );
  chownSync(log, 65_534, 65_534);
  await restore(to, { force: true }, terminalOf(folder));
  expect(statSync(log)).toMatchObject({ uid: 65_534, gid: 65_534 });
  expect(await idsIn(log)).toEqual(['event 0', 'event 1']);
});

it('LOG10.6 restores a copy of a log together with the -wal that is beside it', async () => {
  const [folder, running] = [temporaryFolder(), join(temporaryFolder(), 'hookcast.db')];
  const log = new SqliteLog(running);
  await log.append([newEvent({ eventId: 'in the -wal' })]);
  for (const ending of ['', '-wal']) copyFileSync(running + ending, join(folder, `copy.db${ending}`));
  await log.close();
  await restore(join(folder, 'copy.db'), plainly, terminalOf(folder));
  expect(await idsIn(join(folder, 'hookcast.db'))).toEqual(['in the -wal']);
});

it('LOG10.7 says for a log in PostgreSQL which programs do it, and fails', async () => {
  const env = { DATABASE_URL: 'postgres://hookcast:secret@127.0.0.1:1/hookcast' };
  const [backedUp, restored] = await Promise.all(
    ['backup', 'restore'].map((command) => call([command, "it's.dump"], env)),
  );
  expect(backedUp).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hookcast: Nothing was backed up/) });
  expect(backedUp!.stdout).toMatch(
    /pg_dump .*--file='it'\\''s\.dump\.partial' "\$\{DATABASE_URL:\?\}" &&\n +mv .*'it'\\''s\.dump'\n/,
  );
  expect(restored).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hookcast: Nothing was restored/) });
  expect(restored!.stdout).toMatch(/pg_restore .*'it'\\''s\.dump' &&\n.*UPDATE hookcast\.epochs SET epoch/);
  expect(existsSync("it's.dump")).toBe(false);
  expect(backedUp!.stdout + restored!.stdout).not.toContain('secret');
});

it('AUTH5.5 brings no revoked token back with a backup, nor with one of an older schema', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  const [whole, old] = [join(folder, 'whole.db'), join(folder, 'old.db')];
  oldSqliteLog(old, 10).close();
  const log = new SqliteLog(path);
  await log.tokens.keep(newToken({ id: 'hers', expiresAt: 4e12 }));
  await backup(whole, plainly, terminalOf(folder));
  for (const id of ['hers', 'theirs']) await log.tokens.revoke(id, 5_000);
  await log.close();
  for (const from of [whole, old]) {
    await restore(from, { force: true }, terminalOf(folder));
    const restored = new SqliteLog(path);
    const tokens = await restored.tokens.list();
    await restored.close();
    expect(new Map(tokens.map(({ id, revokedAt }) => [id, revokedAt]))).toEqual(
      new Map([
        ['hers', 5_000],
        ['theirs', 5_000],
      ]),
    );
  }
});
