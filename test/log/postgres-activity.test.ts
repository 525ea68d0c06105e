import postgres from 'postgres';
import { expect, it } from 'vitest';
import { type ActivityFilter, QUARTER } from '../../src/events/activity.ts';
import { KINDS } from '../../src/events/cancellation.ts';
import { selectActivity } from '../../src/log/postgres/activity.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { oldPostgresLog } from '../support/old-log.ts';
import { query, sharedPostgres } from '../support/postgres.ts';

const WHOLE = { edges: [-1e6 * QUARTER, 1e6 * QUARTER], filter: { kinds: KINDS } };
/** Events of 300 tenants, two a minute, two thirds of them cancellations. */
const fill = (count: number) => `
  INSERT INTO hookcast.events
    (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text, received_at, data)
  SELECT 'eduzz', n, 'eduzz', 'x', 'X', CASE WHEN n % 3 > 0 THEN 'TICKET' END, 't' || n % 300, 's', n * 30000 - 9000000, '',
    n, CASE WHEN n % 2 = 0 THEN '{"refundExpected":true}' ELSE '{"refundExpected":false}' END
  FROM generate_series(1, ${count}) AS n`;

it('LOG7.4 counts the events of a log of version 2 when it is brought up to date, and later appends and deletions', async () => {
  const url = await sharedPostgres().newDatabase();
  (await oldPostgresLog(url, 2)).destroy();
  await query(url, `${fill(3_000)}; DELETE FROM hookcast.events WHERE seq BETWEEN 601 AND 1200`);
  const log = await PostgresLog.open(url);
  const all = async (filter: ActivityFilter = {}) =>
    (await log.activity.count({ ...WHOLE, filter: { ...WHOLE.filter, ...filter } })).tallies;
  expect(await all()).toMatchObject([{ happened: 'CANCELED', events: 1_600, refundsExpected: 800 }]);
  expect(await all({ tenants: ['t1', 't2', 't3'] })).toMatchObject([{ events: 16 }]);
  await log.append([newEvent({ kind: 'BOOKING', receivedAt: 4_000 } as never)]);
  expect(await log.trim(3_001)).toBe(2_400);
  expect(await all()).toMatchObject([{ kind: 'BOOKING', events: 1 }]);
  // Counts that have become zero are gone.
  for (const table of ['activity', 'activity_by_tenant'])
    expect(await query(url, `SELECT span FROM hookcast.${table}`)).toHaveLength(2);
  await log.close();
});

it('LOG7.4 misses no event that a gateway of version 2 recorded before its log was brought up to date, and accepts none of it afterwards', async () => {
  const url = await sharedPostgres().newDatabase();
  const connection = await oldPostgresLog(url, 2);
  const rows = JSON.stringify(
    Array.from({ length: 20 }, (_, n) => {
      const place = ['eduzz', `e${n}`, 'eduzz', 'x', 'TicketCancellation', 'TICKET', 'eduzz:1', 'ticket/1'];
      return [...place, '1', '', '1', '{}', null, null, null, null];
    }),
  );
  // As a gateway does, which has the salt already: what looks it up would lock the table that is to be altered.
  const [was] = await query(url, 'SELECT salt FROM hookcast.log');
  const append = `SET hookcast.history = 'test';
    SELECT hookcast.append('', '${was!['salt']}', $list$${rows}$list$)`;
  await query(url, append);
  // Has its turn just now, and another one waits behind the one who brings the log up to date.
  await connection.script("BEGIN; SET hookcast.history = 'test'; SELECT hookcast.take_turn()", 60_000);
  const opening = PostgresLog.open(url);
  const waiting = async () =>
    (
      await query(
        url,
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%advisory%'`,
      )
    ).length;
  await expect.poll(waiting, { interval: 5 }).toBe(1);
  const late = query(url, append.replaceAll('"e', '"late'));
  void late.catch(() => {});
  await expect
    .poll(
      () =>
        query(
          url,
          `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
           WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`,
        ),
      { interval: 5 },
    )
    .toHaveLength(2);
  await connection.script('COMMIT', 60_000);
  connection.destroy();
  await expect(late).rejects.toThrow(/start the newer hookcast everywhere/);
  const log = await opening;
  await log.append([1, 2, 3].map(() => newEvent({ kind: 'TICKET' } as never)));
  expect((await log.activity.count(WHOLE)).tallies.reduce((sum, { events }) => sum + events, 0)).toBe(23);
  await log.close();
});

it('LOG7.3 answers through ranges of its index, however long the history, and looks at no event', async () => {
  const url = await sharedPostgres().newDatabase();
  await (await PostgresLog.open(url)).close();
  await query(url, `${fill(12_000)}; ANALYZE hookcast.activity; ANALYZE hookcast.activity_by_tenant`);
  const client = postgres(url, { max: 1 });
  const tenants = Array.from({ length: 10 }, (_, index) => `t${index * 3 + 1}`);
  const filters: readonly ActivityFilter[] = [{}, { sources: ['eduzz'], kinds: ['TICKET'] }, { tenants }];
  for (const filter of filters) {
    const edges = Array.from({ length: 21 }, (_, index) => (index + 200) * QUARTER);
    const { sql, parameters } = selectActivity({ edges, filter });
    let place = 0;
    const explained = await client.unsafe(
      `EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) ${sql.replaceAll('?', () => `'${String(parameters[place++])}'`)}`,
    );
    const plan = explained.map((row) => String(row['QUERY PLAN']));
    const ranges = plan.filter((line) => /(Scan|Index).* on activity|Scan using activity/.test(line));
    expect(ranges.join('\n'), plan.join('\n')).toMatch(/activity(_by_tenant)?_pkey/);
    // The log's extent is the last of its events.
    expect(plan.join('\n')).not.toMatch(/Seq Scan on (activity|events)/);
    // 20 quarters of an hour, of 30 events each.
    const rows = plan.flatMap((line) => /activity.*actual rows=([\d.]+) loops=(\d+)/.exec(line)?.slice(1) ?? []);
    expect(rows.length).toBeGreaterThan(0);
    expect(Number(rows[0]) * Number(rows[1])).toBeLessThanOrEqual(400);
  }
  await client.end();
});

it('LOG7.5 changes the counts of the present minute in place, so that they grow no index', async () => {
  const url = await sharedPostgres().newDatabase();
  await (await PostgresLog.open(url)).close();
  // Three commits in each of a hundred minutes.
  await query(
    url,
    `DO $$ BEGIN FOR n IN 0..299 LOOP
       INSERT INTO hookcast.events
         (source, event_id, provider, type, shape, kind, tenant, occurred_at, occurred_text, received_at, data)
       VALUES ('eduzz', n, 'eduzz', 'x', 'X', 'TICKET', 'eduzz:1', n / 3 * 60000, '', 1, '{}');
       COMMIT;
       SET LOCAL synchronous_commit = off;
     END LOOP; END $$`,
  );
  const written = async () => {
    const [row] = await query(
      url,
      "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'activity'",
    );
    return [row?.['n_tup_upd'], row?.['n_tup_hot_upd']].map(Number);
  };
  // As far as nobody else's look at the table keeps a page from being tidied.
  await expect.poll(async () => (await written())[0], { interval: 50 }).toBeGreaterThan(490);
  const [changed, inPlace] = await written();
  expect(inPlace).toBeGreaterThan(0.9 * changed!);
});
