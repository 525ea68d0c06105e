import type { DatabaseSync } from 'node:sqlite';
import { RECONCILING, type Reconciliation, type ReconciliationRecord } from '../../events/reconciliation.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import { RECONCILIATION_COLUMNS, fromReconciliationRow, toReconciliationRow } from '../reconciliation-row.ts';
import type { Row } from '../value.ts';
import type { Reader } from './reader.ts';
import { RECONCILIATIONS } from './texts.ts';
import type { WriteQueue } from './write-queue.ts';

const COLUMNS = RECONCILIATION_COLUMNS.join(', ');
/** Selects the reconciliations that have begun, without those that a holder has only taken. */
const SELECT_RECONCILIATIONS = `SELECT ${COLUMNS} FROM reconciliations WHERE run_at IS NOT NULL ORDER BY source`;

/**
 * Takes the turn to reconcile a source, in the caller's transaction. Returns the source's row, as `RECONCILIATION_COLUMNS`, or null
 * if another holder has the turn.
 */
export function takeReconciliation(database: DatabaseSync, source: string, holder: string): Row | null {
  const take = database.prepare(
    'INSERT INTO reconciliations (source, holder, held_until) VALUES (?1, ?2, ?3 + ?4) ON CONFLICT DO UPDATE ' +
      'SET holder = excluded.holder, held_until = excluded.held_until ' +
      // A `held_until` too far ahead means that the clock was put back: the turn is free then too.
      `WHERE holder IS NULL OR holder = ?2 OR held_until NOT BETWEEN ?3 AND ?3 + ?4 RETURNING ${COLUMNS}`,
  );
  take.setReturnArrays(true);
  return (take.get(source, holder, Date.now(), RECONCILING) as unknown as Row | undefined) ?? null;
}

/** Updates a source's row, in the caller's transaction. Returns whether the holder still had the turn. */
export function keepReconciliation(database: DatabaseSync, row: Row, holder: string): boolean {
  const { changes } = database
    .prepare(
      `UPDATE reconciliations SET ${RECONCILIATION_COLUMNS.map((column) => `${column} = ?`).join(', ')}, held_until = ? ` +
        'WHERE source = ? AND holder = ?',
    )
    .run(...row, Date.now() + RECONCILING, row[0]!, holder);
  return changes === 1;
}

export function endReconciliation(database: DatabaseSync, source: string, holder: string): null {
  database
    .prepare('UPDATE reconciliations SET holder = NULL, held_until = NULL WHERE source = ? AND holder = ?')
    .run(source, holder);
  return null;
}

/** Records how far each source is reconciled, and which holder has the turn. */
export class SqliteReconciliations implements ReconciliationRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async take(source: string, holder: string): Promise<Reconciliation | null> {
    const job = { kind: 'takeReconciliation', source: toUtf8Text(source), holder } as const;
    const row = await this.#queue.do<Row | null>(job);
    return row && fromReconciliationRow(RECONCILIATIONS.decode(row));
  }

  keep(reconciliation: Reconciliation, holder: string): Promise<boolean> {
    const row = RECONCILIATIONS.encode(toReconciliationRow(reconciliation));
    return this.#queue.do({ kind: 'keepReconciliation', row, holder });
  }

  async end(source: string, holder: string): Promise<void> {
    await this.#queue.do({ kind: 'endReconciliation', source: toUtf8Text(source), holder });
  }

  async list(): Promise<readonly Reconciliation[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_RECONCILIATIONS));
    return rows.map((row) => fromReconciliationRow(RECONCILIATIONS.decode(row)));
  }
}
