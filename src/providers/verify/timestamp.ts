import { HookcastError } from '../../errors.ts';
import { parseInstant } from '../instant.ts';

/** How far the time that was signed and the gateway's may be apart, in seconds. */
export interface Tolerance {
  /** Null where a delivery may be of any age, since its sender tries again with the time of before. */
  readonly past: number | null;
  /** Null where the provider's own library takes any. */
  readonly future: number | null;
}

/** How a time is written: in seconds or milliseconds since 1970, or as ISO 8601, which is UTC where it names no zone. */
export type TimeUnit = 's' | 'ms' | 'iso';

/** Seconds since 1970, as every provider writes them. What else a parser might take for a number is no time. */
const SECONDS = /^(?:0|[1-9]\d{0,11})$/;

const MILLISECONDS = /^(?:0|[1-9]\d{0,14})$/;

export function isTimestamp(text: string | undefined): text is string {
  return text !== undefined && SECONDS.test(text);
}

/** The moment that a text says, in milliseconds since 1970; null for what is none. */
export function momentOf(text: string, unit: TimeUnit): number | null {
  if (unit === 'iso') return parseInstant(text)?.at ?? null;
  if (unit === 's') return SECONDS.test(text) ? Number(text) * 1000 : null;
  return MILLISECONDS.test(text) ? Number(text) : null;
}

/** A moment as it is written. */
export function writeMoment(at: Date, unit: TimeUnit): string {
  if (unit === 'iso') return at.toISOString();
  return String(unit === 's' ? Math.floor(at.getTime() / 1000) : at.getTime());
}

/**
 * Asked after the signature: before it a time is only what anybody says.
 *
 * @param at when it was signed, and when it came, in milliseconds since 1970.
 * @throws {HookcastError} SIGNATURE_INVALID for a delivery that is older than may be, or from too far ahead.
 */
export function checkMoment(at: number, { past, future }: Tolerance, receivedAt: number): void {
  const age = Math.floor(receivedAt / 1000) - Math.floor(at / 1000);
  if ((past === null || age <= past) && (future === null || -age <= future)) return;
  throw new HookcastError(
    'SIGNATURE_INVALID',
    age > 0
      ? `The delivery was signed ${age} seconds ago; ${past} are allowed. Is it repeated, or is a clock wrong?`
      : `The delivery was signed ${-age} seconds ahead of the gateway's clock; ${future} are allowed.`,
  );
}

/** The same for a time in seconds, as most providers write it. */
export function checkTimestamp(timestamp: string, tolerance: Tolerance, receivedAt: number): void {
  checkMoment(Number(timestamp) * 1000, tolerance, receivedAt);
}
