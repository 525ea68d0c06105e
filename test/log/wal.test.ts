import { once } from 'node:events';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { assertWalIsWhole } from '../../src/log/sqlite/wal.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';

const raw = JSON.stringify({ note: 'x'.repeat(20_000) });

/** A thread that commits as often as it can, and waits for no disk. It begins the write-ahead log anew again and again. */
const BUSY = `
  const { DatabaseSync } = require('node:sqlite');
  const { workerData, parentPort } = require('node:worker_threads');
  const database = new DatabaseSync(workerData);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE rows (text)');
  const insert = database.prepare('INSERT INTO rows VALUES (?)');
  parentPort.postMessage('begun');
  for (;;) insert.run('x'.repeat(1500));
`;

it('OPS8.3 takes no log that another process writes to for a damaged one', async () => {
  const path = join(temporaryFolder(), 'busy.db');
  const writer = new Worker(BUSY, { eval: true, workerData: path });
  try {
    await once(writer, 'message');
    const end = performance.now() + 2_000;
    while (performance.now() < end) {
      assertWalIsWhole(path);
      await setImmediate();
    }
  } finally {
    await writer.terminate();
  }
});

it('OPS8.3 takes a write-ahead log of zeros for an empty one, as a power failure may leave it', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  await log.append([newEvent({ eventId: 'one' })]);
  await log.close();
  for (const size of [0, 31, 32, 4_096, 100_000]) {
    writeFileSync(`${path}-wal`, Buffer.alloc(size));
    const again = new SqliteLog(path);
    expect((await again.read({ direction: 'forward', limit: 2, filter: {} })).events).toHaveLength(1);
    await again.close();
  }
});

it('OPS8.3 refuses a file that was cut off in the middle of its last page, which SQLite would take for zeros', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  await log.append([newEvent({ eventId: 'one', raw })]);
  await log.close();
  truncateSync(path, statSync(path).size - 100);
  expect(() => new SqliteLog(path)).toThrow(/damaged \(.* is cut off at byte \d+\): stop the gateway/);
});
