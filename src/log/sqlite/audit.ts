import type { DatabaseSync } from 'node:sqlite';
import { APART, type AuditRequest } from '../../events/audit.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS } from '../audit-row.ts';
import type { Row, Value } from '../value.ts';

/** Rows that are deleted in one transaction. */
export const AUDIT_PIECE = 500;

/** Entries with rows as `AUDIT_COLUMNS`, in the order of the direction. */
export function selectAudit(request: AuditRequest): { readonly sql: string; readonly parameters: Value[] } {
  const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, since, limit } = request;
  // From about there, by the index of times: what is older is not looked at.
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

/** With rows as `NEW_AUDIT_COLUMNS`, in the caller's transaction. */
export function recordAudit(database: DatabaseSync, rows: readonly Row[]): void {
  const insert = database.prepare(
    `INSERT INTO audit (${NEW_AUDIT_COLUMNS.join(', ')}) VALUES (${NEW_AUDIT_COLUMNS.map(() => '?').join(', ')})`,
  );
  for (const row of rows) insert.run(...row);
}

/** A piece of them, in the caller's transaction. How many. */
export function trimAudit(database: DatabaseSync, notedBefore: number): number {
  const { changes } = database
    .prepare('DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE noted_at < ? ORDER BY noted_at LIMIT ?)')
    .run(notedBefore, AUDIT_PIECE);
  return Number(changes);
}
