import type { DatabaseSync } from 'node:sqlite';
import { APART, type AuditEntry, type AuditRecord, type AuditRequest, type NewAuditEntry } from '../../events/audit.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS, fromAuditRow, toAuditRow } from '../audit-row.ts';
import type { Row, Value } from '../value.ts';
import { makeRoom } from './make-room.ts';
import type { Reader } from './reader.ts';
import { AUDIT, NEW_AUDIT } from './texts.ts';
import type { WriteQueue } from './write-queue.ts';

/** Rows that are deleted in one transaction. */
const AUDIT_PIECE = 500;

/** Selects entries as `AUDIT_COLUMNS`, in the order of the direction. */
function selectAudit(request: AuditRequest): { readonly sql: string; readonly parameters: Value[] } {
  const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, since, limit } = request;
  // The index of times gives the id from which on entries are read. Older entries are not read.
  const ofSince =
    'AND noted_at >= ? AND id > coalesce((SELECT id FROM audit WHERE noted_at < ? ORDER BY noted_at DESC LIMIT 1), 0) ';
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  return {
    sql:
      `SELECT ${AUDIT_COLUMNS.join(', ')} FROM audit WHERE id > ? AND id < ? ${since === undefined ? '' : ofSince}` +
      `ORDER BY id ${order} LIMIT ?`,
    parameters: [after, before, ...(since === undefined ? [] : [since, since - APART]), limit],
  };
}

/** Adds entries, with rows as `NEW_AUDIT_COLUMNS`, in the caller's transaction. */
export function recordAudit(database: DatabaseSync, rows: readonly Row[]): void {
  const insert = database.prepare(
    `INSERT INTO audit (${NEW_AUDIT_COLUMNS.join(', ')}) VALUES (${NEW_AUDIT_COLUMNS.map(() => '?').join(', ')})`,
  );
  for (const row of rows) insert.run(...row);
}

/** Deletes a piece of the old entries, in the caller's transaction. Returns how many. */
export function trimAudit(database: DatabaseSync, notedBefore: number): number {
  const { changes } = database
    .prepare('DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE noted_at < ? ORDER BY noted_at LIMIT ?)')
    .run(notedBefore, AUDIT_PIECE);
  return Number(changes);
}

/** Records what was done on the log, and who did it. */
export class SqliteAudit implements AuditRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async add(entries: readonly NewAuditEntry[]): Promise<void> {
    const rows = entries.map((entry) => NEW_AUDIT.encode(toAuditRow(entry)));
    if (rows.length > 0) await this.#queue.do({ kind: 'recordAudit', rows });
  }

  async list(request: AuditRequest): Promise<readonly AuditEntry[]> {
    const { sql, parameters } = selectAudit(request);
    const rows = this.#reader.snapshot(() => this.#reader.all(sql, ...parameters));
    const read = rows.map((row) => fromAuditRow(AUDIT.decode(row)));
    return request.direction === 'backward' ? read.toReversed() : read;
  }

  async trim(notedBefore: number): Promise<number> {
    for (let total = 0; ;) {
      const began = performance.now();
      const count = await this.#queue.do<number>({ kind: 'trimAudit', notedBefore });
      total += count;
      if (count < AUDIT_PIECE) return total;
      await makeRoom(began);
    }
  }
}
