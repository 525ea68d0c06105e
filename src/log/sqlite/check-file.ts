import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { Erasure } from '../../events/erasure.ts';
import { ErasuresCheck } from '../check-erasures.ts';
import type { Checked } from '../checked.ts';
import { OF_ANOTHER_SECRET } from '../own-marks.ts';
import { fromQuarantineRow } from '../quarantine-row.ts';
import { ERASURE_COLUMNS, fromErasureRow, fromRow } from '../row.ts';
import type { Row } from '../value.ts';
import { assertReadable, openToRead } from './access.ts';
import { COUNT_WRONG } from './activity.ts';
import { WordsCheck } from './check-words.ts';
import { saidVersion, versionOf } from './copied.ts';
import { explained, isKeptAway } from './damage.ts';
import { COUNT_UNFOUND, defineHashes } from './hashes.ts';
import { STEPS } from './migrations/steps.ts';
import { TO_14 } from './migrations/version-14.ts';
import { TO_16 } from './migrations/version-16.ts';
import { QUARANTINED } from './quarantined.ts';
import { SELECT_ALL } from './select-stored.ts';
import { hasOwnMarks } from './sound.ts';
import { ERASURES, QUARANTINE, RECORDED } from './texts.ts';
import { assertEndsWithAPage, assertWalIsWhole } from './wal.ts';

/** The most problems of one kind that are reported. */
const MOST = 20;
/** The version of the schema that introduced the present counts of events. */
const COUNTING = 8;
/** Columns that files of an older hookcast don't have. */
const ADDED = [
  { since: 4, column: /(\w+\.)?\bchecksum\b/g },
  { since: 5, column: /\berased_at\b/g },
  // An event's `tenant` is older. It has its table's name before it, so this does not match it.
  { since: 6, column: /(?<![.\w])tenant\b/g },
  { since: 8, column: /\bevents\.(happened|amount|currency)\b/g },
  { since: 9, column: /\bevents\.(cursor_mark|personal_seq)\b/g },
];
/** The version of the schema since which an erasure says who ordered it. */
const ORDERING = 2;
/** The version of the schema that introduced revisions. */
const REVISING = 9;
/** The version of the schema that introduced the search for events by hashes. */
const HASHING = STEPS.indexOf(TO_14) + 1;
/** The version of the schema that introduced the index of words. */
const INDEXING = STEPS.indexOf(TO_16) + 1;
const COUNT_BELOW = 'SELECT count(*) AS below FROM events WHERE seq <= (SELECT floor FROM log)';
/** Counts wrong revisions: their event is missing above the floor, or comes later, or their position is that of an event. */
const COUNT_ASTRAY =
  'SELECT count(*) AS wrong FROM revisions WHERE event_seq >= seq OR EXISTS (SELECT 1 FROM events WHERE events.seq = revisions.seq) ' +
  'OR (event_seq > (SELECT floor FROM log) AND NOT EXISTS (SELECT 1 FROM events WHERE events.seq = event_seq))';
/** https://www.sqlite.org/fileformat2.html#file_format_version_numbers */
const WRITTEN_WITH_WAL = { at: 18, is: 2 };

const ALONE =
  'There is no -wal file beside it. That is normal if its gateway has ended. If it is a copy that was made while a gateway was running, the last events may be in a -wal file that was not copied, and this check cannot know. If there is such a file, put it beside this one and check again.';
const NO_VERSION =
  'It lacks the version of its schema, as copies made by .dump and .clone of sqlite3 do. The next start finds out the version and sets it.';
const AS_IT_STANDS =
  'No file can be written beside it, so it was read as it is. The result holds only if no process wrote to it meanwhile.';

/**
 * Reads a log's whole file, which the start of a gateway does not. It takes as long as a copy of the file. Gateways may be
 * running on it.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE if the file can't be read where it is. This is no damage.
 */
export function checkFile(path: string): Checked {
  const problems: string[] = [];
  const notes: string[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (error instanceof HookcastError) throw error;
      if (isKeptAway(error)) throw unreadable(path, explained(error).message);
      problems.push(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  try {
    assertReadable(path);
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
  attempt(() => assertWalIsWhole(path));
  attempt(() => assertEndsWithAPage(path));
  if (isAlone(path)) notes.push(ALONE);
  const database = attempt(() => open(path, notes));
  if (!database) return { events: 0, problems, notes };
  const version = attempt(() => versionOf(database)) ?? 0;
  attempt(() => {
    for (const row of database.prepare(`PRAGMA integrity_check(${MOST})`).iterate()) {
      const said = String(row['integrity_check']);
      if (said !== 'ok') problems.push(said);
    }
  });
  /** Reads all rows of a table as a gateway reads them. Returns how many there are. */
  const readAll = (sql: string, from: (row: Row) => unknown) => {
    const missing = ADDED.filter(({ since }) => version < since);
    const statement = database.prepare(missing.reduce((known, { column }) => known.replaceAll(column, 'NULL'), sql));
    statement.setReturnArrays(true);
    let [count, told] = [0, 0];
    for (const row of statement.iterate() as Iterable<unknown>) {
      count += 1;
      if (told < MOST && attempt(() => from(row as Row)) === null) told += 1;
    }
    return count;
  };
  const words = version < INDEXING ? null : attempt(() => new WordsCheck(database));
  const erasures = version < ORDERING ? null : attempt(() => new ErasuresCheck(readErasures(database)));
  const readEvent = (row: Row) => {
    const event = fromRow('', RECORDED.decode(row));
    words?.note(event);
    erasures?.note(event);
    return event;
  };
  const events = attempt(() => readAll(SELECT_ALL, readEvent)) ?? 0;
  problems.push(...(erasures?.problems.slice(0, MOST) ?? []));
  attempt(() => readAll(QUARANTINED, (row) => fromQuarantineRow(QUARANTINE.decode(row))));
  attempt(() => {
    if (version !== saidVersion(database)) notes.push(NO_VERSION);
    const below = Number(database.prepare(COUNT_BELOW).get()?.['below']);
    if (below > 0) problems.push(`events at or below the oldest position, where no client receives them: ${below}`);
    // The migration of an older file counts all events anew.
    if (version < COUNTING) return;
    for (const sql of COUNT_WRONG) {
      const wrong = Number(database.prepare(sql).get()?.['wrong']);
      if (wrong > 0) problems.push(`${wrong} counts of activity do not match the events`);
    }
    if (version < REVISING) return;
    const salt = String(database.prepare('SELECT salt FROM log').get()?.['salt']);
    const all = (sql: string) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all() as unknown as Row[];
    };
    if (!hasOwnMarks(salt, all)) problems.push(OF_ANOTHER_SECRET);
    const astray = Number(database.prepare(COUNT_ASTRAY).get()?.['wrong']);
    if (astray > 0) problems.push(`revisions of no event: ${astray}`);
    if (version < HASHING) return;
    defineHashes(database);
    const found = database.prepare(COUNT_UNFOUND).get();
    const [missing, surplus] = [Number(found?.['missing']), Number(found?.['surplus'])];
    if (missing > 0) problems.push(`ids and subjects that do not lead to their events: ${missing}`);
    else if (surplus > 0) problems.push(`ids and subjects of no event: ${surplus}`);
    const astrayWords = words?.wrong() ?? 0;
    if (astrayWords > 0)
      problems.push(`entries of the index of words that are not what the events say: ${astrayWords}`);
  });
  database.close();
  return { events, problems, notes };
}

function open(path: string, notes: string[]): DatabaseSync {
  const { database, isAsItStands } = openToRead(path, (why) => unreadable(path, why));
  if (isAsItStands) notes.push(AS_IT_STANDS);
  return database;
}

/** Whether the file is in WAL mode and has no -wal: its gateway has ended, or it was copied without its -wal. */
function isAlone(path: string): boolean {
  if (existsSync(`${path}-wal`)) return false;
  const header = Buffer.alloc(WRITTEN_WITH_WAL.at + 1);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header[WRITTEN_WITH_WAL.at] === WRITTEN_WITH_WAL.is;
}

function unreadable(path: string, why: string): HookcastError {
  return new HookcastError('LOG_UNAVAILABLE', `The log ${path} can't be checked: ${why}.`);
}

function readErasures(database: DatabaseSync): readonly Erasure[] {
  const statement = database.prepare(`SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures ORDER BY seq`);
  statement.setReturnArrays(true);
  return (statement.all() as unknown as Row[]).map((row) => fromErasureRow('', ERASURES.decode(row)));
}
