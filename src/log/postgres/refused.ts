import type { Keeping, ListedRefused, NewRefused, Refused, RefusedRecord, RefusedRoom } from '../../events/refused.ts';
import {
  LISTED_REFUSED_COLUMNS,
  NEW_REFUSED_COLUMNS,
  REFUSED_COLUMNS,
  fromListedRefusedRow,
  fromRefusedRow,
  placesFor,
  toKeeping,
  toRefusedRow,
} from '../refused-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS } from './statements.ts';
import { toText } from './text.ts';

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
/** Returns source and digest of each new delivery. */
export const KEEP_REFUSED = statement(
  `INSERT INTO hookcast.refused (${NEW}) SELECT ${NEW} FROM ${asRecords('?::text::jsonb', NEW_REFUSED_COLUMNS)} ` +
    `WHERE ${KNOWS} ORDER BY place ON CONFLICT DO NOTHING RETURNING source, digest`,
);
export const DROP_REFUSED = statement(`DELETE FROM hookcast.refused WHERE ${KNOWS} AND id = ?::bigint RETURNING 1`);
export const EXPIRE_REFUSED = statement(
  `WITH gone AS (DELETE FROM hookcast.refused WHERE ${KNOWS} AND expires_at <= ?::bigint RETURNING 1) ` +
    'SELECT count(*)::integer FROM gone',
);

/** Refused deliveries that may be tried again. */
export class PostgresRefused implements RefusedRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keep(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]> {
    const sums = await this.#database.ask(SUM_REFUSED, []);
    const kept = sums.map(
      ([source, sender, count, size]) => [String(source), String(sender), Number(count), Number(size)] as const,
    );
    // Several gateways may each take the last place, so a few more deliveries may be kept than there is room for.
    const places = placesFor(refused, kept, room);
    const rows = refused.filter((_one, index) => places[index]).map(toRefusedRow);
    const added =
      rows.length > 0 ? await this.#database.ask(KEEP_REFUSED, [toRecords(NEW_REFUSED_COLUMNS, rows)], 'written') : [];
    const isNew = new Set(added.map((row) => JSON.stringify(row)));
    return refused.map(({ source, digest }, index) =>
      toKeeping(places[index]!, isNew.delete(JSON.stringify([source, digest]))),
    );
  }

  async list({
    after = 0,
    limit,
    now,
    source = null,
  }: Parameters<RefusedRecord['list']>[0]): Promise<readonly ListedRefused[]> {
    const rows = await this.#database.ask(LIST_REFUSED, [after, now, source === null ? null : toText(source), limit]);
    return rows.map((row) => fromListedRefusedRow(decode(LISTED_REFUSED_COLUMNS, row)));
  }

  async count(now: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.ask(COUNT_REFUSED, [now]);
    return new Map(rows.map((row) => [String(decode(['source'], row)[0]), Number(row[1])]));
  }

  async find(id: number, now: number): Promise<Refused | null> {
    const [row] = await this.#database.ask(FIND_REFUSED, [id, now]);
    return row ? fromRefusedRow(decode(REFUSED_COLUMNS, row)) : null;
  }

  async drop(id: number): Promise<boolean> {
    return (await this.#database.ask(DROP_REFUSED, [id], 'written')).length === 1;
  }

  async expire(now: number): Promise<number> {
    return Number((await this.#database.ask(EXPIRE_REFUSED, [now], 'written'))[0]?.[0]);
  }
}
