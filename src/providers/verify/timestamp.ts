import { HookcastError } from '../../errors.ts';
import { parseInstant } from '../instant.ts';

/** How far the time of signing and the gateway's time may differ, in seconds. */
export interface Tolerance {
  /** Null if a delivery may have any age, since its sender repeats the old time at a retry. */
  readonly past: number | null;
  /** Null if the provider's own library accepts any. */
  readonly future: number | null;
}

/** How a time is written: in seconds or milliseconds since 1970, or in ISO 8601, which is UTC if it names no zone. */
export type TimeUnit = 's' | 'ms' | 'iso';

/** Seconds since 1970, as every provider writes them. Other texts that a parser might read as a number are no time. */
const SECONDS = /^(?:0|[1-9]\d{0,11})$/;

const MILLISECONDS = /^(?:0|[1-9]\d{0,14})$/;

export function isTimestamp(text: string | undefined): text is string {
  return text !== undefined && SECONDS.test(text);
}

/** The moment of a text, in milliseconds since 1970; null if it is not a time. */
export function momentOf(text: string, unit: TimeUnit): number | null {
  if (unit === 'iso') return parseInstant(text)?.at ?? null;
  if (unit === 's') return SECONDS.test(text) ? Number(text) * 1000 : null;
  return MILLISECONDS.test(text) ? Number(text) : null;
}

/** Writes a moment. */
export function writeMoment(at: Date, unit: TimeUnit): string {
  if (unit === 'iso') return at.toISOString();
  return String(unit === 's' ? Math.floor(at.getTime() / 1000) : at.getTime());
}

/**
 * Checks the age of a delivery. It must run after the check of the signature: before, anybody could have written the time.
 *
 * @param at the time of signing, and below the time of receipt, in milliseconds since 1970.
 * @throws {HookcastError} SIGNATURE_INVALID for a delivery that is too old, or too far in the future.
 */
export function checkMoment(at: number, { past, future }: Tolerance, receivedAt: number): void {
  const age = Math.floor(receivedAt / 1000) - Math.floor(at / 1000);
  if ((past === null || age <= past) && (future === null || -age <= future)) return;
  throw new HookcastError(
    'SIGNATURE_INVALID',
    age > 0
      ? `The delivery was signed ${age} seconds ago; ${past} are allowed. It may be repeated, or a clock may be wrong.`
      : `The delivery was signed ${-age} seconds ahead of the gateway's clock; ${future} are allowed.`,
  );
}

/** The same for a time in seconds, as most providers write it. */
export function checkTimestamp(timestamp: string, tolerance: Tolerance, receivedAt: number): void {
  checkMoment(Number(timestamp) * 1000, tolerance, receivedAt);
}
