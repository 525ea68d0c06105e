import type { Token, TokenRecord, TokenUse } from '../../events/token.ts';
import { TOKEN_COLUMNS, fromTokenRow, revokedRow, toTokenRow } from '../token-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const COLUMNS = TOKEN_COLUMNS.join(', ');
/**
 * Counts a change of tokens. The log's row is locked until the commit, so changes are counted in the order in which they become
 * visible: a gateway that has seen a number has seen all changes up to it.
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
/** All callers lock rows in one order: two that lock the same rows in different orders would wait for each other. */
export const USE_TOKENS = statement(
  'WITH used AS (SELECT token.token_id, given.used_at AS at FROM hookcast.tokens AS token JOIN ' +
    `${asRecords('?::text::jsonb', ['token_id', 'used_at'])} ON token.token_id = given.token_id WHERE ${KNOWS} ORDER BY token.token_id FOR UPDATE OF token) ` +
    'UPDATE hookcast.tokens AS token SET used_at = greatest(token.used_at, used.at) FROM used WHERE token.token_id = used.token_id',
);
/** A token that was revoked and whose expiry is unknown is kept. */
export const TRIM_TOKENS = statement(`DELETE FROM hookcast.tokens WHERE ${KNOWS} AND expires_at < ?::bigint`);

export class PostgresTokens implements TokenRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keep(token: Token): Promise<void> {
    await this.#database.ask(KEEP_TOKEN, [toRecords(TOKEN_COLUMNS, [toTokenRow(token)])], 'written');
  }

  async revoke(id: string, at: number): Promise<Token> {
    const [row = []] = await this.#database.ask(
      REVOKE_TOKEN,
      [toRecords(TOKEN_COLUMNS, [revokedRow(id, at)])],
      'written',
    );
    return fromTokenRow(decode(TOKEN_COLUMNS, row));
  }

  async list(): Promise<readonly Token[]> {
    return (await this.#database.ask(LIST_TOKENS, [])).map((row) => fromTokenRow(decode(TOKEN_COLUMNS, row)));
  }

  async changes(): Promise<number> {
    return Number((await this.#database.ask(TOKEN_CHANGES, []))[0]?.[0]);
  }

  async use(uses: readonly TokenUse[]): Promise<void> {
    const rows = uses.map(({ id, at }) => [id, at]);
    if (uses.length > 0) await this.#database.ask(USE_TOKENS, [toRecords(['token_id', 'used_at'], rows)], 'written');
  }
}
