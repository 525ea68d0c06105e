import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copy as copyCommand } from '../../src/commands/copy.ts';
import { listQuarantine } from '../../src/commands/quarantine.ts';
import type { EventLog, Page } from '../../src/events/event-log.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { hookcast } from '../support/child.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { query, sharedPostgres } from '../support/postgres.ts';
import { readAll } from '../support/providers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { TestTerminal, call } from '../support/terminal.ts';
import { whole } from '../support/whole.ts';

const server = sharedPostgres();

const post = async (gateway: TestGateway, ...ids: string[]) => {
  for (const id of ids) expect((await gateway.eduzz(attendanceCanceled({ id }))).status).toBe(200);
};
/** What the command says, in this process: one of its own takes many times what there is to copy. */
async function copy(from: string, to: string): Promise<string> {
  const terminal = new TestTerminal({});
  await copyCommand({ from: `sqlite:${from}`, to }, terminal);
  return terminal.lines.join('\n');
}
const follow = async (gateway: TestGateway, after: string) => {
  const subscriber = await Subscriber.open(gateway, { query: EVENTS, variables: { after } });
  await subscriber.caughtUp();
  return subscriber;
};

it('LOG6.1 AUTH6.3 takes a log to PostgreSQL while it is in use, and clients go on there with the cursors that they have', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'hookcast.db');
  const to = await server.newDatabase();
  const old = await TestGateway.start({ folder });
  const subscriber = await Subscriber.open(old, { query: EVENTS });
  await subscriber.caughtUp();
  await post(old, 'one', 'two', 'three');
  const unfit = await old.eduzz({ ...attendanceCanceled({ id: 'unfit' }), data: { id: 7 } });
  expect(unfit.body['status']).toBe('quarantined');
  await subscriber.events(2);
  const early = subscriber.messages[1]!.cursor;

  const first = await call(['copy', '--from', `sqlite:${file}`, '--to', to], {});
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/Copied 3 events, 0 erasures and 1 delivery in quarantine. The copy is complete/);
  await post(old, 'four');
  const again = await copy(file, to);
  const { data: noted } = await old.query('{ audit(first: 9) { edges { node { action operation } } } }');
  const copying = { node: { action: 'COPY', operation: 'copy' } };
  expect(noted!['audit'].edges.filter(({ node }: any) => node.action === 'COPY')).toEqual([copying, copying]);
  expect(again).toMatch(/Copied 1 event, 0 erasures and 0 deliveries/);
  await subscriber.events(4);
  const late = subscriber.lastCursor;
  await post(old, 'too late');
  await subscriber.events(5);
  const beyond = subscriber.lastCursor;
  await old.close();

  const moved = await TestGateway.start({ env: { DATABASE_URL: to } });
  const [atEarly, atLate] = [await follow(moved, early), await follow(moved, late)];
  await post(moved, 'five');
  await atEarly.events(4);
  await atLate.events(1);
  expect(atEarly.eventIds).toEqual(['two', 'three', 'four', 'five']);
  expect(atLate.eventIds).toEqual(['five']);
  for (const { messages } of [atEarly, atLate]) expect(messages.some((said) => said.__typename === 'Gap')).toBe(false);
  // The copy lacks the events that the old gateway recorded later, and a client that has seen them is told.
  expect((await follow(moved, beyond)).messages[0]).toMatchObject({ __typename: 'Gap', reason: 'LOG_REPLACED' });
  expect(await readAll(moved.url)).toEqual(['one', 'two', 'three', 'four', 'five']);
  const terminal = new TestTerminal({ DATABASE_URL: to });
  await listQuarantine({ state: 'WAITING' }, terminal);
  expect(terminal.lines[0]).toMatch(/^1\t.*eduzz/);

  await expect(copy(file, to)).rejects.toThrow(/written to it since/);
});

it('LOG6.2 goes on with a copy that was broken off, and ends with the same log', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'hookcast.db');
  const from = new SqliteLog(file);
  for (let batch = 0; batch < 12; batch += 1) {
    await from.append(
      Array.from({ length: 500 }, (_, index) => newEvent({ subject: `ticket/${index % 50}`, receivedAt: batch })),
    );
    if (batch % 4 === 3) await from.erase(bySubject('ticket/7'), { at: batch, orderedBy: 'operator ana' });
  }
  await from.trim(2);
  let to = '';
  const count = async () => {
    const [row] = await query(to, 'SELECT count(*)::integer AS count FROM hookcast.events').catch(() => []);
    return Number(row?.['count'] ?? 0);
  };
  let before = 5_000;
  // On a machine that is busy the copy may be whole before it is ended.
  for (let attempt = 0; attempt < 30 && before === 5_000; attempt += 1) {
    to = await server.newDatabase();
    const broken = hookcast(['copy', '--from', `sqlite:${file}`], { DATABASE_URL: to });
    await expect.poll(count, { interval: 5 }).toBeGreaterThan(0);
    broken.kill('SIGKILL');
    before = await count();
  }
  expect(before).toBeLessThan(5_000);
  // An unfinished copy is not a log: a gateway on it would tell every client of a gap, and its writes would end the copy.
  const early = await call(['serve'], { ...environment(folder), DATABASE_URL: to });
  expect(early).toMatchObject({ code: 1, stderr: expect.stringMatching(/copy into this database is not finished/) });
  // What is erased in between must not stay in what was copied before.
  await from.erase(bySubject('ticket/8'), { at: 99, orderedBy: 'operator ana' });
  await copy(file, to);

  const copied = await PostgresLog.open(to);
  const [ours, theirs] = await Promise.all([allOf(copied), allOf(from)]);
  expect(ours).toEqual(theirs);
  expect(ours.events).toHaveLength(5_000);
  expect(ours.events.filter(({ subject: of, personal }) => of === 'ticket/8' && personal !== null)).toEqual([]);
  // A late retry for a person that was erased there is held back here.
  await copied.append([newEvent({ eventId: 'late', subject: 'ticket/7' })]);
  expect(await copied.find([{ source: 'eduzz', eventId: 'late' }])).toMatchObject([{ personal: null, raw: null }]);
  await Promise.all([copied.close(), from.close()]);
});

/** All of a log, as one page. */
async function allOf(log: EventLog): Promise<Page> {
  let all = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
  for (let page = all; page.events.length === 1_000;) {
    page = await log.read({ direction: 'forward', after: all.events.at(-1)!.cursor, limit: 1_000, filter: {} });
    all = { ...page, events: [...all.events, ...page.events], erasures: [...all.erasures, ...page.erasures] };
  }
  return { ...all, events: all.events.map(whole) };
}

it('LOG6.3 copies only from a log, and only into an empty database', async () => {
  const file = join(temporaryFolder(), 'hookcast.db');
  await new SqliteLog(file).close();
  const to = await server.newDatabase();
  const other = await PostgresLog.open(to);
  await other.append([newEvent()]);
  await other.close();
  await expect(copy(file, to)).rejects.toThrow(/contains another log/);
  // What went to quarantine there is a record like any other.
  const begun = await server.newDatabase();
  await copy(file, begun);
  const kept = await PostgresLog.open(begun);
  await kept.quarantine.keep(newQuarantined({ digest: 'd' }));
  await kept.close();
  await expect(copy(file, begun)).rejects.toThrow(/written to it since/);
  await expect(copy(`${file}.missing`, to)).rejects.toThrow(/no log at/);
  const none = await call(['copy', '--from', `sqlite:${file}`], {});
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hookcast: --to is missing/) });
  await expect(copy(file, `sqlite:${file}`)).rejects.toThrow(/^--from and --to are the same log/);
});
