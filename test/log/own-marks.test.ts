import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import type { NewEvent } from '../../src/events/event.ts';
import { Marker } from '../../src/log/marks.ts';
import { areOwn } from '../../src/log/own-marks.ts';
import { checkDatabase } from '../../src/log/postgres/check-database.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';
import { query, sharedPostgres } from '../support/postgres.ts';

/** An event as a provider makes it: each address in its payload is a trace. */
function eventOf(address: string): NewEvent {
  return newEvent({
    raw: JSON.stringify({ buyer: { email: address } }),
    traces: [{ kind: 'email', value: address }],
  });
}

const OTHER = 'f'.repeat(32);

interface Kind {
  readonly place: () => Promise<string>;
  readonly open: (place: string) => Promise<EventLog>;
  readonly sql: (place: string, text: string) => Promise<unknown>;
  readonly check: (place: string) => Promise<readonly string[]>;
  readonly log: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  SQLite: {
    place: async () => join(temporaryFolder(), 'hookcast.db'),
    open: async (path) => new SqliteLog(path, null, KEPT_THREADS),
    sql: async (path, text) => {
      const database = new DatabaseSync(path);
      database.exec(text);
      database.close();
    },
    check: async (path) => checkFile(path).problems,
    log: 'log',
  },
  PostgreSQL: {
    place: () => sharedPostgres().newDatabase(),
    open: (url) => PostgresLog.open(url),
    sql: query,
    check: async (url) => (await checkDatabase(url)).problems,
    log: 'hookcast.log',
  },
};

it.each(Object.entries(KINDS))(
  'PRIV1.16 refuses a log whose events were restored without the secret that marked their people: %s',
  async (_name, { place, open, sql, check, log: table }) => {
    const at = await place();
    const log = await open(at);
    await log.append([eventOf('rosa@example.org'), newEvent()]);
    await log.close();
    await (await open(at)).close();
    // What a restore leaves whose row of `log` clashed with the one that a new log has.
    await sql(at, `CREATE TABLE former AS SELECT salt FROM ${table}; UPDATE ${table} SET salt = '${OTHER}'`);
    const says = /marked with the secret of another log, so an erasure would not find their people/;
    await expect(open(at)).rejects.toThrow(says);
    expect(await check(at)).toEqual([expect.stringMatching(says)]);
    await sql(at, `UPDATE ${table} SET salt = (SELECT salt FROM former); DROP TABLE former`);
    await (await open(at)).close();
    expect(await check(at)).toEqual([]);
  },
);

it('PRIV1.16 takes marks for those of another log only if an address in a payload shows it', () => {
  const [own, other] = [new Marker(OTHER), new Marker('e'.repeat(32))];
  const markedBy = (marker: Marker, event: NewEvent) => ({ raw: event.raw!, marks: marker.ofEvent(event) ?? '[]' });
  const foreign = markedBy(other, eventOf('rosa@example.org'));
  expect(areOwn(own, [markedBy(own, eventOf('rosa@example.org'))])).toBe(true);
  expect(areOwn(own, [foreign])).toBe(false);
  expect(areOwn(own, [foreign, markedBy(own, eventOf('ana@example.org'))])).toBe(true);
  // Nothing to compare: no address, no mark of an address, and a row that was altered.
  const contact = newEvent({ raw: '{"id":"customer-12345"}', traces: [{ kind: 'contact', value: 'customer-12345' }] });
  expect(areOwn(own, [markedBy(other, contact)])).toBe(true);
  expect(areOwn(own, [{ ...foreign, raw: '{"buyer":{}}' }])).toBe(true);
  expect(areOwn(own, [{ ...foreign, marks: '[]' }])).toBe(true);
  expect(
    areOwn(own, [
      { ...foreign, raw: '{"' },
      { ...foreign, marks: '["' },
    ]),
  ).toBe(true);
  expect(areOwn(own, [])).toBe(true);
});
