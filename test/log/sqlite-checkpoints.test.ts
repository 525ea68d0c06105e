import { copyFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { Marker } from '../../src/log/marks.ts';
import { Checkpoints } from '../../src/log/sqlite/checkpoints.ts';
import { erase, erasePiece } from '../../src/log/sqlite/erase.ts';
import { fileAt } from '../../src/log/sqlite/open-files.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { STRETCH, stretchOf } from '../../src/log/sqlite/words.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';

/** Whether the file itself contains it. */
const isInFile = (path: string, text: string) => readFileSync(path).includes(text);

it('IN1.7 copies committed pages into the file beside the commits, so that no commit has to copy all of them', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  const append = (from: number, count: number) =>
    log.append(Array.from({ length: count }, (_, index) => newEvent({ eventId: `event number ${from + index}` })));
  await append(0, 500);
  expect(isInFile(path, 'event number 0')).toBe(false);
  await append(500, 500);
  await expect.poll(() => isInFile(path, 'event number 999')).toBe(true);
  // Far from the length at which SQLite would do so itself.
  expect(statSync(`${path}-wal`).size).toBeLessThan(2_000 * 4_096);
  await log.close();
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
});

it('IN1.5 appends between the pieces of an erasure that thousands of events are in, and tells of each subject once', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  const producer = { kind: 'mention', value: 'producer@people.example' } as const;
  const count = 1_300;
  await log.append(
    Array.from({ length: count }, (_, index) =>
      newEvent({ eventId: `e${index}`, subject: `ticket/${index % 650}`, traces: [producer] }),
    ),
  );
  let isErased = false;
  const request = { by: 'email', email: producer.value, source: null } as const;
  const erasing = log.erase(request, { at: 5_000, orderedBy: 'a test' }).finally(() => (isErased = true));
  const late = newEvent({ eventId: 'late', subject: null, traces: [producer] });
  await log.append([late]);
  expect(isErased).toBe(false);
  const { erasures } = await erasing;
  expect(erasures).toHaveLength(650);
  expect(new Set(erasures.flatMap(({ eventIds }) => eventIds)).size).toBe(count);
  const positions = erasures.map(({ cursor }) => cursor.seq);
  expect(positions).toEqual(positions.toSorted((one, other) => one - other));
  const { events } = await log.read({ direction: 'forward', limit: 2_000, filter: {} });
  expect(events.filter(({ personal, raw }) => personal !== null || raw !== null)).toEqual([]);
  expect(events.at(-1)).toMatchObject({ eventId: 'late' });
  await log.close();
});

it('IN1.5 erases events that are far apart in the log in several transactions, since each has words in another part of the index', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  const producer = { kind: 'mention', value: 'producer@people.example' } as const;
  const writer = new DatabaseSync(path);
  for (let stretch = 1; stretch <= 45; stretch += 1) {
    await log.append([newEvent({ subject: `ticket/${stretch}`, traces: [producer] })]);
    writer.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'").run(stretch * STRETCH);
  }
  const marker = new Marker(String(writer.prepare('SELECT salt FROM log').get()?.['salt']));
  const request = { by: 'email', email: producer.value, source: null } as const;
  const { pieces } = erase(writer, marker, request, { at: 5_000, orderedBy: 'a test' });
  writer.close();
  await log.close();
  expect(pieces.map(({ positions }) => new Set(positions.map(stretchOf)).size)).toEqual([20, 20, 5]);
});

it('PRIV1.13 finds all of an erasure again that was broken off between its pieces', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  const contact = { kind: 'contact', value: 'contact-77' } as const;
  await log.append([
    newEvent({
      eventId: 'hers',
      subject: 'ticket/1',
      traces: [contact, { kind: 'email', value: 'rosa@people.example' }],
    }),
    ...Array.from({ length: 1_100 }, (_, index) => newEvent({ subject: `ticket/${index + 2}`, traces: [contact] })),
  ]);
  const writer = new DatabaseSync(path);
  const marker = new Marker(String(writer.prepare('SELECT salt FROM log').get()?.['salt']));
  const request = { by: 'email', email: 'rosa@people.example', source: null } as const;
  const order = { at: 5_000, orderedBy: 'a test' };
  const { pieces } = erase(writer, marker, request, order);
  expect(pieces).toHaveLength(3);
  erasePiece(writer, pieces[0]!, request, order);
  writer.close();
  const { erasures } = await log.erase(request, order);
  expect(erasures.flatMap(({ eventIds }) => eventIds)).toHaveLength(601);
  const { events } = await log.read({ direction: 'forward', limit: 2_000, filter: {} });
  expect(events.filter(({ personal }) => personal !== null)).toEqual([]);
  await log.close();
});

it('IN1.7 goes on without a copying thread if it can’t be started', async () => {
  const checkpoints = new Checkpoints(fileAt(join(temporaryFolder(), 'no', 'such', 'folder.db')));
  await checkpoints.copy();
  checkpoints.wrote(1_000);
  await checkpoints.close();
  await checkpoints.copy();
});

it('IN1.2 opens no file that stands where the log was when its writer has died, and goes on when the log is back', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  const log = new SqliteLog(path);
  await log.append([newEvent({ eventId: 'before' })]);
  const copying = new DatabaseSync(path);
  copying.exec(`VACUUM INTO '${path}.backup'`);
  copying.close();
  await started[0]!.terminate();
  renameSync(path, `${path}.away`);
  renameSync(`${path}.backup`, path);
  await expect(log.append([newEvent({ eventId: 'lost' })])).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    cause: { message: expect.stringContaining('put it back') },
  });
  renameSync(`${path}.away`, path);
  const [after] = await log.append([newEvent({ eventId: 'after' })]);
  expect(after!.outcome).toBe('accepted');
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  await log.close();
  expect(events.map(({ eventId }) => eventId)).toEqual(['before', 'after']);
});

it('IN1.2 copies nothing into a file that stands where the log was, and goes on when the log is back', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  await log.append([newEvent({ eventId: 'before' })]);
  const checkpoints = new Checkpoints(fileAt(path));
  renameSync(path, `${path}.away`);
  copyFileSync(`${path}.away`, path);
  const backup = readFileSync(path);
  // The thread starts only now.
  await checkpoints.copy();
  expect(readFileSync(path).equals(backup)).toBe(true);
  renameSync(`${path}.away`, path);
  await checkpoints.copy();
  expect(isInFile(path, 'before')).toBe(true);
  const [after] = await log.append([newEvent({ eventId: 'after' })]);
  expect(after!.outcome).toBe('accepted');
  await checkpoints.close();
  await log.close();
});
