import type { Marked, Memory } from '../../events/tombstone.ts';
import { TOMBSTONE_COLUMNS, fromTombstoneRow } from '../tombstone-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { decode } from './row.ts';
import { NAMING } from './statements.ts';

export const TOMBSTONES = statement(`SELECT ${TOMBSTONE_COLUMNS.join(', ')} FROM hookcast.tombstones`);
/** Lists marks of rows after one position or id, up to another. */
export const LIST_MARKS = {
  events: statement(
    'SELECT seq, array_to_json(marks)::text FROM hookcast.events ' +
      'WHERE seq > ?::bigint AND seq <= ?::bigint AND marks IS NOT NULL ORDER BY seq',
  ),
  quarantine: statement(
    'SELECT id, array_to_json(marks)::text FROM hookcast.quarantine ' +
      'WHERE id > ?::bigint AND id <= ?::bigint AND marks IS NOT NULL ORDER BY id',
  ),
} as const;

/** Marks and tombstones: what the log remembers of people without knowing them. */
export class PostgresMemory implements Memory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async forgotten(): ReturnType<Memory['forgotten']> {
    const [[salt, , formerUpTo] = []] = await this.#database.ask(NAMING, []);
    const rows = await this.#database.ask(TOMBSTONES, []);
    return {
      salt: String(salt),
      formerUpTo: Number(formerUpTo),
      tombstones: rows.map((row) => fromTombstoneRow(decode(TOMBSTONE_COLUMNS, row))),
    };
  }

  async marks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]> {
    const rows = await this.#database.ask(LIST_MARKS[of], [after, upTo]);
    return rows.map(([id, marks]) => ({ id: Number(id), marks: JSON.parse(String(marks)) as string[] }));
  }
}
