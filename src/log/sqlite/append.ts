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

/** For each row of an append its seq, negative when the event was there before, or why it was refused. */
export type AppendReply = readonly (number | string)[];

/** SQLite's primary result codes that may speak of the row: TOOBIG and CONSTRAINT. The others speak of the storage. */
const OF_THE_ROW = new Set([18, 19]);
/** Of those, uniqueness (PRIMARYKEY, UNIQUE, ROWID): an event's own key is looked for before, and other keys are the log's to give. */
const OF_A_KEY = new Set([1_555, 2_067, 2_579]);

const COLUMNS = [
  ...EVENT_COLUMNS.filter((column) => column !== 'personal' && column !== 'raw'),
  'checksum',
  ...COUNTED_COLUMNS,
] as const;
/** Where in a row a column is. */
export const AT = Object.fromEntries(APPENDED_COLUMNS.map((column, index) => [column, index])) as Record<
  (typeof APPENDED_COLUMNS)[number],
  number
>;
/** Those of `COLUMNS`: to bind a payload where it is not wanted copies it. */
const PLACES = COLUMNS.map((column) => AT[column]);
export const parameter = (column: (typeof COLUMNS)[number]) => `?${COLUMNS.indexOf(column) + 1}`;
/** The number of the first parameter behind those. */
export const FURTHER = COLUMNS.length + 1;

/** Whether the log has a later state of the subject: only versions of the same first letter can be compared. */
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
      // The mark of a value says nothing of the event: an id of another account or of something else may be the same.
      "SELECT 1 FROM tombstones WHERE mark IN (SELECT value FROM json_each(?1) WHERE value NOT LIKE 'v%' UNION ALL SELECT ?2) " +
        "AND source IN (?3, '*') AND tenant IN (?4, '*') " +
        // Without a time of its own, nobody can tell what is late from what is new.
        'AND (lasting OR erased_at >= ?5 OR ?5 = ?6 OR erased_at > ?6 - ?7) LIMIT 1',
    );
    this.#activity = new ActivityCounter(database);
  }

  /** In the caller's transaction. */
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
    // All at once, and only what is there in the end.
    this.#people.add(people);
    this.#hashes.flush();
    if (last > 0) this.#hashes.sort(last);
    this.#activity.add(rows.filter((_row, index) => Number(answers[index]) > 0).map(countedIn));
    return answers;
  }

  /** @param key the hash of the event's key where it may be there already. */
  #append(row: Row, key: number | null, mayBeHeldBack: boolean, people: Value[]): number | string {
    // Counted with the others afterwards, where it would take all of them along.
    if (!Number.isSafeInteger(row[AT.occurred_at])) return 'its time is no whole number of milliseconds';
    let seq: number | null = null;
    try {
      const there = key === null ? null : this.#seqOf(key, row);
      if (there !== null) return -there;
      seq = Number(this.#insertEvent(row).lastInsertRowid);
      people.push(...this.#appendPersonal(seq, row, mayBeHeldBack && this.#isHeldBack(row)));
      return seq;
    } catch (error) {
      // A statement that fails takes back only itself, and its neighbours stay in the transaction.
      if (!maySpeakOfTheRow(error)) throw error;
      if (seq !== null) this.#delete.run(seq);
      if (!this.#takes(probeFor(row))) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The position of the event, if it is there. */
  #seqOf(key: number, row: Row): number | null {
    // Those that came before it in this append have to be found as well.
    this.#hashes.flush();
    const found = this.#find.get(key, row[AT.source]!, row[AT.event_id]!);
    return found ? Number(found['seq']) : null;
  }

  /** Whether the log takes this row, which is taken back. */
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
   * Keeps what a revision says of the people of an event, at a place of its own. Says whether it was held back: it may be about
   * somebody who was erased, which nobody knew of the event before.
   */
  keepPersonal(seq: number, place: number, row: Row): boolean {
    const isHeldBack = this.#hasTombstones.get() !== undefined && this.#isHeldBack(row);
    this.#people.add(this.#appendPersonal(seq, row, isHeldBack, place));
    return isHeldBack;
  }

  #insertEvent(row: Row) {
    return this.#insert.run(...valuesOf(row));
  }

  /** What the index of people is to have of the event. */
  #appendPersonal(seq: number, row: Row, isHeldBack: boolean, place = seq): Value[] {
    const valueOf = (column: keyof typeof AT) => (isHeldBack ? null : (row[AT[column]] ?? null));
    const marks = valueOf('marks');
    this.#insertPersonal.run(place, valueOf('personal'), valueOf('raw'), marks, valueOf('personal_checksum'));
    return marks === null ? [] : entriesOf(String(marks), seq);
  }

  /** What was erased stays so: an event that comes late does not bring its person back. */
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

/** The parameters of a row. */
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
  // Without a result code the value could not even be bound.
  if (typeof code !== 'number') return error instanceof TypeError;
  return OF_THE_ROW.has(code & 0xff) && !OF_A_KEY.has(code);
}
