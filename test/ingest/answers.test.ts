import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { AnswerCount } from '../../src/events/answer-count.ts';
import { Answers } from '../../src/ingest/answer-counts.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { temporaryFolder } from '../support/gateway.ts';

const HOUR = 60 * 60 * 1000;

function setUp() {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  onTestFinished(() => log.close());
  const writes: (readonly AnswerCount[])[] = [];
  /** Runs while answers are being recorded. */
  const during = { happens: () => {} };
  const record = {
    list: (from: number) => log.answers.list(from),
    add: (answers: readonly AnswerCount[]) => {
      writes.push(answers);
      during.happens();
      return log.answers.add(answers);
    },
  };
  const clock = { now: 10 * HOUR };
  const answers = new Answers({ record, logger: pino({ level: 'silent' }), now: () => clock.now });
  onTestFinished(() => answers.stop());
  return { path, log, answers, writes, during, clock };
}

const counts = (some: readonly AnswerCount[]) => some.map(({ outcome, hour, count }) => [outcome, hour / HOUR, count]);

it('IN2.1 writes only a sum for deliveries that can’t be authenticated', async () => {
  const { answers, writes } = setUp();
  await answers.record();
  expect(writes).toEqual([]);
  for (let index = 0; index < 1_000; index += 1) answers.count('eduzz', 'signature_invalid');
  await answers.record();
  await answers.record();
  expect(writes.map(counts)).toEqual([[['signature_invalid', 10, 1_000]]]);
});

it('LOG8.2 records later what it can’t record now, and tells of it meanwhile', async () => {
  const { path, log, answers, during, clock } = setUp();
  const file = new DatabaseSync(path, { timeout: 10_000 });
  answers.count('eduzz', 'accepted');
  await answers.record();
  file.exec('ALTER TABLE answers RENAME TO away');
  answers.count('eduzz', 'accepted');
  during.happens = () => {
    answers.count('eduzz', 'accepted');
    clock.now += HOUR;
    answers.count('eduzz', 'accepted');
  };
  await answers.record();
  during.happens = () => {};
  file.exec('ALTER TABLE away RENAME TO answers');
  file.close();
  const all = [
    ['accepted', 10, 3],
    ['accepted', 11, 1],
  ];
  expect(counts(await answers.list(0))).toEqual(all);
  expect(counts(await log.answers.list(0))).toEqual([['accepted', 10, 1]]);
  await answers.record();
  expect(counts(await log.answers.list(0))).toEqual(all);
  expect(counts(await answers.list(0))).toEqual(all);
  expect(counts(await answers.list(11 * HOUR))).toEqual([['accepted', 11, 1]]);
});

it('LOG8.2 counts each delivery once, even while it is being recorded', async () => {
  const { answers } = setUp();
  const seen: number[] = [];
  for (let index = 1; index <= 50; index += 1) {
    answers.count('eduzz', 'accepted');
    const [, listed] = await Promise.all([answers.record(), answers.list(0), answers.record()]);
    seen.push(listed[0]!.count);
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

it('LOG8.2 keeps a bounded number of counts that it can’t record, the newest', async () => {
  const { path, answers, clock } = setUp();
  const file = new DatabaseSync(path, { timeout: 10_000 });
  file.exec('ALTER TABLE answers RENAME TO away');
  for (let hour = 0; hour < 6_000; hour += 1) {
    clock.now += HOUR;
    answers.count('eduzz', 'accepted');
    if (hour % 1_000 === 0) await answers.record();
  }
  file.exec('ALTER TABLE away RENAME TO answers');
  file.close();
  const kept = await answers.list(0);
  expect(kept).toHaveLength(5_000);
  expect(kept.at(-1)).toMatchObject({ hour: clock.now, count: 1 });
});
