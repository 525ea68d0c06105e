import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Value } from '../value.ts';
import { EVENTS_WITH_PERSONAL } from './personal.ts';

/**
 * Positions of one stretch. The index of people has one stretch after the other, each in the order of its marks. Marks are hashes:
 * in one order for the whole log, each mark would go to a page of its own, and with a million events none of these pages is in the
 * cache. That was half of an append. All pages of a short stretch are in the cache. A search for a person looks in each stretch,
 * which takes some milliseconds for a million events, and erasures are rare.
 */
const STRETCH = 512;

/** Marks that one statement adds. Each statement costs as much as one mark, besides its marks. */
const AT_ONCE = 32;
const insert = (marks: number) =>
  `INSERT INTO people_by_stretch (stretch, mark, seq) VALUES ${Array.from({ length: marks }, () => '(?, ?, ?)').join(', ')}`;

/** The stretches that exist. Their numbers may have gaps of any size, since positions may jump. */
const STRETCHES =
  'stretches (stretch) AS (SELECT min(stretch) FROM people_by_stretch UNION ALL ' +
  'SELECT (SELECT min(stretch) FROM people_by_stretch WHERE stretch > stretches.stretch) FROM stretches ' +
  'WHERE stretches.stretch IS NOT NULL)';

/** Selects the positions of events with the mark that is the first parameter. `people` has the marks of schemas before version 12. */
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

/** The index's entries for an event: stretch, mark and position, in turn. Marks of values are left out: nothing searches by them. */
export function entriesOf(marks: string, seq: number): Value[] {
  const stretch = Math.floor(seq / STRETCH);
  const entries: Value[] = [];
  for (const mark of listIn(marks)) if (!mark.startsWith('v')) entries.push(stretch, mark, seq);
  return entries;
}

/** The marks in a JSON list. If the text has no backslash, no mark has a quote, so splitting it is enough: this is the usual case. */
function listIn(marks: string): readonly string[] {
  const isPlain = marks.startsWith('["') && marks.endsWith('"]') && !/[\\ ]/.test(marks);
  return isPlain ? marks.slice(2, -2).split('","') : (JSON.parse(marks) as string[]);
}

/** Removes marks of one event from the index. */
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

/** Removes the events at these positions, a JSON list, from the index. */
export function unmarkAll(database: DatabaseSync, positions: string): void {
  for (const sql of [OF_FORMER, OF_STRETCHES]) database.prepare(sql).run(positions);
}
