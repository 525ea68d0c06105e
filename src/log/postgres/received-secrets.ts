import type { ReceivedSecret, ReceivedSecretStore } from '../../events/received-secret.ts';
import { BROUGHT_COLUMNS, fromReceivedSecretRow, toReceivedSecretRow } from '../received-secret-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { decode, encode } from './row.ts';
import { KNOWS } from './statements.ts';
import { toText } from './text.ts';

/**
 * Adds a secret, and deletes the oldest of its source beyond the given number. The deletion does not see the added row, hence the `- 1`.
 * Returns how many were deleted.
 */
export const KEEP_BROUGHT = statement(
  `WITH kept AS (INSERT INTO hookcast.brought (${BROUGHT_COLUMNS.join(', ')}) ` +
    `SELECT ?::text, ?::text, ?::bigint WHERE ${KNOWS} RETURNING id), ` +
    'gone AS (DELETE FROM hookcast.brought WHERE id IN (SELECT id FROM hookcast.brought ' +
    'WHERE source = ?::text ORDER BY id DESC OFFSET greatest(?::bigint - 1, 0)) RETURNING 1) SELECT count(*)::integer FROM gone',
);
/** The secrets of one source, or of all sources for null. */
export const LIST_BROUGHT = statement(
  `SELECT ${BROUGHT_COLUMNS.join(', ')} FROM hookcast.brought WHERE source = coalesce(?::text, source) ORDER BY id`,
);

export class PostgresReceivedSecrets implements ReceivedSecretStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keep(brought: ReceivedSecret, most: number): Promise<number> {
    const [source, secret, at] = encode(BROUGHT_COLUMNS, toReceivedSecretRow(brought));
    const rows = await this.#database.ask(KEEP_BROUGHT, [source!, secret!, at!, source!, most], 'written');
    return Number(rows[0]?.[0]);
  }

  async list(source?: string): Promise<readonly ReceivedSecret[]> {
    const rows = await this.#database.ask(LIST_BROUGHT, [source === undefined ? null : toText(source)]);
    return rows.map((row) => fromReceivedSecretRow(decode(BROUGHT_COLUMNS, row)));
  }
}
