import { HookcastError } from '../../errors.ts';
import type { Extent } from '../../events/cursor.ts';
import type { EventLog, Page } from '../../events/event-log.ts';
import type { RecordedEvent } from '../../events/event.ts';
import type { Memory } from '../../events/tombstone.ts';
import {
  ERASURE_COLUMNS,
  RECORDED_COLUMNS,
  REVISION_COLUMNS,
  checksumsOf,
  countedOf,
  saidOf,
  toRevisionRow,
} from '../row.ts';
import type { Row } from '../value.ts';
import { PIECE, byId, insertInto, takeMemory, takeQuarantine } from './adopt-rows.ts';
import { type Connection, statement } from './connection.ts';
import { APPENDING } from './names.ts';
import { toRecords } from './row.ts';
import * as ask from './statements.ts';
import { toText, toTextArray } from './text.ts';

/** What has been copied. `share` is the copied part of the other log, 0 to 1. */
export interface Adopted {
  readonly events: number;
  readonly erasures: number;
  readonly quarantined: number;
  readonly share: number;
}

/** A copied log has no epoch of its own yet: the first gateway that writes begins one. */
const COPIED = 'copied';
/** How long a transaction of the copy waits for its turn or for the disk, in milliseconds. */
const PATIENCE = 60_000;

const COLUMNS = [...RECORDED_COLUMNS, 'marks'];
const EPOCHS = statement('SELECT epoch, history FROM hookcast.epochs ORDER BY number');
const EXTENT = statement('SELECT head, (SELECT count(*) FROM hookcast.quarantine) FROM hookcast.extent');
const BEGIN_EPOCH = statement('INSERT INTO hookcast.epochs (epoch, after, history) VALUES (?, ?::bigint, ?)');
const TAKE_NAMING = statement('UPDATE hookcast.log SET salt = ?, former_up_to = ?::bigint');
const FLOOR = statement('UPDATE hookcast.log SET floor = ?::bigint');
const FORGET = statement('DELETE FROM hookcast.events WHERE seq <= ?::bigint');
const INSERT = insertInto('events', COLUMNS);
const INSERT_ERASURES = insertInto('erasures', ERASURE_COLUMNS);
const INSERT_REVISIONS = insertInto('revisions', REVISION_COLUMNS);
const FORGET_FORMER = statement('DELETE FROM hookcast.events WHERE seq = ANY (?::bigint[])');
const ERASE = statement(
  'UPDATE hookcast.events SET personal = NULL, raw = NULL, marks = NULL, personal_checksum = NULL WHERE source = ? AND event_id = ANY (?::text[])',
);
/** While a copy is not whole, no gateway starts on it or writes to it. */
const IS_NOT_WHOLE = 'UPDATE hookcast.log SET copying = true;';
const IS_WHOLE = 'UPDATE hookcast.log SET copying = false;';
/** Sets the sequences so that new numbers come after the copied ones. */
const DRAW_ON = `
  SELECT setval(pg_get_serial_sequence('hookcast.events', 'seq'), greatest(head, 1), head > 0) FROM hookcast.extent;
  SELECT setval(pg_get_serial_sequence('hookcast.quarantine', 'id'), greatest(max(id), 1), max(id) IS NOT NULL)
  FROM hookcast.quarantine;`;

/**
 * Copies another log: events with their positions, erasures, quarantine and its memory, so that every cursor of the other log is
 * valid in this one. Each piece is durable. A copy that was broken off continues where it stopped. Until somebody writes here, another
 * copy adds what the other log has recorded since.
 *
 * @param connection - to a database with the schema.
 * @param from - the other log. It is only read, and may be in use.
 * @throws {HookcastError} BAD_REQUEST when this log is not empty and not a copy of the other.
 */
export async function adopt(connection: Connection, from: EventLog, progress: (done: Adopted) => void) {
  await connection.script('SET statement_timeout = 0', PATIENCE);
  const first = await from.read({ direction: 'forward', limit: 1, filter: {} });
  let position = await begin(connection, first, await from.memory.forgotten());
  let done: Adopted = { events: 0, erasures: 0, quarantined: 0, share: 0 };
  for (;;) {
    const after = { epoch: first.head.epoch, seq: position };
    const page = await from.read({ direction: 'forward', after, limit: PIECE, filter: {} });
    if (page.head.epoch !== first.head.epoch) {
      throw new HookcastError('BAD_REQUEST', 'The log that is copied was replaced meanwhile. Begin again.');
    }
    await take(connection, page, await marksOf(from, page));
    position = page.end.seq;
    done = {
      ...done,
      events: done.events + page.events.length,
      erasures: done.erasures + page.erasures.length,
      share: page.head.seq === 0 ? 1 : position / page.head.seq,
    };
    progress(done);
    if (!page.hasMore) break;
  }
  const within = (work: () => Promise<void>) =>
    transaction(connection, async () => {
      await assertIsCopy(connection, first.head.epoch);
      await work();
    });
  done = { ...done, quarantined: await takeQuarantine(connection, from, within) };
  await within(() => takeMemory(connection, from));
  await connection.script(
    `BEGIN; SELECT ${ask.KNOWS}; ${DRAW_ON} ${IS_WHOLE} COMMIT; ANALYZE hookcast.events`,
    PATIENCE,
  );
  return done;
}

/** Makes an empty log a copy of the other, or finds that it is one. Returns the position after which the copy continues. */
async function begin(
  connection: Connection,
  { head, lineage }: Extent,
  { salt, formerUpTo }: Pick<Awaited<ReturnType<Memory['forgotten']>>, 'salt' | 'formerUpTo'>,
): Promise<number> {
  let position = 0;
  // The lock is needed because a gateway may be starting on this log at this moment.
  await transaction(connection, async () => {
    const [[seq, quarantined] = []] = await connection.ask(EXTENT, []);
    const epochs = await connection.ask(EPOCHS, []);
    if (epochs.some(([epoch]) => epoch === head.epoch)) {
      await assertIsCopy(connection, head.epoch);
      const [[taken] = []] = await connection.ask(ask.NAMING, []);
      if (taken !== salt) {
        throw new HookcastError('BAD_REQUEST', 'The copy was begun by an older hookcast. Copy into an empty database.');
      }
      position = Number(seq);
    } else {
      if (seq !== 0 || quarantined !== 0 || epochs.length > 1) {
        throw new HookcastError('BAD_REQUEST', 'The database contains another log already. Copy into an empty one.');
      }
      await connection.script('DELETE FROM hookcast.epochs', PATIENCE);
      // The secret comes before the first event, because marks of events are made with it.
      await connection.ask(TAKE_NAMING, [salt, formerUpTo]);
      let after = 0;
      for (const { epoch, seq } of [...lineage, head]) {
        await connection.ask(BEGIN_EPOCH, [epoch, after, COPIED]);
        after = seq;
      }
    }
    await connection.script(IS_NOT_WHOLE, PATIENCE);
  });
  return position;
}

async function take(connection: Connection, page: Page, marks: ReadonlyMap<number, string>): Promise<void> {
  await transaction(connection, async () => {
    await assertIsCopy(connection, page.head.epoch);
    // The other log has deleted events before they could be copied. This log is complete from that floor on.
    const [[head] = []] = await connection.ask(EXTENT, []);
    if (page.floor.seq > Number(head)) {
      await connection.ask(FORGET, [page.floor.seq]);
      await connection.ask(FLOOR, [page.floor.seq]);
    }
    const events = new Map(page.events.map((event) => [event.cursor.seq, event]));
    const revised = page.revisions.map(({ event }) => event);
    for (const event of revised) events.set(event.cursor.seq, event);
    // These events were copied before they were revised.
    if (revised.length > 0) {
      await connection.ask(FORGET_FORMER, [`{${revised.map(({ cursor }) => cursor.seq).join(',')}}`]);
    }
    const rows = [...events.values()].map((event) => toCopied(event, marks.get(event.cursor.seq) ?? null));
    await connection.ask(INSERT, [toRecords(COLUMNS, rows)]);
    await connection.ask(INSERT_REVISIONS, [toRecords(REVISION_COLUMNS, page.revisions.map(toRevisionRow))]);
    const erasures = page.erasures.map((erasure): Row => {
      const { cursor, provider, source, tenant, subject, eventIds, at, orderedBy } = erasure;
      return [cursor.seq, provider, source, tenant, subject, JSON.stringify(eventIds), at, orderedBy];
    });
    await connection.ask(INSERT_ERASURES, [toRecords(ERASURE_COLUMNS, erasures)]);
    for (const { source, eventIds } of page.erasures) {
      await connection.ask(ERASE, [toText(source), toTextArray(eventIds.map(toText))]);
    }
  });
}

/** A row of `COLUMNS`. */
function toCopied(event: RecordedEvent, marks: string | null): Row {
  const { seq, mark } = event.cursor;
  const said = saidOf(event);
  // An event without checksums in the other log has none here either: its cursors have no marks.
  const checksums = mark === undefined ? [null, null] : checksumsOf(said);
  const first = mark === undefined || mark === checksums[0] ? null : mark;
  return [seq, ...said, event.superseded ? 1 : 0, ...checksums, ...countedOf(event), first, marks];
}

/** Marks are read after the page. An event that is erased in between has no marks, and its erasure is on a later page. */
async function marksOf(from: EventLog, { events, revisions }: Page): Promise<ReadonlyMap<number, string>> {
  const marks = new Map(await marksOfStretch(from, events));
  for (const { event } of revisions) {
    for (const [seq, theirs] of await marksOfStretch(from, [event])) marks.set(seq, theirs);
  }
  return marks;
}

async function marksOfStretch(from: EventLog, events: readonly RecordedEvent[]): Promise<ReadonlyMap<number, string>> {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return new Map();
  return byId(await from.memory.marks('events', first.cursor.seq - 1, last.cursor.seq));
}

/** If a gateway has given out positions here, the other log may use the same numbers for other events. Then nothing may be copied. */
async function assertIsCopy(connection: Connection, epoch: string): Promise<void> {
  const last = (await connection.ask(EPOCHS, [])).at(-1);
  if (last?.[0] === epoch && last[1] === COPIED) return;
  throw new HookcastError(
    'BAD_REQUEST',
    'The database was copied from this log, but a gateway has written to it since, so the two logs differ now. Copy into an empty database.',
  );
}

/** Does work in a transaction that holds the lock of appends. */
async function transaction(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.script(`BEGIN; SELECT pg_advisory_xact_lock(${APPENDING})`, PATIENCE);
  try {
    await connection.ask(ask.ASSERT_VERSION, []);
    await work();
    await connection.script('COMMIT', PATIENCE);
  } catch (error) {
    // The end of the connection rolls the transaction back.
    connection.destroy();
    throw error;
  }
}
