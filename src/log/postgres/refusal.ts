import postgres from 'postgres';
import { OF_ANOTHER_LOG } from './names.ts';

/** A fault of a server or a URL that does not pass by itself: somebody has to change something. */
export class Refusal extends Error {}

/**
 * SQLSTATE classes of errors about values and not about the server: data exceptions, constraints, and limits that a value
 * exceeds (an index entry has at most 2,704 bytes).
 */
const OF_THE_VALUES = new Set(['22', '23', '54']);

/** Never an error about values here: the server draws our unique positions, and other inserts have ON CONFLICT. */
const UNIQUE_VIOLATION = '23505';

/** Whether the server may have refused these values only, and would take others. `probeFor` finds out. */
export function speaksOfValues(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return false;
  return OF_THE_VALUES.has(error.code.slice(0, 2)) && error.code !== UNIQUE_VIOLATION;
}

/** Whether a statement has divided by zero, as `PROBE` does to roll itself back. */
export function isTakenBack(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === '22012';
}

/** What went wrong, for the log. The message of an error about values is left out, since it may quote them. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof postgres.PostgresError)) return (error as Error).message || String(error);
  return speaksOfValues(error) ? `PostgreSQL ${error.code}` : `PostgreSQL ${error.code}, ${error.message}`;
}

/**
 * SQLSTATE classes of errors that pass by themselves: an operator's intervention or a timeout (57), no resources (53), no connection
 * (08), and somebody else's lock (40, 55P03). PgBouncer 1.18 reports every error as 08P01, a violation of the protocol: both that its
 * server is gone and that its setup can never work.
 */
const PASSING = /^(?:57|53|08|40|55P03)/;
const PROTOCOL_VIOLATION = '08P01';
const PASSING_OF_A_POOLER =
  /server login has been failing|cannot connect|conn crashed|closed the connection|timeout|no more connections|pgbouncer (?:is )?(?:shutting|paus)|SHUTDOWN|starting up/i;
/** PgBouncer's words for its `max_client_conn`, and for a client that waited too long for a server's connection. */
const FULL_POOLER = /no more connections|query_wait_timeout/i;

/** Whether an error may pass by itself. A wrong password, a missing database or a missing right does not. */
export function mayPass(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(mayPass);
  if (error instanceof Refusal) return false;
  if (!(error instanceof postgres.PostgresError)) return true;
  if (error.code === PROTOCOL_VIOLATION) return PASSING_OF_A_POOLER.test(error.message);
  return PASSING.test(error.code);
}

/**
 * SQLSTATEs after which a connection is of no use: its transaction failed and was never ended (25P02), it may only read since the
 * server became a standby (25006), or its statements or settings are gone (26000, 42P05, 42704), for example because a pooler gave the
 * session to others.
 */
const SPOILT = /^(?:25...|26000|42P05|42704|08...|57P..)$/;

/** Whether a connection may not be used again after this error. */
export function spoils(error: unknown): boolean {
  return !(error instanceof postgres.PostgresError) || SPOILT.test(error.code);
}

/** The server, or what stands before it, did not answer in time. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/** Whether all hosts were silent. A pooler that has no more connections to give lets its clients wait. */
export function isSilent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isSilent);
  return error instanceof NoAnswer;
}

/** Whether the server, or a pooler before it, has no more connections to give. */
export function isFull(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isFull);
  if (!(error instanceof postgres.PostgresError)) return false;
  return error.code === '53300' || (error.code === PROTOCOL_VIOLATION && FULL_POOLER.test(error.message));
}

/** Whether an append failed because its marks were made with the secret of another log. */
export function isOfAnotherLog(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === OF_ANOTHER_LOG;
}
