import type { ReceivedSecret, ReceivedSecretStore } from '../../events/received-secret.ts';
import { BROUGHT_COLUMNS, fromReceivedSecretRow, toReceivedSecretRow } from '../received-secret-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { decode, encode } from './row.ts';
import { KNOWS } from './statements.ts';
import { toText } from './text.ts';

/** Keeps one, and of its source the newest of them, the one that is added not counted. How many were let go of. */
export const KEEP_BROUGHT = statement(
  `WITH kept AS (INSERT INTO hookcast.brought (${BROUGHT_COLUMNS.join(', ')}) ` +
    `SELECT ?::text, ?::text, ?::bigint WHERE ${KNOWS} RETURNING id), ` +
    'gone AS (DELETE FROM hookcast.brought WHERE id IN (SELECT id FROM hookcast.brought ' +
    'WHERE source = ?::text ORDER BY id DESC OFFSET greatest(?::bigint - 1, 0)) RETURNING 1) SELECT count(*)::integer FROM gone',
);
/** Of one source, or of all. */
export const LIST_BROUGHT = statement(
  `SELECT ${BROUGHT_COLUMNS.join(', ')} FROM hookcast.brought WHERE source = coalesce(?::text, source) ORDER BY id`,
);

/** The secrets that senders have brought. */
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
