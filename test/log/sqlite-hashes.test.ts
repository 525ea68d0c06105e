import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { hashOf, hashOfKey, hashOfSubject } from '../../src/log/sqlite/hash.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';

/** Positions of a stretch, and of a generation of stretches. */
const [STRETCH, GENERATION] = [1_024, 32 * 1_024];

const newPath = () => join(temporaryFolder(), 'hookcast.db');
const order = { at: 5_000, orderedBy: 'operator ana' };

/** Has the next event take the position after this one, as if there were so many before it. */
function skipTo(database: DatabaseSync, position: number): void {
  database.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'").run(position);
}

function stretchesIn(database: DatabaseSync): number[] {
  return database
    .prepare('SELECT DISTINCT stretch FROM hashes_by_stretch ORDER BY stretch')
    .all()
    .map(({ stretch }) => Number(stretch));
}

it('OPS2.8 hashes ids and subjects as files have them, and hardly ever two as one', () => {
  expect(['', 'a', 'b', 'order/5500123', 'ção 🎟'].map(hashOf)).toEqual([
    55_666_206_688_381, 114_653_951_364_445, 57_225_318_914_872, 82_532_806_220_495, 137_889_471_351_717,
  ]);
  expect(hashOfKey('eduzz', '1')).not.toBe(hashOfKey('eduzz1', ''));
  const all = Array.from({ length: 50_000 }, (_, id) => [
    hashOfKey('eduzz', `${id}`),
    hashOfSubject(`order/${id}`),
  ]).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((hash) => Number.isSafeInteger(hash) && hash >= 0 && hash < 2 ** 47)).toBe(true);
  // Spread over all there are, or the pieces of a generation would not be alike.
  const eighths = Map.groupBy(all, (hash) => Math.floor(hash / 2 ** 44));
  expect(eighths.size).toBe(8);
  for (const of of eighths.values()) expect(of.length / all.length).toBeCloseTo(1 / 8, 1);
});

it('IN3.10 recognizes an event wherever in the log it is, also once its id is sorted among older ones', async () => {
  const path = newPath();
  const log = new SqliteLog(path, null, KEPT_THREADS);
  const database = new DatabaseSync(path, { timeout: 30_000 });
  const ids: string[] = [];
  const append = async (id: string) => {
    ids.push(id);
    expect(await log.append([newEvent({ eventId: id, subject: `order/${id}` })]), id).toMatchObject([
      { outcome: 'accepted' },
    ]);
  };
  // The first generation. Each stretch has something of it.
  for (let stretch = 0; stretch < 32; stretch += 1) {
    skipTo(database, stretch * STRETCH);
    await append(`first ${stretch}`);
  }
  expect(stretchesIn(database)).toHaveLength(32);
  // While the second one comes, the first is sorted in piece by piece.
  for (let stretch = 0; stretch < 32; stretch += 1) {
    skipTo(database, GENERATION + stretch * STRETCH);
    await append(`second ${stretch}`);
    if (stretch === 16) {
      expect(Math.min(...stretchesIn(database))).toBeLessThan(32);
      expect(database.prepare('SELECT count(*) AS count FROM hashes').get()).not.toEqual({ count: 0 });
    }
  }
  skipTo(database, 2 * GENERATION);
  await append('third');
  expect(Math.min(...stretchesIn(database))).toBe(32);
  // One after the other, and all at once, and twice in one append.
  for (const id of ids)
    expect(await log.append([newEvent({ eventId: id })]), id).toMatchObject([{ outcome: 'duplicate' }]);
  const again = await log.append([...ids, 'new', 'new'].map((eventId) => newEvent({ eventId })));
  expect(again.map(({ outcome }) => outcome)).toEqual([...ids.map(() => 'duplicate'), 'accepted', 'duplicate']);
  // By its subject, forwards and backwards, with others and alone.
  const subjects = ['order/first 3', 'order/second 5', 'order/third'];
  for (const [direction, found] of [
    ['forward', ['first 3', 'second 5']],
    ['backward', ['second 5', 'third']],
  ] as const) {
    const page = await log.read({ direction, limit: 2, filter: { subjects } });
    expect(page.events.map(({ eventId }) => eventId).toSorted()).toEqual(found);
  }
  expect(await log.find(ids.map((eventId) => ({ source: 'eduzz', eventId })))).not.toContain(null);
  expect(
    (await log.erase({ by: 'subject', source: 'eduzz', subject: 'order/first 3', account: null, contacts: [] }, order))
      .erasures,
  ).toHaveLength(1);
  expect(checkFile(path).problems).toEqual([]);
  // An event that retention deletes may come again, and is another event then.
  await log.trim(Number.MAX_SAFE_INTEGER);
  expect(
    database.prepare('SELECT (SELECT count(*) FROM hashes) + (SELECT count(*) FROM hashes_by_stretch) AS left').get(),
  ).toEqual({ left: 0 });
  expect(await log.append([newEvent({ eventId: 'first 3' })])).toMatchObject([{ outcome: 'accepted' }]);
  expect(checkFile(path).problems).toEqual([]);
  database.close();
  await log.close();
});

it('IN3.10 recognizes events that another process, or an earlier one, has recorded', async () => {
  const path = newPath();
  const [one, other] = [new SqliteLog(path, null, KEPT_THREADS), new SqliteLog(path, null, KEPT_THREADS)];
  const outcomes = async (log: SqliteLog, ...ids: string[]) =>
    (await log.append(ids.map((eventId) => newEvent({ eventId })))).map(({ outcome }) => outcome);
  expect(await outcomes(one, 'a')).toEqual(['accepted']);
  expect(await outcomes(other, 'a', 'b')).toEqual(['duplicate', 'accepted']);
  expect(await outcomes(one, 'b', 'c')).toEqual(['duplicate', 'accepted']);
  expect(await outcomes(other, 'c', 'a', 'd')).toEqual(['duplicate', 'duplicate', 'accepted']);
  expect(await outcomes(one, 'd')).toEqual(['duplicate']);
  await one.close();
  const late = new SqliteLog(path, null, KEPT_THREADS);
  expect(await outcomes(late, 'a', 'b', 'c', 'd', 'e')).toEqual([...Array(4).fill('duplicate'), 'accepted']);
  expect(await outcomes(other, 'e')).toEqual(['duplicate']);
  await Promise.all([late.close(), other.close()]);
  expect(checkFile(path).problems).toEqual([]);
});

it('IN3.10 records an event again that was taken back', async () => {
  const path = newPath();
  const log = new SqliteLog(path, null, KEPT_THREADS);
  await log.append([newEvent({ eventId: 'before' })]);
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec("CREATE TRIGGER broken BEFORE INSERT ON personal BEGIN SELECT RAISE(ROLLBACK, 'the disk'); END");
  const events = ['one', 'two'].map((eventId) => newEvent({ eventId }));
  await expect(log.append(events)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  database.exec('DROP TRIGGER broken');
  expect(await log.append([newEvent({ eventId: 'other' }), ...events])).toMatchObject([
    { outcome: 'accepted' },
    { outcome: 'accepted' },
    { outcome: 'accepted' },
  ]);
  expect(await log.append(events)).toMatchObject([{ outcome: 'duplicate' }, { outcome: 'duplicate' }]);
  database.close();
  await log.close();
  expect(checkFile(path).problems).toEqual([]);
});

it('OPS3.9 says when events are not found by their ids and subjects', async () => {
  const breaks = {
    'DELETE FROM hashes_by_stretch WHERE seq = 2': 'ids and subjects that do not lead to their events: 2',
    'UPDATE hashes_by_stretch SET seq = 9 WHERE seq = 2': 'ids and subjects that do not lead to their events: 2',
    'INSERT INTO hashes VALUES (1, 1)': 'ids and subjects of no event: 1',
  };
  for (const [sql, problem] of Object.entries(breaks)) {
    const path = newPath();
    const log = new SqliteLog(path, null, KEPT_THREADS);
    await log.append([newEvent(), newEvent(), newEvent()]);
    await log.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    expect(checkFile(path).problems, sql).toEqual([problem]);
    // As a rescue does.
    database.exec('PRAGMA user_version = 2');
    database.close();
    await new SqliteLog(path, null, KEPT_THREADS).close();
    expect(checkFile(path).problems).toEqual([]);
  }
});
