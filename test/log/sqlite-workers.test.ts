import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished, vi } from 'vitest';
import { SharedThreads, sharedThread } from '../../src/log/sqlite/threads.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { transactionEnds } from '../support/wal.ts';

/** Several logs on one file that have its threads together, as several workers do. */
function shared(gateways: number) {
  const path = join(temporaryFolder(), 'hookcast.db');
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  const failures: string[] = [];
  const threads = new SharedThreads((name) => failures.push(name));
  const startThread = sharedThread(threads.open);
  const logs = Array.from({ length: gateways }, () => new SqliteLog(path, null, { gateways, startThread }));
  onTestFinished(async () => {
    process.off('worker', note);
    await Promise.all(logs.map((log) => log.close()));
    await threads.close();
  });
  return { path, logs, started, failures };
}

const transactionsIn = (path: string) => transactionEnds(readFileSync(`${path}-wal`)).length;

it('OPS11.7 commits together what several workers hand over at the same moment', async () => {
  const { path, logs, started } = shared(4);
  await logs[0]!.tryToWrite();
  const before = transactionsIn(path);
  // So few that nothing is copied from the write-ahead log into the file yet: a thread of its own would do it.
  const rounds = 5;
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  for (let round = 0; round < rounds; round += 1) {
    // While nothing can be written, the first waits for the file, and the others for the first.
    database.exec('BEGIN IMMEDIATE');
    const appends = logs.map((log, index) =>
      log.append([newEvent({ eventId: `${round}-${index}` }), newEvent({ eventId: `all-${round}` })]),
    );
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    database.exec('ROLLBACK');
    const answers = await Promise.all(appends);
    // Each is answered what became of its own.
    const outcomes = answers.map((answer) => answer.map(({ outcome }) => outcome));
    expect(outcomes.map(([own]) => own)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(outcomes.filter(([, same]) => same === 'accepted')).toHaveLength(1);
  }
  expect(transactionsIn(path) - before).toBeLessThanOrEqual(rounds * 2);
  expect(started).toHaveLength(1);
  const { events } = await logs[3]!.read({ direction: 'forward', limit: 100, filter: {} });
  expect(events).toHaveLength(rounds * 5);
});

it('OPS11.7 tells all workers at once what one of them wrote, also those that have written nothing', async () => {
  // No worker polls for new events.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { logs } = shared(2);
  let told = 0;
  const stop = logs[1]!.watch(() => (told += 1));
  await logs[0]!.append([newEvent({ eventId: 'first' })]);
  await expect.poll(() => told, { interval: 1 }).toBe(1);
  const { head } = await logs[1]!.read({ direction: 'forward', limit: 1, filter: {} });
  expect(head.seq).toBe(1);
  stop();
});

it('OPS11.7 starts the writer anew when it has died, and refuses what was under way until then', async () => {
  const { logs, started, failures } = shared(2);
  await Promise.all(logs.map((log, index) => log.append([newEvent({ eventId: `before-${index}` })])));
  const under = logs[0]!.append(Array.from({ length: 400 }, (_, index) => newEvent({ eventId: `under-${index}` })));
  const outcome = under.then(
    (answers) => answers.length,
    (error: { code: string }) => error.code,
  );
  await setImmediate();
  await started[0]!.terminate();
  expect([400, 'LOG_UNAVAILABLE']).toContain(await outcome);
  await expect.poll(() => logs[1]!.append([newEvent({ eventId: 'after' })]).catch(() => null)).toMatchObject([{}]);
  const { events } = await logs[0]!.read({ direction: 'forward', limit: 500, filter: {} });
  const ids = events.map(({ eventId }) => eventId);
  expect(ids.filter((id) => !id.startsWith('under-')).toSorted()).toEqual(['after', 'before-0', 'before-1']);
  // All events that were under way, or none.
  expect([0, 400]).toContain(ids.length - 3);
  expect([started.length, failures]).toEqual([2, ['writer']]);
});
