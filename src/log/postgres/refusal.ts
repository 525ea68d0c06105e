import postgres from 'postgres';
import { OF_ANOTHER_LOG } from './names.ts';

/** What is wrong with a server or a URL in a way that does not go by itself: somebody has to change something. */
export class Refusal extends Error {}

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

/**
 * SQLSTATE classes of what goes by itself: an operator's intervention or a time that is up (57), no resources (53), no connection
 * (08), and somebody else's lock (40, 55P03). PgBouncer 1.18 reports every error as 08P01, a violation of the protocol: that its
 * server is gone, and that it is set up in a way that will never do.
 */
const PASSING = /^(?:57|53|08|40|55P03)/;
const PROTOCOL_VIOLATION = '08P01';
const PASSING_OF_A_POOLER =
  /server login has been failing|cannot connect|conn crashed|closed the connection|timeout|no more connections|pgbouncer (?:is )?(?:shutting|paus)|SHUTDOWN|starting up/i;

/** Whether it may go by itself: not a password that is wrong, nor a database or a right that is missing. */
export function mayPass(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(mayPass);
  if (error instanceof Refusal) return false;
  if (!(error instanceof postgres.PostgresError)) return true;
  if (error.code === PROTOCOL_VIOLATION) return PASSING_OF_A_POOLER.test(error.message);
  return PASSING.test(error.code);
}

/**
 * States in which a connection is of no more use: a transaction that failed and was never ended (25P02), one that may
 * only read since the server became a standby (25006), and statements or settings that are gone (26000, 42P05, 42704), as
 * when a pooler gives the session to others.
 */
const SPOILT = /^(?:25...|26000|42P05|42704|08...|57P..)$/;

/** Whether a connection that has said so may not be asked again. */
export function spoils(error: unknown): boolean {
  return !(error instanceof postgres.PostgresError) || SPOILT.test(error.code);
}

/** Whether the server has no more connections to give. */
export function isFull(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isFull);
  return error instanceof postgres.PostgresError && error.code === '53300';
}

/** Whether marks were made with a secret that is not the log's. */
export function isOfAnotherLog(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === OF_ANOTHER_LOG;
}
