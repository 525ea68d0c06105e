import type { AnswerCount, AnswerStore } from '../../events/answer-count.ts';
import { ANSWER_COLUMNS, fromAnswerRow, toAnswerRows } from '../answer-count-row.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { asRecords, decode, toRecords } from './row.ts';
import { KNOWS } from './statements.ts';

const ANSWER_KEY = 'hour, source, outcome';
export const RECORD_ANSWERS = statement(
  `INSERT INTO hookcast.answers AS answer (${ANSWER_COLUMNS.join(', ')}) ` +
    `SELECT ${ANSWER_COLUMNS.join(', ')} FROM ${asRecords('?::text::jsonb', ANSWER_COLUMNS)} WHERE ${KNOWS} ` +
    'ORDER BY hour, source COLLATE "C", outcome COLLATE "C" ' +
    `ON CONFLICT (${ANSWER_KEY}) DO UPDATE SET count = answer.count + excluded.count, ` +
    'last_at = greatest(answer.last_at, excluded.last_at)',
);
export const LIST_ANSWERS = statement(
  `SELECT ${ANSWER_COLUMNS.join(', ')} FROM hookcast.answers WHERE hour >= ?::bigint ORDER BY source, outcome, hour`,
);
export const FORGET_ANSWERS = statement(
  `DELETE FROM hookcast.answers WHERE (${ANSWER_KEY}) IN ` +
    `(SELECT ${ANSWER_KEY} FROM hookcast.answers WHERE ${KNOWS} AND hour <= ?::bigint ORDER BY ${ANSWER_KEY} FOR UPDATE)`,
);

/** How deliveries were answered, hour by hour. */
export class PostgresAnswers implements AnswerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(answers: readonly AnswerCount[]): Promise<void> {
    if (answers.length === 0) return;
    await this.#database.ask(RECORD_ANSWERS, [toRecords(ANSWER_COLUMNS, toAnswerRows(answers))], 'written');
  }

  async list(from: number): Promise<readonly AnswerCount[]> {
    const rows = await this.#database.ask(LIST_ANSWERS, [from]);
    return rows.map((row) => fromAnswerRow(decode(ANSWER_COLUMNS, row)));
  }
}
