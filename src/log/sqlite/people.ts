import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Value } from '../value.ts';
import { EVENTS_WITH_PERSONAL } from './personal.ts';

/**
 * Positions that the index of people has together, one stretch after the other, each in the order of its marks. Marks are hashes, so
 * in one order for the whole log each of them would be written to a page of its own, and of a million events none of these pages is
 * at hand: that was half of an append. Of a short stretch all pages are. Who is looked for is looked for in each stretch: that
 * takes some milliseconds for a million events, and an erasure is rare.
 */
const STRETCH = 512;

/** Marks that one statement adds: a statement has a cost of its own, as large as that of a mark. */
const AT_ONCE = 32;
const insert = (marks: number) =>
  `INSERT INTO people_by_stretch (stretch, mark, seq) VALUES ${Array.from({ length: marks }, () => '(?, ?, ?)').join(', ')}`;

/** The stretches that there are. Between two of them there may be any number that are none: positions may jump. */
const STRETCHES =
  'stretches (stretch) AS (SELECT min(stretch) FROM people_by_stretch UNION ALL ' +
  'SELECT (SELECT min(stretch) FROM people_by_stretch WHERE stretch > stretches.stretch) FROM stretches ' +
  'WHERE stretches.stretch IS NOT NULL)';

/** The positions of the events with the mark that is the first parameter. What a hookcast before version 12 wrote is in `people`. */
export const POSITIONS_OF_MARK =
  `WITH RECURSIVE ${STRETCHES} SELECT seq FROM people WHERE mark = ?1 UNION ` +
  'SELECT seq FROM stretches CROSS JOIN people_by_stretch AS people ON people.stretch = stretches.stretch AND mark = ?1';

/** Adds to the index of people. */
export class People {
  readonly #insertOne: StatementSync;
  readonly #insertSeveral: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertOne = database.prepare(insert(1));
    this.#insertSeveral = database.prepare(insert(AT_ONCE));
  }

  /** @param entries what `entriesOf` returns, one after the other. */
  add(entries: readonly Value[]): void {
    const all = 3 * AT_ONCE;
    let next = 0;
    for (; next + all <= entries.length; next += all) this.#insertSeveral.run(...entries.slice(next, next + all));
    for (; next < entries.length; next += 3) this.#insertOne.run(...entries.slice(next, next + 3));
  }
}

/** What the index has of an event: a stretch, a mark and its position, by turns. No event is looked for by a value. */
export function entriesOf(marks: string, seq: number): Value[] {
  const stretch = Math.floor(seq / STRETCH);
  const entries: Value[] = [];
  for (const mark of listIn(marks)) if (!mark.startsWith('v')) entries.push(stretch, mark, seq);
  return entries;
}

/** The marks in a JSON list. Nearly all are letters and digits, and without a backslash only the list itself has quotes. */
function listIn(marks: string): readonly string[] {
  const isPlain = marks.startsWith('["') && marks.endsWith('"]') && !/[\\ ]/.test(marks);
  return isPlain ? marks.slice(2, -2).split('","') : (JSON.parse(marks) as string[]);
}

/** Takes marks of one event out of the index. */
export function unmark(database: DatabaseSync, marks: readonly string[], seq: number): void {
  const former = database.prepare('DELETE FROM people WHERE mark = ? AND seq = ?');
  const own = database.prepare('DELETE FROM people_by_stretch WHERE stretch = ? AND mark = ? AND seq = ?');
  for (const mark of marks) {
    former.run(mark, seq);
    own.run(Math.floor(seq / STRETCH), mark, seq);
  }
}

const marked = (columns: string) =>
  `SELECT ${columns} FROM ${EVENTS_WITH_PERSONAL}, json_each(personal.marks) WHERE events.seq IN (SELECT value FROM json_each(?))`;
const OF_FORMER = `DELETE FROM people WHERE (mark, seq) IN (${marked('value, events.seq')})`;
const OF_STRETCHES =
  'DELETE FROM people_by_stretch WHERE (stretch, mark, seq) IN ' +
  `(${marked(`events.seq / ${STRETCH}, value, events.seq`)})`;

/** Takes the events of these positions, a JSON list, out of the index. */
export function unmarkAll(database: DatabaseSync, positions: string): void {
  for (const sql of [OF_FORMER, OF_STRETCHES]) database.prepare(sql).run(positions);
}
