import type { Interruption, StreamState } from './stream.ts';

/** How a stream is, as a page says it. */
export interface Condition {
  readonly state: StreamState;
  readonly reason: Interruption | null;
  /** Since when there has been no connection, in milliseconds since 1970. */
  readonly lostAt: number | null;
}

export const CONNECTING: Condition = { state: 'connecting', reason: null, lostAt: null };

const LOST: readonly StreamState[] = ['waiting', 'expired', 'refused'];

/** What it is now. A try to come back is not told: every one of them would be said twice. */
export function conditionAfter(last: Condition, state: StreamState, reason: Interruption | null): Condition {
  const { lostAt } = last;
  if (state === 'connecting' && lostAt !== null) return { state: last.state, reason: last.reason, lostAt };
  return { state, reason, lostAt: LOST.includes(state) ? (lostAt ?? Date.now()) : null };
}
