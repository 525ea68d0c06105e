import { APART, type AuditEntry, type AuditRecord, type AuditRequest, type NewAuditEntry } from '../../events/audit.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS, fromAuditRow, toAuditRow } from '../audit-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const NEW = NEW_AUDIT_COLUMNS.join(', ');
const list = (order: 'ASC' | 'DESC') => {
  const between = `SELECT ${AUDIT_COLUMNS.join(', ')} FROM hookcast.audit WHERE id > ?::bigint AND id < ?::bigint`;
  // The index of times gives an id from which to read, so that older entries are not read.
  const ofSince =
    'noted_at >= ?::bigint AND id > coalesce((SELECT id FROM hookcast.audit WHERE noted_at < ?::bigint ORDER BY noted_at DESC LIMIT 1), 0)';
  const end = `ORDER BY id ${order} LIMIT ?::bigint`;
  return { all: statement(`${between} ${end}`), since: statement(`${between} AND ${ofSince} ${end}`) };
};
export const LIST_AUDIT = { forward: list('ASC'), backward: list('DESC') } as const;
export const RECORD_AUDIT = statement(
  `INSERT INTO hookcast.audit (${NEW}) SELECT ${NEW} FROM ${asRecords('?::text::jsonb', NEW_AUDIT_COLUMNS)} ` +
    `WHERE ${KNOWS} ORDER BY place`,
);
export const TRIM_AUDIT = statement(
  `WITH gone AS (DELETE FROM hookcast.audit WHERE ${KNOWS} AND noted_at < ?::bigint RETURNING 1) SELECT count(*)::integer FROM gone`,
);

/** The record of what was done, and by whom. */
export class PostgresAudit implements AuditRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(entries: readonly NewAuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#database.ask(RECORD_AUDIT, [toRecords(NEW_AUDIT_COLUMNS, entries.map(toAuditRow))], 'written');
  }

  async list(request: AuditRequest): Promise<readonly AuditEntry[]> {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, since, limit } = request;
    const rows = await (since === undefined
      ? this.#database.ask(LIST_AUDIT[direction].all, [after, before, limit])
      : this.#database.ask(LIST_AUDIT[direction].since, [after, before, since, since - APART, limit]));
    const read = rows.map((row) => fromAuditRow(decode(AUDIT_COLUMNS, row)));
    return direction === 'forward' ? read : read.toReversed();
  }

  async trim(notedBefore: number): Promise<number> {
    return Number((await this.#database.ask(TRIM_AUDIT, [notedBefore], 'written'))[0]?.[0]);
  }
}
