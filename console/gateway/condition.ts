import type { Interruption, StreamState } from './stream.ts';

/** The state of a stream, as a page shows it. */
export interface Condition {
  readonly state: StreamState;
  readonly reason: Interruption | null;
  /** When the connection was lost, in milliseconds since 1970. Null if it is not lost. */
  readonly lostAt: number | null;
}

export const CONNECTING: Condition = { state: 'connecting', reason: null, lostAt: null };

const LOST: readonly StreamState[] = ['waiting', 'expired', 'refused'];

/** The next condition. A reconnection attempt keeps the last one, since otherwise each attempt would be announced twice. */
export function conditionAfter(last: Condition, state: StreamState, reason: Interruption | null): Condition {
  const { lostAt } = last;
  if (state === 'connecting' && lostAt !== null) return { state: last.state, reason: last.reason, lostAt };
  return { state, reason, lostAt: LOST.includes(state) ? (lostAt ?? Date.now()) : null };
}
