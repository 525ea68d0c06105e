import type { DatabaseSync } from 'node:sqlite';
import { probeFor } from '../probe.ts';
import { APPENDED_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Row } from '../value.ts';
import { ActivityCounter, type Counted } from './activity.ts';
import { AT, type Appender, FURTHER, SUPERSEDED, countedIn, maySpeakOfTheRow, parameter, valuesOf } from './append.ts';
import { drawPosition } from './draw.ts';
import { moveSubject } from './hashes.ts';
import { unmark } from './people.ts';
import { personalOf } from './personal.ts';
import { indexAgain } from './words.ts';

/** How long a process keeps the sole right to revise the log after it last took its turn, in milliseconds. */
export const LEASE = 5_000;

/** Events that are revised together, in one transaction. */
export interface ReviseProgress {
  /** The position of each event, and its new form as `APPENDED_COLUMNS`. */
  readonly rows: readonly Row[];
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** For each row: true if it was revised, false if it was gone, or why it was refused. `heldBack` counts those without people. */
export interface ReviseReply {
  readonly outcomes: readonly (boolean | string)[];
  readonly heldBack: number;
}

/** The columns of `personal` are not read, except the marks. */
const READ: Readonly<Record<string, string>> = {
  personal: 'NULL',
  raw: 'NULL',
  personal_checksum: 'NULL',
  marks: 'personal.marks',
};
const FIND =
  `SELECT coalesce(personal_seq, events.seq), ${APPENDED_COLUMNS.map((column) => READ[column] ?? `events.${column}`).join(', ')} ` +
  `FROM events CROSS JOIN personal ON ${personalOf('events')} ` +
  // An erased event has no payload to read anew, and a revision must not bring its data back.
  'WHERE events.seq = ? AND source = ? AND event_id = ? AND raw IS NOT NULL';

/** The parameters after those of the columns. */
const [PLACE, SEQ] = [`?${FURTHER}`, `?${FURTHER + 1}`];

/** The columns that a revision takes from the new form. Position, source, id, times and tenant stay. */
const CHANGED = [
  'type',
  'shape',
  'kind',
  'subject',
  'data',
  'version',
  'checksum',
  'happened',
  'amount',
  'currency',
] as const;

/**
 * Gives the holder the turn to revise for one lease, unless another holder has it. A process that was killed loses its turn, since
 * it does not renew it. This runs in the caller's transaction.
 */
export function takeTurn(database: DatabaseSync, holder: string): ReviseTurn {
  const taken = database
    .prepare(
      // A `revising_until` too far ahead means that the clock was put back: the turn is free then too.
      'UPDATE log SET reviser = ?1, revising_until = ?2 + ?3 ' +
        'WHERE reviser IS NULL OR reviser = ?1 OR revising_until NOT BETWEEN ?2 AND ?2 + ?3',
    )
    .run(holder, Date.now(), LEASE);
  const row = database.prepare('SELECT revising_until FROM log').get();
  return { isHeld: taken.changes === 1, until: Number(row?.['revising_until']) };
}

/** Whether the holder has the turn, and until when the present holder keeps it, in milliseconds since 1970. */
export interface ReviseTurn {
  readonly isHeld: boolean;
  readonly until: number;
}

/** Ends the holder's turn, in the caller's transaction. */
export function endTurn(database: DatabaseSync, holder: string): null {
  database.prepare('UPDATE log SET reviser = NULL, revising_until = NULL WHERE reviser = ?').run(holder);
  return null;
}

/**
 * Gives events their new form, in the caller's transaction.
 *
 * @throws {Error} if the holder no longer has the turn.
 */
export function revise(database: DatabaseSync, appender: Appender, { rows, holder, at }: ReviseProgress): ReviseReply {
  if (!takeTurn(database, holder).isHeld) throw new Error('another process is revising this log now');
  const find = database.prepare(FIND);
  find.setReturnArrays(true);
  const change = database.prepare(
    `UPDATE events SET ${CHANGED.map((column) => `${column} = ${parameter(column)}`).join(', ')}, ` +
      // The first checksum marks the event's cursors for good.
      `cursor_mark = coalesce(cursor_mark, checksum), personal_seq = ${PLACE}, ` +
      `superseded = CASE WHEN ${parameter('version')} IS NULL THEN 0 ELSE EXISTS (${SUPERSEDED} AND events.seq < ${SEQ}) END ` +
      `WHERE seq = ${SEQ}`,
  );
  const forget = database.prepare(
    'UPDATE personal SET personal = NULL, raw = NULL, marks = NULL, checksum = NULL WHERE seq = ?',
  );
  const record = database.prepare(
    `INSERT INTO revisions (${REVISION_COLUMNS.join(', ')}) VALUES (${REVISION_COLUMNS.map(() => '?').join(', ')})`,
  );
  const counter = new ActivityCounter(database);
  const counts: { readonly before: Counted; readonly after: Counted }[] = [];
  let heldBack = 0;
  const outcomes = rows.map((row) => {
    database.exec('SAVEPOINT revision');
    try {
      return reviseOne(row);
    } catch (error) {
      if (!maySpeakOfTheRow(error)) throw error;
      database.exec('ROLLBACK TO revision');
      if (!takes(row)) throw error;
      return error instanceof Error ? error.message : String(error);
    } finally {
      if (database.isTransaction) database.exec('RELEASE revision');
    }
  });
  counter.replace(counts);
  indexAgain(
    database,
    rows.flatMap(([seq], index) => (outcomes[index] === true ? [Number(seq)] : [])),
  );
  return { outcomes, heldBack };

  /** Whether the log accepts a sound event in the place of this one. The revision is always taken back. */
  function takes([seq = null, ...given]: Row): boolean {
    const probe = probeFor(given).with(AT.source, given[AT.source]!).with(AT.event_id, given[AT.event_id]!);
    const before = { heldBack, counted: counts.length };
    database.exec('SAVEPOINT probe');
    try {
      return reviseOne([seq, ...probe]);
    } catch {
      return false;
    } finally {
      database.exec('ROLLBACK TO probe; RELEASE probe');
      heldBack = before.heldBack;
      counts.length = before.counted;
    }
  }

  function reviseOne([seq = null, ...given]: Row): boolean {
    const found = find.get(seq, given[AT.source]!, given[AT.event_id]!) as unknown as Row | undefined;
    if (!found) return false;
    const [formerPlace = null, ...former] = found;
    const marks = marksOf(former, given);
    const next = (given as Row).with(AT.marks, marks.length === 0 ? null : JSON.stringify(marks));
    const place = drawPosition(database);
    unmark(database, marksIn(former), Number(seq));
    forget.run(formerPlace);
    const isHeldBack = appender.keepPersonal(Number(seq), place, next);
    const [before, after] = [countedIn(former), countedIn(next)];
    const isRecounted = JSON.stringify(before) !== JSON.stringify(after);
    const formerly = (['type', 'shape', 'kind', 'subject'] as const).map((column) => former[AT[column]] ?? null);
    record.run(place, seq, ...formerly, isRecounted ? 1 : 0, at);
    change.run(...valuesOf(next), place, seq);
    moveSubject(database, Number(seq), former[AT.subject] ?? null, next[AT.subject] ?? null);
    if (isHeldBack) heldBack += 1;
    if (isRecounted) counts.push({ before, after });
    return true;
  }
}

function marksIn(row: Row): readonly string[] {
  const marks = row[AT.marks] ?? null;
  return marks === null ? [] : (JSON.parse(String(marks)) as string[]);
}

/** The new marks, and those of the event's former subjects: an erasure of a former subject must find the event too. */
function marksOf(former: Row, next: Row): readonly string[] {
  const [was = null, is = null] = [former[AT.subject], next[AT.subject]];
  const formerSubjects = marksIn(former).filter((mark) => mark.startsWith('s'));
  if (was !== null) formerSubjects.push(`s${was}`);
  return [...new Set([...marksIn(next), ...formerSubjects.filter((mark) => mark !== `s${is}`)])];
}
