import type { Paused, PausedRecord } from '../../events/paused.ts';
import { PAUSED_COLUMNS, fromPausedRow, toPausedRow } from '../paused-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { toText } from './text.ts';
import { CHANGED } from './tokens.ts';

const COLUMNS = PAUSED_COLUMNS.join(', ');
const given = asRecords('?::text::jsonb', PAUSED_COLUMNS);

export const LIST_PAUSED = statement(`SELECT ${COLUMNS} FROM hookcast.paused ORDER BY source`);
/** Returns the pause that holds: the one that was there before, or the given one. */
export const PAUSE_SOURCE = statement(
  `WITH ${CHANGED} INSERT INTO hookcast.paused AS paused (${COLUMNS}) SELECT ${COLUMNS} FROM ${given}, changed ` +
    // This update changes nothing. Without it, an existing row would not be returned.
    'ON CONFLICT (source) DO UPDATE SET source = paused.source ' +
    `RETURNING ${PAUSED_COLUMNS.map((column) => `paused.${column}`).join(', ')}`,
);
export const RESUME_SOURCE = statement(
  `WITH ${CHANGED} DELETE FROM hookcast.paused USING changed WHERE source = ? RETURNING 1`,
);

export class PostgresPauses implements PausedRecord {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pause(paused: Paused): Promise<Paused> {
    const records = toRecords(PAUSED_COLUMNS, [toPausedRow(paused)]);
    const [row = []] = await this.#database.ask(PAUSE_SOURCE, [records], 'written');
    return fromPausedRow(decode(PAUSED_COLUMNS, row));
  }

  async resume(source: string): Promise<boolean> {
    return (await this.#database.ask(RESUME_SOURCE, [toText(source)], 'written')).length === 1;
  }

  async list(): Promise<readonly Paused[]> {
    return (await this.#database.ask(LIST_PAUSED, [])).map((row) => fromPausedRow(decode(PAUSED_COLUMNS, row)));
  }
}
