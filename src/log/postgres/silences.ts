import type { SilenceRecord } from '../../events/told-silence.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { KNOWS } from './statements.ts';
import { fromText, toText } from './text.ts';

/** Returns a row only to the gateway that noted the silence first. */
export const BEGIN_SILENCE = statement(
  `INSERT INTO hookcast.silences (source, since_at) SELECT ?::text, ?::bigint WHERE ${KNOWS} ON CONFLICT DO NOTHING RETURNING 1`,
);
/** Returns the start of the silence, only to the gateway that ended it. */
export const END_SILENCE = statement(
  `DELETE FROM hookcast.silences WHERE ${KNOWS} AND source = ?::text RETURNING since_at`,
);
export const LIST_SILENCES = statement('SELECT source, since_at FROM hookcast.silences');

/** The silences of sources that were reported. */
export class PostgresSilences implements SilenceRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(source: string, since: number): Promise<boolean> {
    return (await this.#database.ask(BEGIN_SILENCE, [toText(source), since], 'written')).length === 1;
  }

  async end(source: string): Promise<number | null> {
    const [row] = await this.#database.ask(END_SILENCE, [toText(source)], 'written');
    return row ? Number(row[0]) : null;
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.ask(LIST_SILENCES, []);
    return new Map(rows.map(([source, since]) => [fromText(String(source)), Number(since)]));
  }
}
