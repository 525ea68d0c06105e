import type { Condition } from '../gateway/condition.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { useWords } from '../words/words.tsx';
import { Moment } from './moment.tsx';

interface StreamBadgeProps {
  readonly condition: Condition;
  /** Whether somebody paused the list. */
  readonly isPaused?: boolean;
}

/** The state of the stream with its reason and advice. A screen reader reads changes aloud. */
export function StreamBadge({ condition, isPaused = false }: StreamBadgeProps) {
  const { live } = useWords();
  const { reason, lostAt } = condition;
  const { session } = useGateway();
  const { signedIn, stale } = useSession();
  const isOver = (signedIn?.claims.expiresAt ?? Infinity) <= Date.now();
  // The token may have expired before there was a stream. Or it is refused before its expiry, such as after a change of the gateway's
  // secret.
  const state = stale ? (isOver ? 'expired' : 'refused') : condition.state;
  const isStill = isPaused && (state === 'live' || state === 'behind');
  return (
    <div className="stream">
      <p role="status" className={`stream-state ${isStill ? 'paused' : state}`}>
        {isStill ? live.paused : live.states[state]}
      </p>
      {lostAt === null ? null : (
        <p className="note">
          {live.since} <Moment at={new Date(lostAt).toISOString()} />.{' '}
          {state === 'refused' ? live.refusedAdvice : reason ? live.reasons[reason] : null}
        </p>
      )}
      {state === 'expired' || state === 'refused' ? (
        <button type="button" onClick={() => session.expire(session.view.signedIn)}>
          {live.giveToken}
        </button>
      ) : null}
    </div>
  );
}
