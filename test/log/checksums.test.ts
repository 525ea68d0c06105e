import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { checkDatabase } from '../../src/log/postgres/check-database.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { query, sharedPostgres } from '../support/postgres.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';

interface Kind {
  readonly name: string;
  /** A log, statements of somebody else on it, and the table that has a column. */
  readonly open: () => Promise<{
    readonly log: EventLog;
    readonly sql: (text: string) => Promise<unknown>;
    /** The findings of `hookcast check`. */
    readonly check: () => readonly string[] | Promise<readonly string[]>;
  }>;
  readonly tableOf: (column: string) => string;
}

const kinds: readonly Kind[] = [
  {
    name: 'SQLite',
    open: async () => {
      const path = join(temporaryFolder(), 'hookcast.db');
      const sql = async (text: string) => {
        const database = new DatabaseSync(path, { timeout: 30_000 });
        database.exec(text);
        database.close();
      };
      return { log: new SqliteLog(path, null, KEPT_THREADS), sql, check: () => checkFile(path).problems };
    },
    tableOf: (column) =>
      ['personal', 'raw'].includes(column) ? 'personal' : column === 'payload' ? 'payloads' : 'events',
  },
  {
    name: 'PostgreSQL',
    open: async () => {
      const url = await sharedPostgres().newDatabase();
      return {
        log: await PostgresLog.open(url),
        sql: (text) => query(url, text),
        check: async () => (await checkDatabase(url)).problems,
      };
    },
    tableOf: (column) => `hookcast.${column === 'payload' ? 'quarantine' : 'events'}`,
  },
];

/** The columns that are read back of an event, and stay a text, a time or JSON when they are altered. */
const ALTERED = {
  source: "'other'",
  event_id: "'other'",
  provider: "'wix'",
  type: "'other'",
  shape: "'TicketChange'",
  kind: "'ORDER'",
  tenant: "'eduzz:2'",
  subject: "'ticket/2'",
  occurred_at: '1001',
  occurred_text: "'1970-01-01T00:00:02Z'",
  received_at: '2001',
  data: `'{"a":2}'`,
  personal: `'{"tenantName":"Ana"}'`,
  raw: `'{"a":2}'`,
  version: "'r2'",
};

describe.each(kinds)('$name', ({ open, tableOf }) => {
  it('OPS4.6 never serves an altered event: each read says so, and a check finds it', async () => {
    const { log, sql, check } = await open();
    await log.append([newEvent({ eventId: 'one', version: 'r1' }), newEvent({ eventId: 'two', subject: null })]);
    const read = () => log.read({ direction: 'forward', limit: 10, filter: {} });
    const sound = await read();
    for (const [column, to] of Object.entries(ALTERED)) {
      const table = tableOf(column);
      await sql(
        `CREATE TABLE ${table}_kept AS SELECT seq, ${column} FROM ${table}; UPDATE ${table} SET ${column} = ${to} WHERE seq = 1`,
      );
      const error: any = await read().catch((thrown: unknown) => thrown);
      expect(error, column).toMatchObject({ code: 'LOG_UNAVAILABLE' });
      expect(error.cause.message, column).toMatch(
        /damaged \(the event at position 1 was changed after it was written\)/,
      );
      expect(error.cause.message, column).not.toMatch(/Rosa|Ana/);
      expect(await check()).toContainEqual(expect.stringContaining('the event at position 1'));
      await sql(
        `UPDATE ${table} SET ${column} = (SELECT ${column} FROM ${table}_kept AS kept WHERE kept.seq = ${table}.seq); DROP TABLE ${table}_kept`,
      );
      expect(await read(), column).toEqual(sound);
    }
    // A checksum of another event does not fit this one.
    const personal = tableOf('personal');
    await sql(
      `UPDATE ${personal} SET personal = (SELECT personal FROM ${personal} AS other WHERE other.seq = 2), raw = NULL WHERE seq = 1`,
    );
    await expect(log.find([{ source: 'eduzz', eventId: 'one' }])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await log.close();
  });

  it('OPS4.6 never gives out a payload in quarantine that was altered', async () => {
    const { log, sql, check } = await open();
    const id = await log.quarantine.keep(newQuarantined());
    await sql(`UPDATE ${tableOf('payload')} SET payload = '{"event":"test.altered"}'`);
    for (const reading of [() => log.quarantine.find(id), () => log.quarantine.list({ limit: 10 })]) {
      await expect(reading()).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        cause: {
          message: expect.stringMatching(/damaged \(the delivery 1 in quarantine was changed after it was written\)/),
        },
      });
    }
    expect(await check()).toContainEqual(expect.stringContaining('the delivery 1 in'));
    await log.close();
  });

  it('PRIV1.14 keeps no checksum of erased data, and still reads the event', async () => {
    const { log, sql, check } = await open();
    await log.append([
      newEvent({ eventId: 'erased' }),
      newEvent({ eventId: 'none', subject: null, personal: null, raw: null }),
    ]);
    const id = await log.quarantine.keep(newQuarantined());
    await log.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: 1 });
    await log.erase(bySubject('ticket/1'), { at: 2_000, orderedBy: 'operator ana' });
    await log.append([newEvent({ eventId: 'late' })]);
    const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
    expect(events.map(({ eventId, personal, raw }) => [eventId, personal, raw])).toEqual(
      ['erased', 'none', 'late'].map((eventId) => [eventId, null, null]),
    );
    expect(await check()).toEqual([]);
    // The error, or null.
    const personal = tableOf('personal');
    const column = personal === 'personal' ? 'checksum' : 'personal_checksum';
    const kept = `(SELECT count(${column}) FROM ${personal}) + (SELECT count(checksum) FROM ${tableOf('payload')})`;
    await sql(`CREATE TABLE kept (n integer CHECK (n = 0)); INSERT INTO kept SELECT ${kept}`);
    await log.close();
  });

  it('OPS3.9 finds an erasure that was altered, and an event that has back what an erasure took', async () => {
    const { log, sql, check } = await open();
    const [erasures, personal] = [tableOf('data').replace('events', 'erasures'), tableOf('personal')];
    await log.append([newEvent({ eventId: 'one' }), newEvent({ eventId: 'two', subject: 'ticket/2' })]);
    await log.erase(bySubject('ticket/1'), { at: 2_000, orderedBy: 'operator ana' });
    expect(await check()).toEqual([]);
    const altered = {
      provider: ["'wix'", "'eduzz'"],
      tenant: ["'eduzz:2'", "'eduzz:1'"],
      subject: ["'ticket/2'", "'ticket/1'"],
      event_ids: [`'["two"]'`, `'["one"]'`],
    };
    const says = [expect.stringMatching(/^the erasure at position 3 is not of the events that it names/)];
    for (const [column, [to, from]] of Object.entries(altered)) {
      await sql(`UPDATE ${erasures} SET ${column} = ${to}`);
      expect(await check(), column).toEqual(says);
      await sql(`UPDATE ${erasures} SET ${column} = ${from}`);
    }
    await sql(`UPDATE ${personal} SET personal = '{"tenantName":"Rosa"}' WHERE seq = 1`);
    expect(await check()).toContainEqual(expect.stringContaining('position 1'));
    await sql(`UPDATE ${personal} SET personal = NULL WHERE seq = 1`);
    expect(await check()).toEqual([]);
    await log.close();
  });

  it('OPS2.8 takes what an older hookcast wrote as it stands', async () => {
    const { log, sql, check } = await open();
    await log.append([newEvent({ eventId: 'old' })]);
    await log.quarantine.keep(newQuarantined());
    const personal = tableOf('personal');
    const columns = personal === 'personal' ? 'checksum = NULL' : 'checksum = NULL, personal_checksum = NULL';
    await sql(`UPDATE ${tableOf('data')} SET ${columns}; UPDATE ${tableOf('payload')} SET checksum = NULL`);
    const { events, head } = await log.read({ direction: 'forward', limit: 10, filter: {} });
    expect(events).toMatchObject([{ eventId: 'old', raw: '{"a":1}' }]);
    expect(head).toEqual(events[0]?.cursor);
    expect(head).not.toHaveProperty('mark');
    expect(await log.quarantine.list({ limit: 10 })).toHaveLength(1);
    expect(await check()).toEqual([]);
    await log.close();
  });
});

it('OPS4.6 does not take a lost row for an erased one', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path, null, KEPT_THREADS);
  await log.append([newEvent()]);
  const id = await log.quarantine.keep(newQuarantined());
  const database = new DatabaseSync(path, { timeout: 30_000 });
  database.exec('DELETE FROM personal; DELETE FROM payloads');
  await expect(log.read({ direction: 'forward', limit: 10, filter: {} })).rejects.toThrow(/can't be read/);
  await expect(log.quarantine.find(id)).rejects.toThrow(/can't be read/);
  expect(checkFile(path).problems).toHaveLength(2);
  // An operator who wants to keep the rest of the event does this.
  database.exec('INSERT INTO personal (seq) VALUES (1); DELETE FROM quarantine');
  database.close();
  expect((await log.read({ direction: 'forward', limit: 10, filter: {} })).events).toMatchObject([{ personal: null }]);
  expect(checkFile(path).problems).toEqual([]);
  await log.close();
});
