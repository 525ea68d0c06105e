import type { DatabaseSync } from 'node:sqlite';
import type { Token, TokenRecord, TokenUse } from '../../events/token.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import { TOKEN_COLUMNS, fromTokenRow, revokedRow, toTokenRow } from '../token-row.ts';
import type { Row } from '../value.ts';
import type { Reader } from './reader.ts';
import { TOKENS } from './texts.ts';
import type { WriteQueue } from './write-queue.ts';

export const SELECT_TOKENS = `SELECT ${TOKEN_COLUMNS.join(', ')} FROM tokens ORDER BY issued_at, token_id`;
export const SELECT_TOKEN_CHANGES = 'SELECT token_changes FROM log';

const INSERT = `INSERT INTO tokens (${TOKEN_COLUMNS.join(', ')}) VALUES (${TOKEN_COLUMNS.map(() => '?').join(', ')})`;

/** This and the functions below run in the caller's transaction. */
export function keepToken(database: DatabaseSync, row: Row): void {
  database.prepare(INSERT).run(...row);
  countTokenChange(database);
}

/** Revokes a token, and returns its row as `TOKEN_COLUMNS`. */
export function revokeToken(database: DatabaseSync, id: string, at: number): Row {
  database
    .prepare(`${INSERT} ON CONFLICT DO UPDATE SET revoked_at = coalesce(revoked_at, excluded.revoked_at)`)
    .run(...revokedRow(id, at));
  countTokenChange(database);
  const select = database.prepare(`SELECT ${TOKEN_COLUMNS.join(', ')} FROM tokens WHERE token_id = ?`);
  select.setReturnArrays(true);
  return select.get(id) as unknown as Row;
}

export function useTokens(database: DatabaseSync, uses: readonly TokenUse[]): void {
  const use = database.prepare('UPDATE tokens SET used_at = max(coalesce(used_at, 0), ?) WHERE token_id = ?');
  for (const { id, at } of uses) use.run(at, id);
}

/** Deletes expired tokens. A revoked token whose expiry is unknown is kept. */
export function trimTokens(database: DatabaseSync, expiredBefore: number): void {
  database.prepare('DELETE FROM tokens WHERE expires_at < ?').run(expiredBefore);
}

/** Counts a change of tokens, paused sources or expected fields. Gateways only query this number, and look again when it changes. */
export function countTokenChange(database: DatabaseSync): void {
  database.exec('UPDATE log SET token_changes = token_changes + 1');
}

/** The tokens that the log knows. */
export class SqliteTokens implements TokenRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async keep(token: Token): Promise<void> {
    await this.#queue.do({ kind: 'keepToken', row: TOKENS.encode(toTokenRow(token)) });
  }

  async revoke(id: string, at: number): Promise<Token> {
    const row = await this.#queue.do<Row>({ kind: 'revokeToken', id: toUtf8Text(id), at });
    return fromTokenRow(TOKENS.decode(row));
  }

  async list(): Promise<readonly Token[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_TOKENS));
    return rows.map((row) => fromTokenRow(TOKENS.decode(row)));
  }

  async changes(): Promise<number> {
    return Number(this.#reader.snapshot(() => this.#reader.one(SELECT_TOKEN_CHANGES)));
  }

  async use(uses: readonly TokenUse[]): Promise<void> {
    const encoded = uses.map(({ id, at }) => ({ id: toUtf8Text(id), at }));
    if (uses.length > 0) await this.#queue.do({ kind: 'useTokens', uses: encoded });
  }
}
