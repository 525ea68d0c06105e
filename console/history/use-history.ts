import { useEffect, useMemo, useRef, useState } from 'react';
import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { GatewayError } from '../gateway/request.ts';
import { useRetry } from '../gateway/retry.ts';
import { stream } from '../gateway/stream.ts';
import { useView } from '../observed.ts';
import { type Filter, isWantedBy, textMatcher } from '../parts/filter.ts';
import { SINCE, historyFilterOf, pagesOf } from './pages.ts';
import type { Period } from './period.ts';
import { HistoryWindow } from './window.ts';

/** Whoever types is left alone for so long before pages are looked through, in milliseconds. */
const TYPED = 300;

interface Wanted {
  readonly filter: Filter;
  readonly period: Period;
  /** The row to begin at. */
  readonly at: string | null;
  readonly round: number;
}

/** What is shown of the history: the window, or that of a search in it. */
export function useHistory({ filter, period, at, round }: Wanted) {
  const { session, client } = useGateway();
  const { signedIn } = useSession();
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const wanted = JSON.stringify(historyFilterOf(filter, period));
  const whole = useWindow(
    `${who} ${wanted} ${round}`,
    () => new HistoryWindow(pagesOf(session, JSON.parse(wanted)), at),
  );
  const { begun, head } = useView(whole);
  const search = useMemo(
    () => (begun && filter.text?.trim() ? whole.matching(textMatcher(filter.text)) : null),
    [whole, begun, filter.text],
  );
  const shown = search ?? whole;
  const view = useView(shown);

  useEffect(() => {
    void whole.begin();
    return () => whole.leave();
  }, [whole]);
  useEffect(() => {
    const timer = setTimeout(() => void search?.look(), TYPED);
    return () => {
      clearTimeout(timer);
      search?.leave();
    };
  }, [search]);
  useRetry([view.older, view.newer].find((edge) => edge instanceof GatewayError) ?? null, () => shown.again());

  const [condition, setCondition] = useState<Condition>(CONNECTING);
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  }, [shown]);
  useEffect(() => {
    if (head === null) return;
    const windows = () => new Set([whole, latest.current]);
    const filter = JSON.parse(wanted) as ReturnType<typeof historyFilterOf>;
    return stream(client, session, {
      document: SINCE,
      variables: { filter },
      after: head,
      onMessage: (message) => {
        for (const window of windows()) {
          if (message.__typename === 'EventEdge') window.arrive(message.cursor);
          if (message.__typename === 'Erasure') window.erase(message.source, message.eventIds);
          if (message.__typename === 'Revision') window.revise(message.node, isWantedBy(filter, message.node));
          if (message.__typename === 'Gap') window.lacks(message.reason);
        }
      },
      onState: (state, reason) => setCondition((last) => conditionAfter(last, state, reason)),
    });
  }, [client, session, whole, head, wanted]);
  return { whole, shown, view, condition };
}

/** One window as long as the key stays the same. */
function useWindow(key: string, make: () => HistoryWindow): HistoryWindow {
  const [made, setMade] = useState(() => ({ key, window: make() }));
  if (made.key === key) return made.window;
  const next = { key, window: make() };
  setMade(next);
  return next.window;
}
