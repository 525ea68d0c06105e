import postgres from 'postgres';
import { OF_ANOTHER_LOG } from './names.ts';

/**
 * SQLSTATE classes that speak of the values and not of the server: data exceptions, constraints, and limits that a value
 * exceeds (an index entry has at most 2,704 bytes).
 */
const OF_THE_VALUES = new Set(['22', '23', '54']);

/** Ours are unique by positions that the server draws, or are asked for with ON CONFLICT. */
const UNIQUE_VIOLATION = '23505';

/** Whether the server may have refused what it was given, and would take something else. `probeFor` finds out. */
export function speaksOfValues(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return false;
  return OF_THE_VALUES.has(error.code.slice(0, 2)) && error.code !== UNIQUE_VIOLATION;
}

/** Whether a statement has divided by zero, as one that is to be taken back does (`PROBE`). */
export function isTakenBack(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === '22012';
}

/** What went wrong, for the log. Nothing of the values: in an error that speaks of them they may be quoted. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof postgres.PostgresError)) return (error as Error).message || String(error);
  return speaksOfValues(error) ? `PostgreSQL ${error.code}` : `PostgreSQL ${error.code}, ${error.message}`;
}

/** Whether it may go by itself: not a password that is wrong, nor a database or a right that is missing. */
export function mayPass(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(mayPass);
  return !(error instanceof postgres.PostgresError) || /^(?:57P|53|08)/.test(error.code);
}

/** Whether marks were made with a secret that is not the log's. */
export function isOfAnotherLog(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === OF_ANOTHER_LOG;
}
