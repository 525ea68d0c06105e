import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { checkFile } from '../../src/log/sqlite/check-file.ts';
import { takeSteps } from '../../src/log/sqlite/migrations/steps.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { STRETCH, fromBytes } from '../../src/log/sqlite/words.ts';
import { KEYS } from '../../src/log/word-keys.ts';
import { bySubject } from '../contract/erasure.contract.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { thoroughly } from '../support/thorough.ts';
import { KEPT_THREADS } from '../support/log-threads.ts';

const opened: { close(): unknown }[] = [];
const folders: string[] = [];
const order = { at: 5_000, orderedBy: 'operator ana' };
/** In each of them events and deliveries come and go, so that pages are filled, split and packed anew. */
const ROUNDS = thoroughly(24, 12);

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-sqlite-'));
  folders.push(folder);
  return join(folder, 'hookcast.db');
}

function open<T extends { close(): unknown }>(closable: T): T {
  opened.push(closable);
  return closable;
}

/** The people's data anywhere in the storage's files, as `strings` would find it. */
function peopleIn(path: string): Set<string> {
  const folder = dirname(path);
  const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  return new Set(bytes.flatMap((text) => text.match(/person-\d{4}|\+351 9\d{4}/g) ?? []));
}

interface Someone {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

function someone(number: number): Someone {
  const digits = String(number).padStart(4, '0');
  return { name: `Rosa person-${digits}`, email: `person-${digits}@people.example`, phone: `+351 9${digits}` };
}

const sayings = ({ name, phone }: Someone) => [name.slice(5), phone];

function eventOf(person: Someone, number: number, size: number) {
  return newEvent({
    eventId: `e${number}`,
    subject: `ticket/${person.email.slice(7, 11)}`,
    receivedAt: number,
    version: number % 3 === 0 ? `r${String(9_999 - number).padStart(4, '0')}` : null,
    raw: JSON.stringify({ person, note: 'x'.repeat(size), again: person }),
    personal: { tenantName: person.name },
    traces: [{ kind: 'email', value: person.email }],
  });
}

it('PRIV1.8 leaves no byte of an erased person in the file or beside it, whatever was done to the log before', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  const other = open(new SqliteLog(path, null, KEPT_THREADS));
  const sizes = [10, 200, 900, 3_000, 9_000];
  const people = Array.from({ length: 60 }, (_, number) => someone(number));
  let number = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = Array.from({ length: 80 }, () => {
      number += 1;
      return eventOf(people[(number * 7) % 60]!, number, sizes[(number + round) % (1 + (round % 5))]!);
    });
    await (round % 2 ? log : other).append(events);
    for (const index of [0, 1, 2, 3]) {
      const person = people[(round * 5 + index) % 60]!;
      const payload = JSON.stringify({
        id: `evt-${round}/${index}`,
        person,
        note: 'y'.repeat(sizes[(round + index) % 5]!),
      });
      const delivery = newQuarantined({
        digest: `${round}/${index}`,
        payload,
        values: [person.email],
        receivedAt: number,
      });
      const id = await log.quarantine.keep(delivery);
      if (index === 1) await log.quarantine.settle(id, { state: 'RELEASED', eventId: null, at: number });
      if (index === 2)
        await log.quarantine.keep({ ...delivery, issues: [{ path: 'x'.repeat(round * 40), message: 'longer' }] });
    }
    if (round % 3 === 2) await log.trim(number - 400 + round);
    await log.words.advance();
  }
  const { events } = await log.read({ direction: 'forward', limit: 10_000, filter: {} });
  expect(events.length).toBeGreaterThan(300);
  expect(peopleIn(path).size).toBe(120);
  for (const [index, person] of people.entries()) {
    // Read by somebody at this moment.
    void other.read({ direction: 'forward', limit: 1_000, filter: {} });
    const request =
      index % 2
        ? ({ by: 'email', email: person.email, source: null } as const)
        : bySubject(`ticket/${person.email.slice(7, 11)}`);
    await (index % 3 ? log : other).erase(request, order);
    // By subject, quarantine knows only of its id, which these do not say.
    if (index % 2 === 0) continue;
    const left = peopleIn(path);
    for (const said of sayings(person)) expect(left).not.toContain(said);
  }
  for (const person of people) await log.erase({ by: 'email', email: person.email, source: null }, order);
  expect(peopleIn(path)).toEqual(new Set());
  // Waiting deliveries in quarantine are kept, and so are later ones about these people.
  const late = await log.quarantine.keep(
    newQuarantined({
      digest: 'late',
      payload: JSON.stringify({ id: 'evt-1-late', person: people[3] }),
      values: [people[3]!.email],
      receivedAt: order.at,
    }),
  );
  expect(peopleIn(path)).toEqual(new Set());
  const waiting = await log.quarantine.list({ limit: 1_000, state: 'WAITING' });
  expect(waiting).toHaveLength(ROUNDS * 3 + 1);
  for (const { id, erasedAt, payload } of waiting) {
    expect(erasedAt).toBe(order.at);
    expect(payload).toContain(id === late ? '"evt-1-late"' : '"evt-');
  }
});

it('PRIV1.8 leaves no copy where SQLite packs pages anew beside deleted rows', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  let number = 0;
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const events = Array.from({ length: 30 }, () => {
      number += 1;
      return eventOf(someone(number), number, [10, 300, 60, 1_000, 150][(number * 3 + round) % 5]!);
    });
    await log.append(events);
    await log.trim(Math.max(1, number - 60 + ((round * 11) % 40)));
    // Of somebody, whose bytes go as a matter of course.
    await log.erase(bySubject(`ticket/${String(number).padStart(4, '0')}`), order);
    const page = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
    const kept = page.events.filter(({ raw }) => raw !== null).map(({ eventId }) => Number(eventId.slice(1)));
    expect(peopleIn(path), `round ${round}`).toEqual(new Set(kept.flatMap((one) => sayings(someone(one)))));
  }
});

it('LOG9.9 leaves no byte of an erased person in revised events, even if these have grown', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  const people = Array.from({ length: 120 }, (_, number) => someone(number));
  // Small ones, so that a page has many, and one that grows would have to move its neighbors.
  const eventsOf = people.map((person, number) => eventOf(person, number, [10, 60, 200][number % 3]!));
  await log.append(eventsOf);
  const { events } = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
  for (let round = 0; round < 4; round += 1) {
    const left = events.map(({ cursor }, number) => ({ seq: cursor.seq, number })).slice(round * 20);
    const revisions = left
      .filter(({ number }) => (number * 5 + round) % 4 === 0)
      .map(({ seq, number }) => {
        const more = 'x'.repeat([300, 900, 1_500][(number + round) % 3]!);
        const personal = { tenantName: people[number]!.name, more };
        return { seq, event: { ...eventsOf[number]!, shape: `Type${round}`, personal } };
      });
    const revised = await log.revisions.run((keep) => keep(revisions, round));
    expect(revised).toEqual(revisions.map(() => ({ outcome: 'revised' })));
    const [gone, kept] = [people.slice(round * 20, round * 20 + 20), people.slice(round * 20 + 20)];
    for (const { email } of gone) await log.erase(bySubject(`ticket/${email.slice(7, 11)}`), order);
    expect(peopleIn(path), `round ${round}`).toEqual(new Set(kept.flatMap(sayings)));
  }
});

it('PRIV1.2 finds a person also in events of an older hookcast, and after any jump of positions', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  const [gone, kept] = [someone(1), someone(2)];
  const sql = (text: string) => {
    const database = new DatabaseSync(path, { timeout: 30_000 });
    database.exec(text);
    const count = 'SELECT (SELECT count(*) FROM people) AS former, (SELECT count(*) FROM people_by_stretch) AS own';
    const counts = { ...database.prepare(count).get() };
    database.close();
    return counts;
  };
  await log.append([eventOf(gone, 3, 10), eventOf(kept, 6, 10)]);
  // Up to version 10 they stood in an index of another form.
  const moved = 'INSERT INTO people SELECT mark, seq FROM people_by_stretch; DELETE FROM people_by_stretch;';
  expect(sql(moved)).toEqual({ former: 2, own: 0 });
  for (const position of [600, 5_000_000, 2 ** 40]) {
    sql(`UPDATE sqlite_sequence SET seq = ${position} WHERE name = 'events'`);
    await log.append([gone, kept].map((person, index) => eventOf(person, position * 10 + index * 3, 10)));
  }
  const { erasures } = await log.erase({ by: 'email', email: gone.email, source: null }, order);
  expect(erasures.flatMap(({ eventIds }) => eventIds)).toHaveLength(4);
  expect(sql('')).toEqual({ former: 1, own: 3 });
  expect(peopleIn(path)).toEqual(new Set(sayings(kept)));
});

it('PRIV1.8 waits until no reader holds the erased data, and says so if a reader goes on', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  await log.append([eventOf(someone(1), 1, 10), eventOf(someone(2), 2, 10)]);
  const reader = open(new DatabaseSync(path, { timeout: 30_000 }));
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  const erasing = log.erase(bySubject('ticket/0001'), order);
  // Those who write are not held up by it.
  await log.append([eventOf(someone(3), 3, 10)]);
  setTimeout(() => reader.exec('COMMIT'), 300);
  expect((await erasing).erasures).toMatchObject([{ eventIds: ['e1'] }]);
  expect(peopleIn(path)).toEqual(new Set([2, 3].flatMap((number) => sayings(someone(number)))));

  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  const failing = log.erase(bySubject('ticket/0002'), order);
  await expect(failing).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    message: expect.stringMatching(/recorded, .*Run the erasure again/),
  });
  expect(peopleIn(path)).toContain('person-0002');
  reader.exec('COMMIT');
  expect((await log.erase(bySubject('ticket/0002'), order)).erasures).toMatchObject([{ eventIds: ['e2'] }]);
  expect(peopleIn(path)).toEqual(new Set(sayings(someone(3))));
});

it('LOG2.5 brings a log of version 1 up to date: its people are found and erased, and nothing of them is left in it', async () => {
  const path = newPath();
  const old = new DatabaseSync(path, { timeout: 30_000 });
  old.exec('PRAGMA journal_mode = WAL');
  takeSteps(old, 0, 1);
  const insert = old.prepare(
    `INSERT INTO events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at, occurred_text,
       received_at, data, personal, raw)
     VALUES ('eduzz', ?, 'eduzz', 'canceled', 'TicketCancellation', 'TICKET', 'eduzz:1', ?, 1, '', 1, '{}', ?, ?)`,
  );
  for (let number = 0; number < 300; number += 1) {
    const person = someone(number % 100);
    const customer = { ...person, externalId: `contact-${number % 100}` };
    const raw = JSON.stringify({ person, note: 'x'.repeat((number % 7) * 700) });
    insert.run(`e${number}`, `ticket/${number}`, JSON.stringify({ tenantName: null, customer }), raw);
  }
  insert.run('bare', 'ticket/300', null, null);
  // As version 1 deleted and erased: what stood there still does, in free pages and gaps.
  old.exec('DELETE FROM events WHERE seq <= 50; UPDATE log SET floor = 50');
  old.exec("UPDATE events SET personal = NULL, raw = NULL WHERE event_id IN ('e60', 'e160', 'e260')");
  old.exec(`INSERT INTO erasures VALUES (400, 'eduzz', 'eduzz', 'eduzz:1', 'ticket/60', '["e60"]', 77)`);
  old.exec("UPDATE sqlite_sequence SET seq = 400 WHERE name = 'events'");
  old
    .prepare("INSERT INTO quarantine VALUES (7, 'eduzz', 'digest', 'eduzz', NULL, NULL, '[]', ?, 5)")
    .run(JSON.stringify({ person: someone(99) }));
  old.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  old.close();
  expect(peopleIn(path)).toContain('person-0060');

  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  expect(peopleIn(path)).not.toContain('person-0060');
  const page = await log.read({ direction: 'forward', limit: 1_000, filter: {} });
  expect(page.events).toHaveLength(251);
  expect(page.events[0]).toMatchObject({ eventId: 'e50', version: null, superseded: false, raw: expect.any(String) });
  expect(page).toMatchObject({
    head: { seq: 400 },
    floor: { seq: 50 },
    erasures: [{ subject: 'ticket/60', eventIds: ['e60'], at: 77, orderedBy: expect.stringMatching(/provider/) }],
  });
  expect(await log.quarantine.find(7)).toMatchObject({ state: 'WAITING', payload: expect.stringContaining('person') });
  // Events that version 1 erased stay held back, and its events are found by contact and by address.
  await log.append([newEvent({ eventId: 'late', subject: 'ticket/60' })]);
  expect(await log.find([{ source: 'eduzz', eventId: 'late' }])).toMatchObject([{ personal: null, raw: null }]);
  const { erasures } = await log.erase(bySubject('ticket/251'), order);
  expect(erasures.flatMap(({ eventIds }) => eventIds)).toEqual(['e51', 'e151', 'e251']);
  const receipt = await log.erase({ by: 'email', email: someone(99).email, source: null }, order);
  expect(receipt).toMatchObject({ quarantined: 1, erasures: [{}, {}, {}] });
  for (const number of [51, 99])
    for (const said of sayings(someone(number))) expect(peopleIn(path)).not.toContain(said);
  await log.close();
  // Once, and no more.
  expect(await idsOf(open(new SqliteLog(path, null, KEPT_THREADS)))).toContain('late');
});

async function idsOf(log: EventLog): Promise<string[]> {
  return (await log.read({ direction: 'forward', limit: 1_000, filter: {} })).events.map(({ eventId }) => eventId);
}

it('LOG12.3 keeps no key of an erased person’s words, and no word at all', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  const people = Array.from({ length: STRETCH + 100 }, (_, number) => someone(number));
  await log.append(people.map((person, index) => eventOf(person, index + 1, 10)));
  expect((await log.words.advance()).indexed).toBeGreaterThan(1_000);
  /** The keys of an event in the index: those of its personal words, and those of the others. */
  const keysOf = (seq: number) => {
    const database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('SELECT entry, places FROM words').all();
    database.close();
    const its = rows.filter(({ places }) => fromBytes(places).includes(seq % STRETCH));
    const isPersonal = ({ entry }: (typeof rows)[number]) => Number(entry) % (2 * KEYS) < KEYS;
    return { personal: its.filter(isPersonal).length, open: its.filter((row) => !isPersonal(row)).length };
  };
  const [event] = await log.find([{ source: 'eduzz', eventId: 'e500' }]);
  const before = keysOf(event!.cursor.seq);
  expect(before.personal).toBeGreaterThan(2);
  await log.erase(bySubject(`ticket/${people[499]!.email.slice(7, 11)}`), order);
  expect(keysOf(event!.cursor.seq)).toEqual({ personal: 0, open: before.open });
  expect(keysOf(event!.cursor.seq + 1).personal).toBe(before.personal);
});

it('LOG12.6 brings back no key of a person that was read before the erasure', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  const people = Array.from({ length: STRETCH + 100 }, (_, number) => someone(number));
  await log.append(people.map((person, index) => eventOf(person, index + 1, 10)));
  // The first has read the events, when the erasure is done before it writes.
  const reading = log.words.advance();
  await log.erase(bySubject('ticket/0499'), order);
  expect(await reading).toMatchObject({ indexed: 0 });
  expect((await log.words.advance()).indexed).toBe(STRETCH - 1);
  expect(checkFile(path).problems).toEqual([]);
});

it('LOG12.8 finds an index of words that is not what the events say', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  await log.append(Array.from({ length: STRETCH + 1 }, (_, number) => eventOf(someone(number), number + 1, 10)));
  await log.words.advance();
  expect(checkFile(path).problems).toEqual([]);
  const database = new DatabaseSync(path, { timeout: 30_000 });
  for (const sql of [
    'DELETE FROM words WHERE entry = (SELECT min(entry) FROM words)',
    "UPDATE words SET places = x'0001' WHERE entry = (SELECT max(entry) FROM words)",
    "INSERT INTO words (entry, places) VALUES (1000000000000, x'0001')",
  ]) {
    database.exec(`BEGIN; ${sql}; COMMIT`);
  }
  database.close();
  expect(checkFile(path).problems).toEqual(['entries of the index of words that are not what the events say: 3']);
});

it('LOG12.5 keeps no key of an event that retention deletes, also in a stretch of which it leaves a part', async () => {
  const path = newPath();
  const log = open(new SqliteLog(path, null, KEPT_THREADS));
  await log.append(Array.from({ length: 2 * STRETCH + 1 }, (_, number) => eventOf(someone(number), number + 1, 10)));
  while ((await log.words.advance()).left > 0);
  for (const received of [200, STRETCH - 1, STRETCH, STRETCH + 300]) {
    await log.trim(received);
    expect(checkFile(path).problems).toEqual([]);
  }
});
