import { SERVED_FOR, type TypesRecord } from '../../events/served.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { KNOWS, NOW } from './statements.ts';

/** Records which types a gateway serves, and counts the gateways that serve other types. */
export const RECORD_TYPES = statement(
  `WITH said AS (INSERT INTO hookcast.gateways (gateway, types, seen_at) SELECT mine.gateway, mine.types, ${NOW} ` +
    `FROM (SELECT ?::text AS gateway, ?::text AS types) AS mine WHERE ${KNOWS} ` +
    'ON CONFLICT (gateway) DO UPDATE SET types = excluded.types, seen_at = excluded.seen_at RETURNING gateway, types) ' +
    'SELECT count(*)::integer FROM hookcast.gateways AS other, said ' +
    `WHERE other.gateway <> said.gateway AND other.types <> said.types AND other.seen_at > ${NOW} - ${SERVED_FOR}`,
);
/** Deletes this gateway's row, and the rows of gateways that ended without deleting theirs. */
export const FORGET_TYPES = statement(
  `DELETE FROM hookcast.gateways WHERE ${KNOWS} AND (gateway = ? OR seen_at <= ${NOW} - ${SERVED_FOR})`,
);

export class PostgresTypes implements TypesRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async announce(gateway: string, types: string): Promise<number> {
    return Number((await this.#database.ask(RECORD_TYPES, [gateway, types], 'written'))[0]?.[0]);
  }

  async withdraw(gateway: string): Promise<void> {
    await this.#database.ask(FORGET_TYPES, [gateway], 'written');
  }
}
