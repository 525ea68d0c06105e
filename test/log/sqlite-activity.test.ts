import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { type ActivityFilter, MINUTE, QUARTER } from '../../src/events/activity.ts';
import { KINDS } from '../../src/events/cancellation.ts';
import { selectActivity } from '../../src/log/sqlite/activity-index.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { oldSqliteLog } from '../support/old-log.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';

const WHOLE = { edges: [-1e6 * QUARTER, 1e6 * QUARTER], filter: { kinds: KINDS } };

it('LOG7.4 counts the events of a log of version 2 when it is brought up to date, and later appends and deletions', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const old = oldSqliteLog(path, 2);
  // More than one statement counts, with holes, and a third of them no cancellations.
  old.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
    INSERT INTO events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text,
      received_at, data)
    SELECT 'eduzz', n, 'eduzz', 'x', 'X', CASE WHEN n % 3 > 0 THEN 'TICKET' END, 't' || (n % 10), 's', n * 997 - 9000000, '',
      n, CASE WHEN n % 2 = 0 THEN '{"refundExpected":true}' ELSE '{"refundExpected":false}' END FROM numbers;
    DELETE FROM events WHERE seq BETWEEN 9001 AND 10500`);
  old.close();
  expect(checkFile(path).problems).toEqual([]);
  const log = new SqliteLog(path, null, KEPT_THREADS);
  // Two thirds of 10,500, and a half of them even.
  const [all] = (await log.activity.count(WHOLE)).tallies;
  expect(all).toMatchObject({ happened: 'CANCELED', events: 7_000, refundsExpected: 3_500 });
  const [one] = (await log.activity.count({ ...WHOLE, filter: { ...WHOLE.filter, tenants: ['t1', 't2'] } })).tallies;
  expect(one?.events).toBe(1_400);
  expect(checkFile(path)).toMatchObject({ events: 10_500, problems: [] });
  await log.append([newEvent({ kind: 'BOOKING', receivedAt: 12_001 } as never)]);
  expect(await log.trim(12_001)).toBe(10_500);
  expect((await log.activity.count(WHOLE)).tallies).toMatchObject([{ kind: 'BOOKING', events: 1 }]);
  await log.close();
  // Counts that have become zero are gone.
  const now = new DatabaseSync(path, { timeout: 30_000 });
  const rows = ['activity', 'activity_by_tenant'].map((table) =>
    now.prepare(`SELECT count(*) AS n FROM ${table}`).get(),
  );
  now.close();
  expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
});

it('LOG7.3 answers through ranges of its index, and looks at no event', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  await new SqliteLog(path, null, KEPT_THREADS).close();
  const database = new DatabaseSync(path, { timeout: 30_000 });
  const filters: readonly ActivityFilter[] = [
    {},
    { sources: ['a'], providers: ['b'], kinds: ['TICKET'] },
    { tenants: ['t1', 't2'] },
    { tenants: ['t1'], kinds: ['TICKET'], typenames: ['TicketCancellation'] },
  ];
  for (const filter of filters) {
    const { sql, parameters } = selectActivity({ edges: [0, MINUTE, QUARTER], filter });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    const steps = plan.map((step) => String(step['detail'])).join('; ');
    const range = filter.tenants
      ? /SEARCH activity_by_tenant USING PRIMARY KEY \(tenant=\? AND span=\? AND starts_at>\? AND starts_at<\?\)/
      : /SEARCH activity USING PRIMARY KEY \(span=\? AND starts_at>\? AND starts_at<\?\)/;
    expect(steps).toMatch(range);
    expect(steps).not.toMatch(/events|SCAN activity/);
  }
  database.close();
});

it('LOG7.6 has `hookcast check` take files of an older hookcast as they are, which are counted anew when they are opened', async () => {
  for (const version of [1, 2, 3, 4, 5, 6, 7]) {
    const path = join(temporaryFolder(), 'hookcast.db');
    const old = oldSqliteLog(path, version);
    old.exec(`INSERT INTO events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text,
        received_at, data) VALUES ('eduzz', '1', 'eduzz', 'x', 'X', 'TICKET', 't', 's', 1, '', 1, '{}')`);
    old.close();
    // Version 1 has people in a place of its own.
    if (version > 1) expect(checkFile(path), String(version)).toMatchObject({ events: 1, problems: [] });
    const log = new SqliteLog(path, null, KEPT_THREADS);
    expect((await log.activity.count(WHOLE)).tallies).toMatchObject([{ shape: 'X', happened: 'CANCELED', events: 1 }]);
    await log.close();
    expect(checkFile(path), String(version)).toMatchObject({ events: 1, problems: [] });
  }
});

it('LOG7.6 has `hookcast check` find counts that are not what the events say', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path, null, KEPT_THREADS);
  const events = [0, 1, 20].map((minute) =>
    newEvent({
      kind: 'TICKET',
      occurredAt: { at: minute * MINUTE, text: '' },
      happened: 'CANCELED',
      worth: { currency: 'BRL', units: 1 },
      data: { refundExpected: true },
    } as never),
  );
  await log.append(events);
  await log.close();
  const breaks = {
    'UPDATE activity SET events = events + 1 WHERE starts_at = 60000': 1,
    'UPDATE activity SET amount_low = amount_low + 1 WHERE starts_at = 60000': 1,
    "UPDATE events SET happened = 'REFUNDED' WHERE seq = 3": 4,
    'UPDATE events SET amount = amount + 1 WHERE seq = 3': 2,
    'UPDATE activity SET refunds_expected = 0': 5,
    'UPDATE activity_by_tenant SET starts_at = starts_at + 60000 WHERE span = 60000 AND starts_at = 1200000': 2,
    'DELETE FROM activity_by_tenant': 5,
    'DELETE FROM events WHERE seq = 3': 2,
  };
  const database = new DatabaseSync(path, { timeout: 30_000 });
  for (const [sql, wrong] of Object.entries(breaks)) {
    expect(checkFile(path).problems).toEqual([]);
    database.exec(`BEGIN; ${sql}; COMMIT`);
    expect(checkFile(path).problems[0], sql).toBe(`${wrong} counts of activity do not match the events`);
    // As a rescue does, to have them counted anew.
    database.exec('PRAGMA user_version = 2');
    await new SqliteLog(path, null, KEPT_THREADS).close();
  }
  database.close();
});

it('LOG7.10 counts no cancellation that is only scheduled when a file that was rescued is counted anew', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path, null, KEPT_THREADS);
  const said = [true, false, undefined].map((isScheduled) =>
    newEvent({
      shape: 'SubscriptionCancellation',
      kind: 'SUBSCRIPTION',
      happened: isScheduled ? 'SCHEDULED' : 'CANCELED',
      data: { isScheduled },
    } as never),
  );
  await log.append([...said, newEvent({ kind: 'TICKET', happened: 'CANCELED' } as never)]);
  const { tallies } = await log.activity.count(WHOLE);
  await log.close();
  expect(tallies.map(({ kind, events }) => [kind, events])).toEqual([
    ['SUBSCRIPTION', 2],
    ['TICKET', 1],
  ]);
  // Versions from which steps are taken again: all of them, and the last alone.
  for (const version of [2, 7]) {
    const database = new DatabaseSync(path, { timeout: 30_000 });
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    const rescued = new SqliteLog(path, null, KEPT_THREADS);
    expect(await rescued.activity.count(WHOLE), String(version)).toMatchObject({ tallies });
    await rescued.close();
    expect(checkFile(path).problems).toEqual([]);
  }
});

it('LOG7.7 refuses an event with an invalid time, which would make the whole append fail', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'), null, KEPT_THREADS);
  const at = (moment: number) => newEvent({ kind: 'TICKET', occurredAt: { at: moment, text: '' } } as never);
  const answers = await log.append([at(1), at(-(2 ** 63) + 1_024), at(2 ** 53), at(2)]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused', 'refused', 'accepted']);
  expect((await log.activity.count(WHOLE)).tallies).toMatchObject([{ events: 2 }]);
  await log.close();
});
