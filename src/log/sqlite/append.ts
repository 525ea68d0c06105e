import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SCHEDULED } from '../../events/event.ts';
import { REFUND_EXPECTED } from '../activity-row.ts';
import { HELD_BACK_FOR } from '../marks.ts';
import { probeFor } from '../probe.ts';
import { APPENDED_COLUMNS, COUNTED_COLUMNS, EVENT_COLUMNS } from '../row.ts';
import type { Row, Value } from '../value.ts';
import { ActivityCounter, type Counted } from './activity.ts';
import { hashOfKey, hashOfSubject } from './hash.ts';
import { FIND_BY_KEY, Hashes } from './hashes.ts';
import { People, entriesOf } from './people.ts';

/** For each row of an append, its position, which is negative if the log had the event before; or the reason of its refusal. */
export type AppendReply = readonly (number | string)[];

/** SQLite's primary result codes that may be the row's fault: TOOBIG and CONSTRAINT. The others are about the storage. */
const OF_THE_ROW = new Set([18, 19]);
/**
 * The codes of CONSTRAINT that are never the row's fault (PRIMARYKEY, UNIQUE, ROWID). The appender looks for an event's key before
 * it inserts the event, and the log itself assigns all other keys.
 */
const OF_A_KEY = new Set([1_555, 2_067, 2_579]);

const COLUMNS = [
  ...EVENT_COLUMNS.filter((column) => column !== 'personal' && column !== 'raw'),
  'checksum',
  ...COUNTED_COLUMNS,
] as const;
/** The place of each column in a row. */
export const AT = Object.fromEntries(APPENDED_COLUMNS.map((column, index) => [column, index])) as Record<
  (typeof APPENDED_COLUMNS)[number],
  number
>;
/** The places of `COLUMNS`. No other value is bound, since binding a payload copies it. */
const PLACES = COLUMNS.map((column) => AT[column]);
export const parameter = (column: (typeof COLUMNS)[number]) => `?${COLUMNS.indexOf(column) + 1}`;
/** The number of the first parameter after those of `COLUMNS`. */
export const FURTHER = COLUMNS.length + 1;

/** Finds a later state of the subject. Only versions with the same first letter can be compared. */
export const SUPERSEDED =
  `SELECT 1 FROM events WHERE source = ${parameter('source')} AND tenant = ${parameter('tenant')} ` +
  `AND subject = ${parameter('subject')} AND version > ${parameter('version')} ` +
  `AND substr(version, 1, 1) = substr(${parameter('version')}, 1, 1)`;

/** Records events, with rows as `APPENDED_COLUMNS`. */
export class Appender {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #insertPersonal: StatementSync;
  readonly #people: People;
  readonly #hashes: Hashes;
  readonly #delete: StatementSync;
  readonly #find: StatementSync;
  readonly #hasTombstones: StatementSync;
  readonly #tombstone: StatementSync;
  readonly #activity: ActivityCounter;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO events (${COLUMNS.join(', ')}, superseded) ` +
        `VALUES (${COLUMNS.map(parameter).join(', ')}, ` +
        `CASE WHEN ${parameter('version')} IS NULL THEN 0 ELSE EXISTS (${SUPERSEDED}) END)`,
    );
    this.#insertPersonal = database.prepare(
      'INSERT INTO personal (seq, personal, raw, marks, checksum) VALUES (?, ?, ?, ?, ?)',
    );
    this.#people = new People(database);
    this.#hashes = new Hashes(database);
    this.#delete = database.prepare('DELETE FROM events WHERE seq = ?');
    this.#find = database.prepare(FIND_BY_KEY);
    this.#hasTombstones = database.prepare('SELECT 1 FROM tombstones LIMIT 1');
    this.#tombstone = database.prepare(
      // The mark of a value says nothing about an event: another account or another thing may have the same id.
      "SELECT 1 FROM tombstones WHERE mark IN (SELECT value FROM json_each(?1) WHERE value NOT LIKE 'v%' UNION ALL SELECT ?2) " +
        "AND source IN (?3, '*') AND tenant IN (?4, '*') " +
        // If the event has no time of its own, nobody can tell whether it is late or new.
        'AND (lasting OR erased_at >= ?5 OR ?5 = ?6 OR erased_at > ?6 - ?7) LIMIT 1',
    );
    this.#activity = new ActivityCounter(database);
  }

  /** Appends rows in the caller's transaction. */
  append(rows: readonly Row[]): AppendReply {
    const mayBeHeldBack = this.#hasTombstones.get() !== undefined;
    const people: Value[] = [];
    const keys = rows.map((row) => hashOfKey(String(row[AT.source]), String(row[AT.event_id])));
    const mayBeThere = this.#hashes.among(keys);
    let last = 0;
    const answers = rows.map((row, index) => {
      const key = keys[index]!;
      const answer = this.#append(row, mayBeThere.has(key) ? key : null, mayBeHeldBack, people);
      if (typeof answer === 'number' && answer > 0) {
        last = answer;
        // The same event may come twice in one append.
        mayBeThere.add(key);
        this.#hashes.addKey(key, answer);
        const subject = row[AT.subject] ?? null;
        if (subject !== null) this.#hashes.add(hashOfSubject(String(subject)), answer);
      }
      return answer;
    });
    // Added together at the end, for the recorded events only.
    this.#people.add(people);
    this.#hashes.flush();
    if (last > 0) this.#hashes.sort(last);
    this.#activity.add(rows.filter((_row, index) => Number(answers[index]) > 0).map(countedIn));
    return answers;
  }

  /** @param key the hash of the event's key if the log may have the event already; otherwise null. */
  #append(row: Row, key: number | null, mayBeHeldBack: boolean, people: Value[]): number | string {
    // All rows are counted together afterwards, where such a time would make the whole append fail.
    if (!Number.isSafeInteger(row[AT.occurred_at])) return 'its time is not a whole number of milliseconds';
    let seq: number | null = null;
    try {
      const there = key === null ? null : this.#seqOf(key, row);
      if (there !== null) return -there;
      seq = Number(this.#insertEvent(row).lastInsertRowid);
      people.push(...this.#appendPersonal(seq, row, mayBeHeldBack && this.#isHeldBack(row)));
      return seq;
    } catch (error) {
      // A statement that fails takes back only itself. The other rows stay in the transaction.
      if (!maySpeakOfTheRow(error)) throw error;
      if (seq !== null) this.#delete.run(seq);
      if (!this.#takes(probeFor(row))) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The event's position, or null if the log does not have it. */
  #seqOf(key: number, row: Row): number | null {
    // The query must also find earlier rows of this append.
    this.#hashes.flush();
    const found = this.#find.get(key, row[AT.source]!, row[AT.event_id]!);
    return found ? Number(found['seq']) : null;
  }

  /** Whether the log accepts this row. The row is always taken back. */
  #takes(row: Row): boolean {
    this.#database.exec('SAVEPOINT probe');
    try {
      const { changes, lastInsertRowid } = this.#insertEvent(row);
      this.#people.add(this.#appendPersonal(Number(lastInsertRowid), row, false));
      return changes === 1;
    } catch {
      return false;
    } finally {
      this.#database.exec('ROLLBACK TO probe; RELEASE probe');
    }
  }

  /**
   * Writes the personal data of a revised event at a place of its own. Returns whether it was held back: the new form may show
   * that the event is about somebody who was erased, which the former form did not.
   */
  keepPersonal(seq: number, place: number, row: Row): boolean {
    const isHeldBack = this.#hasTombstones.get() !== undefined && this.#isHeldBack(row);
    this.#people.add(this.#appendPersonal(seq, row, isHeldBack, place));
    return isHeldBack;
  }

  #insertEvent(row: Row) {
    return this.#insert.run(...valuesOf(row));
  }

  /** Writes the event's row of `personal`. Returns the entries for the index of people. */
  #appendPersonal(seq: number, row: Row, isHeldBack: boolean, place = seq): Value[] {
    const valueOf = (column: keyof typeof AT) => (isHeldBack ? null : (row[AT[column]] ?? null));
    const marks = valueOf('marks');
    this.#insertPersonal.run(place, valueOf('personal'), valueOf('raw'), marks, valueOf('personal_checksum'));
    return marks === null ? [] : entriesOf(String(marks), seq);
  }

  /** Whether a tombstone holds back the event's personal data, so that a late event does not bring an erased person back. */
  #isHeldBack(row: Row): boolean {
    const subject = row[AT.subject] ?? null;
    return (
      this.#tombstone.get(
        row[AT.marks] ?? '[]',
        subject === null ? null : `s${subject}`,
        row[AT.source]!,
        row[AT.tenant]!,
        row[AT.occurred_at]!,
        row[AT.received_at]!,
        HELD_BACK_FOR,
      ) !== undefined
    );
  }
}

/** The values of a row for the parameters of `COLUMNS`. */
export function valuesOf(row: Row): Value[] {
  return PLACES.map((at) => row[at] ?? null);
}

export function countedIn(row: Row): Counted {
  const happened = textAt(row, AT.happened);
  const kind = happened === SCHEDULED ? '' : textAt(row, AT.kind);
  const [currency = null, amount = null] = [row[AT.currency], row[AT.amount]];
  return {
    tenant: textAt(row, AT.tenant),
    source: textAt(row, AT.source),
    provider: textAt(row, AT.provider),
    kind,
    shape: textAt(row, AT.shape),
    happened,
    currency: textAt(row, AT.currency),
    occurredAt: Number(row[AT.occurred_at]),
    refundExpected: kind !== '' && textAt(row, AT.data).includes(REFUND_EXPECTED),
    unsummed: currency !== null && amount === null,
    units: Number(amount),
  };
}

function textAt(row: Row, place: number): string {
  return String(row[place] ?? '');
}

export function maySpeakOfTheRow(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  // An error without a result code comes from binding a value.
  if (typeof code !== 'number') return error instanceof TypeError;
  return OF_THE_ROW.has(code & 0xff) && !OF_A_KEY.has(code);
}
