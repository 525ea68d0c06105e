import { createEventList } from 'hookcast/list';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { identityOf } from '../gateway/claims.ts';
import type { Condition } from '../gateway/condition.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { textOf } from '../gateway/graphql.ts';
import { GatewayError } from '../gateway/request.ts';
import { interruptionOf, soonAgain } from '../gateway/stream.ts';
import { EventRow, type ListedEvent, keyOf } from '../parts/event.ts';
import { type Filter, eventFilterOf } from '../parts/filter.ts';

/** Rows that are kept, newest first, and as many that wait. What is older is the history's. */
export const MOST_ROWS = 1_000;
const PAGE = 100;
/** Erasures that are remembered for details that are open. */
const MOST_ERASED = 10_000;
/** Closes that say that the token is at fault. */
const TOKEN_AT_FAULT = [4401, 4403];

const STATES = {
  connecting: 'connecting',
  catchingUp: 'behind',
  live: 'live',
  silent: 'waiting',
  offline: 'waiting',
  denied: 'refused',
} as const;

/** The most recent ones, and everything that comes after them. */
export function useLive(filter: Filter) {
  const { client, session } = useGateway();
  const { signedIn } = useSession();
  const [erased, setErased] = useState<ReadonlySet<string>>(new Set());
  // A new token of the same tenants and scopes is no reason to begin anew.
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const asked = JSON.stringify({ who, filter: eventFilterOf(filter) });
  const list = useMemo(
    () =>
      createEventList<ListedEvent>({
        of: 'events',
        row: textOf(EventRow),
        variables: { filter: (JSON.parse(asked) as { filter: ReturnType<typeof eventFilterOf> }).filter },
        keep: MOST_ROWS,
        page: PAGE,
        wait: soonAgain,
        onMessage: ({ source = '', eventIds }) => {
          const keys = eventIds?.map((eventId) => keyOf({ source, eventId }));
          if (keys) setErased((last) => new Set([...last, ...keys].slice(-MOST_ERASED)));
        },
        onTokenExpired: () => {
          session.expire(session.view.signedIn?.token ?? '');
          return session.renewal();
        },
      }),
    [session, asked],
  );
  useEffect(() => list.begin(client), [list, client]);
  const view = useSyncExternalStore(list.subscribe, list.getView);

  const isRefused = view.status === 'denied' && TOKEN_AT_FAULT.includes(view.closedWith ?? 0);
  useEffect(() => {
    if (!isRefused) return;
    let isOver = false;
    session.expire(session.view.signedIn?.token ?? '');
    const tryAgain = async () => {
      await session.renewal();
      if (!isOver) list.reload();
    };
    void tryAgain();
    return () => {
      isOver = true;
    };
  }, [isRefused, session, list]);

  const { lostAt, closedWith } = view;
  const state = STATES[view.status];
  const condition: Condition = { state, reason: interruptionOf(state, closedWith), lostAt };
  // Where there is a list, the badge says enough.
  const error =
    view.isLoaded || isRefused || !view.error
      ? null
      : new GatewayError(closedWith === null ? '' : 'UNREACHABLE', view.error.message);
  return { list, view, erased, condition, error };
}
