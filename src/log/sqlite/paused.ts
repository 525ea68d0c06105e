import type { DatabaseSync } from 'node:sqlite';
import { PAUSED_COLUMNS } from '../paused-row.ts';
import type { Row } from '../value.ts';
import { countTokenChange } from './tokens.ts';

const COLUMNS = PAUSED_COLUMNS.join(', ');
export const SELECT_PAUSED = `SELECT ${COLUMNS} FROM paused ORDER BY source`;

/** Each of these is done in the caller's transaction. A row as `PAUSED_COLUMNS`. */
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
