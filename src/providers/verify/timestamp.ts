import { HookcastError } from '../../errors.ts';

/** How far the time that was signed and the gateway's may be apart, in seconds. */
export interface Tolerance {
  readonly past: number;
  /** Null where the provider's own library takes any. */
  readonly future: number | null;
}

/** Seconds since 1970, as every provider writes them. What else a parser might take for a number is no time. */
const SECONDS = /^(?:0|[1-9]\d{0,11})$/;

export function isTimestamp(text: string | undefined): text is string {
  return text !== undefined && SECONDS.test(text);
}

/**
 * Asked after the signature: before it a time is only what anybody says.
 *
 * @param receivedAt milliseconds since 1970.
 * @throws {HookcastError} SIGNATURE_INVALID for a delivery that is older than may be, or from too far ahead.
 */
export function checkTimestamp(timestamp: string, { past, future }: Tolerance, receivedAt: number): void {
  const age = Math.floor(receivedAt / 1000) - Number(timestamp);
  if (age <= past && (future === null || -age <= future)) return;
  throw new HookcastError(
    'SIGNATURE_INVALID',
    age > 0
      ? `The delivery was signed more than ${past} seconds ago. Is it repeated, or is a clock wrong?`
      : `The delivery was signed more than ${future} seconds ahead of the gateway's clock.`,
  );
}
