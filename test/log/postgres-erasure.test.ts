import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { checkDatabase } from '../../src/log/postgres/check-database.ts';
import { Connection } from '../../src/log/postgres/connection.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { oldPostgresLog } from '../support/old-log.ts';
import { query, sharedPostgres } from '../support/postgres.ts';

const opened: PostgresLog[] = [];
const order = { at: 5_000, orderedBy: 'operator ana' };

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
});

const empty = () => sharedPostgres().newDatabase();

async function openAt(url: string): Promise<PostgresLog> {
  const log = await PostgresLog.open(url);
  opened.push(log);
  return log;
}

const read = (log: EventLog) => log.read({ direction: 'forward', limit: 1_000, filter: {} });

it('PRIV1.8 has PostgreSQL clean its files soon after an erasure, also when several come at once', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append(Array.from({ length: 50 }, (_, index) => newEvent({ subject: `ticket/${index}` })));
  const vacuums = async () => {
    const [row] = await query(
      url,
      `SELECT sum(vacuum_count)::integer AS count FROM pg_stat_user_tables
       WHERE schemaname = 'hookcast' AND relname IN ('events', 'quarantine')`,
    );
    return Number(row?.['count']);
  };
  for (let index = 0; index < 49; index += 1) await log.erase(bySubject(`ticket/${index}`), order);
  const before = await vacuums();
  await log.erase(bySubject('ticket/49'), order);
  // Of two tables.
  await expect.poll(vacuums, { interval: 50 }).toBeGreaterThanOrEqual(before + 2);
  // And not once for every erasure.
  expect(await vacuums()).toBeLessThan(90);
});

it('PRIV1.5 leaves nothing of an erased person in any row, nor in deliveries that wait in quarantine or arrive there late', async () => {
  const url = await empty();
  const log = await openAt(url);
  const person = { name: 'Rosa Amarela', email: 'rosa@people.example' };
  const keep = (digest: string) =>
    log.quarantine.keep(
      newQuarantined({ digest, payload: JSON.stringify({ id: `evt-1-${digest}`, person }), values: [person.email] }),
    );
  await log.append([newEvent({ raw: JSON.stringify(person), traces: [{ kind: 'email', value: person.email }] })]);
  await keep('waiting');
  const rows = async () => {
    const tables = await query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'hookcast'");
    const texts = await Promise.all(
      tables.map(({ tablename }) => query(url, `SELECT row::text FROM hookcast.${String(tablename)} AS row`)),
    );
    return JSON.stringify(texts);
  };
  expect(await rows()).toMatch(/amarela[^]*rosa@people/i);
  await log.erase({ by: 'email', email: person.email, source: null }, order);
  await keep('late');
  const left = await rows();
  expect(left).not.toMatch(/amarela|rosa@/i);
  expect(left).toContain('evt-1-waiting');
  expect(left).toContain('evt-1-late');
});

it('PRIV1.8 does not fail an erasure if its files can’t be cleaned, and lets the log be closed meanwhile', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append([newEvent()]);
  const holder = await Connection.open(parseTarget(url), parseTarget(url).hosts[0]!);
  // A VACUUM waits for this.
  await holder.script('BEGIN; LOCK TABLE hookcast.quarantine IN SHARE UPDATE EXCLUSIVE MODE', 60_000);
  expect((await log.erase(bySubject('ticket/1'), order)).erasures).toMatchObject([{ eventIds: [expect.any(String)] }]);
  const waiting = async () =>
    (await query(url, "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'VACUUM%'"))
      .length;
  await expect.poll(waiting, { interval: 20 }).toBeGreaterThan(0);
  await Promise.race([log.close(), setTimeout(60_000).then(() => Promise.reject(new Error('it was not closed')))]);
  holder.destroy();
});

it('PRIV1.3 makes no mark with the secret of a log that is no longer in the database', async () => {
  const url = await empty();
  const log = await openAt(url);
  const traces = [{ kind: 'email', value: 'rosa@people.example' }] as const;
  await log.append([newEvent({ traces })]);
  await query(
    url,
    "UPDATE hookcast.log SET salt = 'that of the log which was copied into it'; DELETE FROM hookcast.events",
  );
  await expect(log.append([newEvent({ traces })])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await log.append([newEvent({ eventId: 'found', traces })]);
  await query(url, "UPDATE hookcast.log SET salt = 'and of another one'");
  const delivery = newQuarantined({ values: ['rosa@people.example'] });
  await expect(log.quarantine.keep(delivery)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await log.quarantine.keep(delivery);
  await query(url, "UPDATE hookcast.log SET salt = 'that of the log which was copied into it'");
  const { erasures } = await log.erase({ by: 'email', email: 'rosa@people.example', source: null }, order);
  expect(erasures).toMatchObject([{ eventIds: ['found'] }]);
});

it('LOG1.3 finds a later state through an index also on a connection that is older than the events', async () => {
  const url = await empty();
  const log = await openAt(url);
  const append = async (from: number, count: number) => {
    const began = performance.now();
    await log.append(
      Array.from({ length: count }, (_, index) =>
        newEvent({ eventId: `${from}/${index}`, subject: `booking/${from + index}`, version: 'r1' }),
      ),
    );
    return performance.now() - began;
  };
  // Plans are kept from the sixth time on, when the table was nearly empty.
  for (let round = 0; round < 10; round += 1) await append(round, 1);
  for (let round = 1; round <= 30; round += 1) await append(round * 1_000, 500);
  await log.append([newEvent({ eventId: 'late', subject: 'booking/5001', version: 'r0' })]);
  expect(await log.find([{ source: 'eduzz', eventId: 'late' }])).toMatchObject([{ superseded: true }]);
  // A connection tells what it has read at its end.
  await log.close();
  const rows = async () => {
    const [row] = await query(url, "SELECT n_tup_ins, seq_tup_read FROM pg_stat_user_tables WHERE relname = 'events'");
    return [row?.['n_tup_ins'], row?.['seq_tup_read']].map(Number);
  };
  await expect.poll(async () => (await rows())[0], { interval: 50 }).toBe(15_011);
  expect((await rows())[1]).toBeLessThan(1_000);
});

it('LOG2.5 brings a log of version 1 up to date: its people are found and erased', async () => {
  const url = await empty();
  const old = await oldPostgresLog(url, 1);
  const email = (index: number) => `rosa-${index % 100}@people.example`;
  const events = Array.from({ length: 700 }, (_, index) => {
    const customer = { name: null, email: null, phone: null, externalId: `contact-${index % 100}` };
    const raw = JSON.stringify({ email: email(index), odd: '\\' });
    const personal = JSON.stringify({ tenantName: null, customer });
    const place = ['eduzz', `e${index}`, 'eduzz', 'canceled', 'TicketCancellation', 'TICKET', 'eduzz:1'];
    return [...place, `ticket/${index}`, '1', '', '1', '{}', personal, raw];
  });
  await query(
    url,
    `SET hookcast.history = 'test'; UPDATE hookcast.epochs SET history = 'test';
     SELECT hookcast.append('', $list$${JSON.stringify(events)}$list$);
     SELECT * FROM hookcast.erase('', 'eduzz', 'eduzz', 'eduzz:1', 'ticket/60', 77);
     SELECT hookcast.quarantine($list$${JSON.stringify([
       ['eduzz', 'digest', 'eduzz', null, null, '[]', JSON.stringify({ to: email(1) }), '5'],
     ])}$list$)`,
  );
  old.destroy();

  const log = await openAt(url);
  const page = await read(log);
  expect(page.events).toHaveLength(700);
  expect(page.events[0]).toMatchObject({ eventId: 'e0', version: null, superseded: false });
  expect(page.erasures).toMatchObject([{ subject: 'ticket/60', eventIds: ['e60'], at: 77 }]);
  await log.append([newEvent({ eventId: 'late', subject: 'ticket/60' })]);
  expect(await log.find([{ source: 'eduzz', eventId: 'late' }])).toMatchObject([{ personal: null, raw: null }]);
  const { erasures } = await log.erase(bySubject('ticket/651'), order);
  expect(erasures.flatMap(({ eventIds }) => eventIds)).toEqual([51, 151, 251, 351, 451, 551, 651].map((n) => `e${n}`));
  expect(await log.erase({ by: 'email', email: email(1), source: null }, order)).toMatchObject({
    quarantined: 1,
    erasures: Array.from({ length: 7 }, () => ({ source: 'eduzz' })),
  });
});

it('LOG12.3 keeps no key of an erased person’s words, and no word at all', async () => {
  const url = await empty();
  const log = await openAt(url);
  const personal = { tenantName: 'Rosa', customer: { name: 'Zuleica Prado' } };
  await log.append([newEvent({ subject: 'ticket/1', personal }), newEvent({ subject: 'ticket/2', personal })]);
  expect(await log.words.advance()).toEqual({ indexed: 2, left: 0 });
  const keys = async () => {
    const rows = await query(
      url,
      'SELECT row::text AS said, array_to_json(keys)::text AS keys FROM hookcast.words AS row ORDER BY seq',
    );
    return rows.map(({ said, keys }) => {
      expect(said).toMatch(/^\(\d+,"\{[-\d,]+\}"\)$/);
      const all = JSON.parse(String(keys)) as number[];
      return { personal: all.filter((key) => key < 0).length, open: all.filter((key) => key >= 0).length };
    });
  };
  const [first, second] = await keys();
  expect(first!.personal).toBe(5);
  await log.erase(bySubject('ticket/1'), order);
  expect(await keys()).toEqual([{ personal: 0, open: first!.open }, second]);
});

it('LOG12.6 brings back no key of a person that was read before the erasure', async () => {
  const url = await empty();
  const log = await openAt(url);
  for (let round = 0; round < 6; round += 1) {
    await log.append(Array.from({ length: 40 }, (_, index) => newEvent({ subject: `ticket/${round}-${index}` })));
    const holder = await Connection.open(parseTarget(url), parseTarget(url).hosts[0]!);
    await holder.script('BEGIN; SELECT pg_advisory_xact_lock(1752133483, 1)', 5_000);
    const both = [() => log.words.advance(), () => log.erase(bySubject(`ticket/${round}-7`), order)];
    const waits = async () =>
      (await query(url, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length;
    // The two in either order, behind the holder of the lock.
    const [first, second] = round % 2 ? both : both.toReversed();
    const begun = [first!()];
    await expect.poll(waits).toBe(1);
    begun.push(second!());
    await expect.poll(waits).toBe(2);
    await holder.script('COMMIT', 5_000);
    holder.destroy();
    await Promise.all(begun);
    while ((await log.words.advance()).left > 0);
    expect((await checkDatabase(url)).problems).toEqual([]);
  }
});

it('LOG12.8 finds an index of words that is not what the events say', async () => {
  const url = await empty();
  const log = await openAt(url);
  await log.append(Array.from({ length: 4 }, () => newEvent()));
  await log.words.advance();
  expect((await checkDatabase(url)).problems).toEqual([]);
  await query(url, 'UPDATE hookcast.words SET keys = keys[2:] WHERE seq = (SELECT min(seq) FROM hookcast.words)');
  await query(url, 'DELETE FROM hookcast.words WHERE seq = (SELECT max(seq) FROM hookcast.words)');
  await query(url, "INSERT INTO hookcast.words VALUES (1000, '{1}')");
  const wrong = 'events whose words the index does not have as they are: 3';
  expect((await checkDatabase(url)).problems).toEqual([wrong]);
});
