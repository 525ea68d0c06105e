import type { DatabaseSync } from 'node:sqlite';
import type { Paused, PausedRecord } from '../../events/paused.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import { PAUSED_COLUMNS, fromPausedRow, toPausedRow } from '../paused-row.ts';
import type { Row } from '../value.ts';
import type { Reader } from './reader.ts';
import { PAUSED } from './texts.ts';
import { countTokenChange } from './tokens.ts';
import type { WriteQueue } from './write-queue.ts';

const COLUMNS = PAUSED_COLUMNS.join(', ');
const SELECT_PAUSED = `SELECT ${COLUMNS} FROM paused ORDER BY source`;

/** Both of these run in the caller's transaction. This one takes and returns a row as `PAUSED_COLUMNS`. */
export function pauseSource(database: DatabaseSync, row: Row): Row {
  database
    .prepare(
      `INSERT INTO paused (${COLUMNS}) VALUES (${PAUSED_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
    )
    .run(...row);
  countTokenChange(database);
  const select = database.prepare(`SELECT ${COLUMNS} FROM paused WHERE source = ?`);
  select.setReturnArrays(true);
  return select.get(row[0]!) as unknown as Row;
}

export function resumeSource(database: DatabaseSync, source: string): boolean {
  const { changes } = database.prepare('DELETE FROM paused WHERE source = ?').run(source);
  countTokenChange(database);
  return changes === 1;
}

/** The sources that are paused. */
export class SqlitePauses implements PausedRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async pause(paused: Paused): Promise<Paused> {
    const row = await this.#queue.do<Row>({ kind: 'pauseSource', row: PAUSED.encode(toPausedRow(paused)) });
    return fromPausedRow(PAUSED.decode(row));
  }

  resume(source: string): Promise<boolean> {
    return this.#queue.do({ kind: 'resumeSource', source: toUtf8Text(source) });
  }

  async list(): Promise<readonly Paused[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_PAUSED));
    return rows.map((row) => fromPausedRow(PAUSED.decode(row)));
  }
}
