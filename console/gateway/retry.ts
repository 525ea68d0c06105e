import { useEffect, useEffectEvent } from 'react';
import { useSession } from './gateway.tsx';
import { type GatewayError, TOKEN_AT_FAULT } from './request.ts';

/** Errors that pass by themselves, and the delay before a retry in milliseconds. */
const PASSING = [
  'UNREACHABLE',
  'LOG_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'TOKEN_NOT_YET_VALID',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
];
const AGAIN = 3_000;

/** Retries by itself after a passing error, and with a new token after an error of the old one. */
export function useRetry(failed: GatewayError | null, again: () => void): void {
  const { stale } = useSession();
  const retry = useEffectEvent(again);
  useEffect(() => {
    if (!failed || stale) return;
    const forToken = TOKEN_AT_FAULT.includes(failed.code);
    if (!forToken && !PASSING.includes(failed.code)) return;
    // With a new token the retry needs no delay.
    const timer = setTimeout(() => retry(), forToken ? 0 : AGAIN);
    return () => clearTimeout(timer);
  }, [failed, stale]);
}
