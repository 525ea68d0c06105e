import { RECONCILING, type Reconciliation, type ReconciliationRecord } from '../../events/reconciliation.ts';
import { RECONCILIATION_COLUMNS, fromReconciliationRow, toReconciliationRow } from '../reconciliation-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS, NOW } from './statements.ts';
import { toText } from './text.ts';

const COLUMNS = RECONCILIATION_COLUMNS.join(', ');
const OF_IT = RECONCILIATION_COLUMNS.map((column) => `known.${column}`).join(', ');
const KEPT = RECONCILIATION_COLUMNS.filter((column) => column !== 'source');

/** Reconciliations that have begun. One whose turn was only taken is left out. */
export const LIST_RECONCILIATIONS = statement(
  `SELECT ${COLUMNS} FROM hookcast.reconciliations WHERE run_at IS NOT NULL ORDER BY source`,
);
/** Takes the turn, and returns what is known of the source. Returns no row while another has the turn. */
export const TAKE_RECONCILIATION = statement(
  'INSERT INTO hookcast.reconciliations AS known (source, holder, held_until) ' +
    `SELECT mine.source, mine.holder, ${NOW} + ${RECONCILING} FROM (SELECT ?::text AS source, ?::text AS holder) AS mine WHERE ${KNOWS} ` +
    'ON CONFLICT (source) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until ' +
    'WHERE known.holder IS NULL OR known.holder = excluded.holder OR ' +
    // This also frees the turn if the clock was put back meanwhile.
    `known.held_until NOT BETWEEN ${NOW} AND ${NOW} + ${RECONCILING} RETURNING ${OF_IT}`,
);
/** Returns a row if the holder still had the turn. */
export const KEEP_RECONCILIATION = statement(
  `UPDATE hookcast.reconciliations AS known SET held_until = ${NOW} + ${RECONCILING}, ` +
    `${KEPT.map((column) => `${column} = given.${column}`).join(', ')} ` +
    `FROM ${asRecords('?::text::jsonb', RECONCILIATION_COLUMNS)} WHERE ${KNOWS} AND known.source = given.source AND known.holder = ?::text RETURNING 1`,
);
export const END_RECONCILIATION = statement(
  'UPDATE hookcast.reconciliations SET holder = NULL, held_until = NULL ' +
    `WHERE ${KNOWS} AND source = ?::text AND holder = ?::text`,
);

/** How far sources are reconciled, and who has the turn. */
export class PostgresReconciliations implements ReconciliationRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async take(source: string, holder: string): Promise<Reconciliation | null> {
    const [row] = await this.#database.ask(TAKE_RECONCILIATION, [toText(source), holder], 'written');
    return row ? fromReconciliationRow(decode(RECONCILIATION_COLUMNS, row)) : null;
  }

  async keep(reconciliation: Reconciliation, holder: string): Promise<boolean> {
    const records = toRecords(RECONCILIATION_COLUMNS, [toReconciliationRow(reconciliation)]);
    return (await this.#database.ask(KEEP_RECONCILIATION, [records, holder], 'written')).length === 1;
  }

  async end(source: string, holder: string): Promise<void> {
    await this.#database.ask(END_RECONCILIATION, [toText(source), holder], 'written');
  }

  async list(): Promise<readonly Reconciliation[]> {
    const rows = await this.#database.ask(LIST_RECONCILIATIONS, []);
    return rows.map((row) => fromReconciliationRow(decode(RECONCILIATION_COLUMNS, row)));
  }
}
