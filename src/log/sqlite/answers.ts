import type { DatabaseSync } from 'node:sqlite';
import type { AnswerCount, AnswerStore } from '../../events/answer-count.ts';
import { ANSWER_COLUMNS, fromAnswerRow, toAnswerRows } from '../answer-count-row.ts';
import type { Row } from '../value.ts';
import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

/** Selects the counts of an hour and of all later ones. */
const SELECT_ANSWERS = `SELECT ${ANSWER_COLUMNS.join(', ')} FROM answers WHERE hour >= ? ORDER BY source, outcome, hour`;

/** Adds answers, with rows as `ANSWER_COLUMNS`, in the caller's transaction. */
export function recordAnswers(database: DatabaseSync, rows: readonly Row[]): void {
  const record = database.prepare(
    `INSERT INTO answers (${ANSWER_COLUMNS.join(', ')}) VALUES (${ANSWER_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT DO UPDATE SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)',
  );
  for (const row of rows) record.run(...row);
}

/** Counts the answers to deliveries, hour by hour. */
export class SqliteAnswers implements AnswerStore {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  async add(answers: readonly AnswerCount[]): Promise<void> {
    if (answers.length > 0) await this.#queue.do({ kind: 'recordAnswers', rows: toAnswerRows(answers) });
  }

  async list(from: number): Promise<readonly AnswerCount[]> {
    return this.#reader.snapshot(() => this.#reader.all(SELECT_ANSWERS, from).map(fromAnswerRow));
  }
}
