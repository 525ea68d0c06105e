import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { expect, it } from 'vitest';
import { Indexing } from '../../src/live/indexing.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { STRETCH } from '../../src/log/sqlite/words.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';

it('LOG12.7 indexes in the background what is in the log and what comes, until it is stopped', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  const append = (count: number) => log.append(Array.from({ length: count }, () => newEvent()));
  const indexed = () => {
    const database = new DatabaseSync(path, { readOnly: true });
    const row = database.prepare('SELECT up_to FROM indexing').get();
    database.close();
    return Number(row?.['up_to'] ?? 0);
  };
  await append(STRETCH);
  const indexing = new Indexing(log, pino({ level: 'silent' }));
  const until = (upTo: number) => expect.poll(indexed).toBe(upTo);
  await until(STRETCH - 1);
  await append(2 * STRETCH);
  await until(3 * STRETCH - 1);
  await indexing.stop();
  await append(STRETCH);
  // What was stopped takes no step any more, so this one is left.
  expect((await log.words.advance()).indexed).toBe(STRETCH);
  await log.close();
});
