import type { AnswerCount } from '../events/answer-count.ts';
import type { Row } from './value.ts';

/** The hour is first in the key too, since queries ask for the newest hours. */
export const ANSWER_COLUMNS = ['hour', 'source', 'outcome', 'count', 'last_at'] as const;

/** The rows of answers. Each hour, source and outcome has one row, since one statement can't change a row twice. */
export function toAnswerRows(answers: readonly AnswerCount[]): Row[] {
  const merged = new Map<string, AnswerCount>();
  for (const answer of answers) {
    const key = JSON.stringify([answer.hour, answer.source, answer.outcome]);
    const before = merged.get(key);
    const count = answer.count + (before?.count ?? 0);
    merged.set(key, { ...answer, count, lastAt: Math.max(answer.lastAt, before?.lastAt ?? -Infinity) });
  }
  return [...merged.values()].map(({ hour, source, outcome, count, lastAt }) => [hour, source, outcome, count, lastAt]);
}

/** The answer of a row that was selected as `ANSWER_COLUMNS`. */
export function fromAnswerRow([hour, source, outcome, count, lastAt]: Row): AnswerCount {
  return { source, outcome, hour, count, lastAt } as AnswerCount;
}
