import type { Field, FieldRecord, Sighting } from '../../events/drift.ts';
import { FIELD_COLUMNS, fromFieldRow, toFieldRows } from '../field-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS } from './statements.ts';
import { toText } from './text.ts';
import { CHANGED } from './tokens.ts';

const FIELD_KEY = 'source, type, path, change';
// All callers lock rows in one order: two statements that lock the same rows in different orders wait for each other.
export const RECORD_FIELDS = statement(
  `INSERT INTO hookcast.fields AS field (${FIELD_COLUMNS.join(', ')}) ` +
    `SELECT ${FIELD_COLUMNS.join(', ')} FROM ${asRecords('?::text::jsonb', FIELD_COLUMNS)} WHERE ${KNOWS} ` +
    'ORDER BY source COLLATE "C", type COLLATE "C", path COLLATE "C", change COLLATE "C" ' +
    `ON CONFLICT (${FIELD_KEY}) DO UPDATE SET count = field.count + excluded.count, ` +
    'first_seen_at = least(field.first_seen_at, excluded.first_seen_at), ' +
    'last_seen_at = greatest(field.last_seen_at, excluded.last_seen_at)',
);
/**
 * Makes all fields of the source, or of any source, expected. Returns how many were not, and gateways hear of it. Two such statements at
 * once take the same locks in the same order: the log's row first, because the fields are read together with it.
 */
export const EXPECT_FIELDS = statement(
  `WITH ${CHANGED}, unexpected AS (` +
    `SELECT ${FIELD_KEY} FROM hookcast.fields, changed WHERE NOT expected AND source = coalesce(?, source) ` +
    `ORDER BY ${FIELD_KEY} FOR UPDATE OF fields), ` +
    'accepted AS (UPDATE hookcast.fields AS field SET expected = true FROM unexpected AS one ' +
    'WHERE (field.source, field.type, field.path, field.change) = (one.source, one.type, one.path, one.change) RETURNING 1) ' +
    'SELECT count(*) FROM accepted',
);
export const LIST_FIELDS = statement(`SELECT ${FIELD_COLUMNS.join(', ')} FROM hookcast.fields ORDER BY ${FIELD_KEY}`);

/** The fields that payloads have had so far. */
export class PostgresFields implements FieldRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(sightings: readonly Sighting[]): Promise<void> {
    for (const rows of toFieldRows(sightings))
      await this.#database.write(RECORD_FIELDS, [toRecords(FIELD_COLUMNS, rows)]);
  }

  async list(): Promise<readonly Field[]> {
    return (await this.#database.ask(LIST_FIELDS, [])).map((row) => fromFieldRow(decode(FIELD_COLUMNS, row)));
  }

  async expect(source?: string): Promise<number> {
    const [[count] = []] = await this.#database.write(EXPECT_FIELDS, [source === undefined ? null : toText(source)]);
    return Number(count);
  }
}
