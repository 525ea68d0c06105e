import type { DatabaseSync } from 'node:sqlite';
import { ANSWER_COLUMNS } from '../answer-count-row.ts';
import type { Row } from '../value.ts';

/** What is recorded from an hour on. */
export const SELECT_ANSWERS = `SELECT ${ANSWER_COLUMNS.join(', ')} FROM answers WHERE hour >= ? ORDER BY source, outcome, hour`;

/** Adds answers, with rows as `ANSWER_COLUMNS`, in the caller's transaction. */
export function recordAnswers(database: DatabaseSync, rows: readonly Row[]): void {
  const record = database.prepare(
    `INSERT INTO answers (${ANSWER_COLUMNS.join(', ')}) VALUES (${ANSWER_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT DO UPDATE SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)',
  );
  for (const row of rows) record.run(...row);
}
