import { useEffect, useEffectEvent } from 'react';
import { useSession } from './gateway.tsx';
import { type GatewayError, TOKEN_AT_FAULT } from './request.ts';

/** Failures that pass by themselves, and how long until it is tried again, in milliseconds. */
const PASSING = [
  'UNREACHABLE',
  'LOG_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'TOKEN_NOT_YET_VALID',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
];
const AGAIN = 3_000;

/** Tries again by itself what failed for a while only, and with a new token what failed for want of it. */
export function useRetry(failed: GatewayError | null, again: () => void): void {
  const { stale } = useSession();
  const retry = useEffectEvent(again);
  useEffect(() => {
    if (!failed || stale) return;
    const forToken = TOKEN_AT_FAULT.includes(failed.code);
    if (!forToken && !PASSING.includes(failed.code)) return;
    // With a new token there is nothing to wait for.
    const timer = setTimeout(() => retry(), forToken ? 0 : AGAIN);
    return () => clearTimeout(timer);
  }, [failed, stale]);
}
