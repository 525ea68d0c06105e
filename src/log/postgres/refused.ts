import { LISTED_REFUSED_COLUMNS, NEW_REFUSED_COLUMNS, REFUSED_COLUMNS } from '../refused-row.ts';
import { statement } from './connection.ts';
import { asRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const NEW = NEW_REFUSED_COLUMNS.join(', ');
export const LIST_REFUSED = statement(
  `SELECT ${LISTED_REFUSED_COLUMNS.join(', ')} FROM hookcast.refused ` +
    'WHERE id > ?::bigint AND expires_at > ?::bigint AND source = coalesce(?, source) ORDER BY id LIMIT ?::bigint',
);
export const FIND_REFUSED = statement(
  `SELECT ${REFUSED_COLUMNS.join(', ')} FROM hookcast.refused WHERE id = ?::bigint AND expires_at > ?::bigint`,
);
export const COUNT_REFUSED = statement(
  'SELECT source, count(*) FROM hookcast.refused WHERE expires_at > ?::bigint GROUP BY source',
);
export const SUM_REFUSED = statement(
  'SELECT source, sender, count(*), sum(size)::bigint FROM hookcast.refused GROUP BY source, sender',
);
/** Answers the digests of those that are new. */
export const KEEP_REFUSED = statement(
  `INSERT INTO hookcast.refused (${NEW}) SELECT ${NEW} FROM ${asRecords('?::text::jsonb', NEW_REFUSED_COLUMNS)} ` +
    `WHERE ${KNOWS} ORDER BY place ON CONFLICT DO NOTHING RETURNING source, digest`,
);
export const DROP_REFUSED = statement(`DELETE FROM hookcast.refused WHERE ${KNOWS} AND id = ?::bigint RETURNING 1`);
export const EXPIRE_REFUSED = statement(
  `WITH gone AS (DELETE FROM hookcast.refused WHERE ${KNOWS} AND expires_at <= ?::bigint RETURNING 1) ` +
    'SELECT count(*)::integer FROM gone',
);
