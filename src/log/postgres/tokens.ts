import { TOKEN_COLUMNS } from '../token-row.ts';
import { statement } from './connection.ts';
import { asRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const COLUMNS = TOKEN_COLUMNS.join(', ');
/**
 * The row of the log is locked until the commit, so that changes are counted in the order in which they can be seen: a gateway
 * that has seen a number has seen all tokens up to it.
 */
export const CHANGED = `changed AS (UPDATE hookcast.log SET token_changes = token_changes + 1 WHERE ${KNOWS} RETURNING 1)`;
const given = `${asRecords('?::text::jsonb', TOKEN_COLUMNS)}, changed`;

export const LIST_TOKENS = statement(`SELECT ${COLUMNS} FROM hookcast.tokens ORDER BY issued_at NULLS FIRST, token_id`);
export const TOKEN_CHANGES = statement('SELECT token_changes FROM hookcast.log');
export const KEEP_TOKEN = statement(
  `WITH ${CHANGED} INSERT INTO hookcast.tokens (${COLUMNS}) SELECT ${COLUMNS} FROM ${given}`,
);
export const REVOKE_TOKEN = statement(
  `WITH ${CHANGED} INSERT INTO hookcast.tokens AS token (${COLUMNS}) SELECT ${COLUMNS} FROM ${given} ` +
    'ON CONFLICT (token_id) DO UPDATE SET revoked_at = coalesce(token.revoked_at, excluded.revoked_at) ' +
    `RETURNING ${TOKEN_COLUMNS.map((column) => `token.${column}`).join(', ')}`,
);
/** In one order for all callers: two that lock the same rows in different orders would wait for each other. */
export const USE_TOKENS = statement(
  'WITH used AS (SELECT token.token_id, given.used_at AS at FROM hookcast.tokens AS token JOIN ' +
    `${asRecords('?::text::jsonb', ['token_id', 'used_at'])} ON token.token_id = given.token_id WHERE ${KNOWS} ORDER BY token.token_id FOR UPDATE OF token) ` +
    'UPDATE hookcast.tokens AS token SET used_at = greatest(token.used_at, used.at) FROM used WHERE token.token_id = used.token_id',
);
/** A token that was revoked and whose expiry is unknown is kept. */
export const TRIM_TOKENS = statement(`DELETE FROM hookcast.tokens WHERE ${KNOWS} AND expires_at < ?::bigint`);
