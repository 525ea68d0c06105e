import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { EventLog } from '../src/events/event-log.ts';
import { Ingest } from '../src/ingest.ts';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { eduzz } from '../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from './fixtures/eduzz.ts';
import { EDUZZ_SECRET, temporaryFolder } from './support/gateway.ts';

function setUp(mostWaiting: number): { ingest: Ingest; log: EventLog; path: string } {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  onTestFinished(() => log.close());
  const sources = new Map([['eduzz', eduzz([EDUZZ_SECRET])]]);
  const ingest = new Ingest({ sources, log, logger: pino({ level: 'silent' }), now: Date.now, mostWaiting });
  return { ingest, log, path };
}

function delivery(payload = attendanceCanceled()) {
  const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
  return { headers, body: Buffer.from(body) };
}

it('IN1 turns deliveries away when as many wait as may, and loses none of those that do', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = [1, 2, 3].map(() => ingest.receive('eduzz', delivery()));
  await expect(ingest.receive('eduzz', delivery())).rejects.toMatchObject({ code: 'OVERLOADED' });
  // What nobody signed takes no place and is told so, also now.
  const forged = { ...delivery(), headers: { 'x-signature': '0'.repeat(64) } };
  await expect(ingest.receive('eduzz', forged)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  other.exec('ROLLBACK');
  other.close();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await ingest.receive('eduzz', delivery())).toMatchObject({ status: 'accepted' });
  expect((await log.read({ direction: 'forward', limit: 10, filter: {} })).events).toHaveLength(4);
});

it('IN4 keeps in quarantine what the log itself refuses', async () => {
  const { ingest, log, path } = setUp(3);
  const other = new DatabaseSync(path);
  other.exec(`CREATE TRIGGER picky BEFORE INSERT ON events WHEN NEW.tenant = 'eduzz:13'
              BEGIN SELECT RAISE(ABORT, 'unlucky'); END`);
  other.close();
  const unlucky = attendanceCanceled({ producer: { id: 13, name: 'R', email: 'r@r.example' } });
  expect(await ingest.receive('eduzz', delivery(unlucky))).toMatchObject({ status: 'quarantined' });
  expect(await ingest.receive('eduzz', delivery())).toMatchObject({ status: 'accepted' });
  expect(await log.listQuarantined({ limit: 10 })).toMatchObject([{ eventId: unlucky['id'] }]);
});
