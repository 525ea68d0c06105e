import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS } from '../audit-row.ts';
import { statement } from './connection.ts';
import { asRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const NEW = NEW_AUDIT_COLUMNS.join(', ');
const list = (order: 'ASC' | 'DESC') => {
  const between = `SELECT ${AUDIT_COLUMNS.join(', ')} FROM hookcast.audit WHERE id > ?::bigint AND id < ?::bigint`;
  // From about there, by the index of times: what is older is not looked at.
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
