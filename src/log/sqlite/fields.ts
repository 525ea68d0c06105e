import type { DatabaseSync } from 'node:sqlite';
import type { Field, FieldRecord, Sighting } from '../../events/drift.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import { FIELD_COLUMNS, fromFieldRow, toFieldRows } from '../field-row.ts';
import type { Row } from '../value.ts';
import type { Reader } from './reader.ts';
import { FIELDS } from './texts.ts';
import { countTokenChange } from './tokens.ts';
import type { WriteQueue } from './write-queue.ts';

/** Adds sightings, with rows as `FIELD_COLUMNS`, in the caller's transaction. */
export function recordFields(database: DatabaseSync, rows: readonly Row[]): void {
  const record = database.prepare(
    `INSERT INTO fields (${FIELD_COLUMNS.join(', ')}) VALUES (${FIELD_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT DO UPDATE SET count = count + excluded.count, ' +
      'first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = max(last_seen_at, excluded.last_seen_at)',
  );
  for (const row of rows) record.run(...row);
}

/** Marks the fields of the source, or of all, as expected, and tells the gateways. Returns how many were not expected before. */
export function expectFields(database: DatabaseSync, source: string | null): number {
  const expect = database.prepare('UPDATE fields SET expected = 1 WHERE NOT expected AND source = coalesce(?, source)');
  const count = Number(expect.run(source).changes);
  if (count > 0) countTokenChange(database);
  return count;
}

/** Records the fields that payloads have had so far. */
export class SqliteFields implements FieldRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async add(sightings: readonly Sighting[]): Promise<void> {
    // One piece after the other, so that appends can run in between.
    for (const rows of toFieldRows(sightings)) {
      await this.#queue.do({ kind: 'recordFields', rows: rows.map((row) => FIELDS.encode(row)) });
    }
  }

  async list(): Promise<readonly Field[]> {
    const sql = `SELECT ${FIELD_COLUMNS.join(', ')} FROM fields ORDER BY source, type, path, change`;
    return this.#reader.snapshot(() => this.#reader.all(sql).map((row) => fromFieldRow(FIELDS.decode(row))));
  }

  expect(source?: string): Promise<number> {
    return this.#queue.do({ kind: 'expectFields', source: source === undefined ? null : toUtf8Text(source) });
  }
}
