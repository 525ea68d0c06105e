import { useEffect, useMemo, useRef, useState } from 'react';
import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { GatewayError } from '../gateway/request.ts';
import { useRetry } from '../gateway/retry.ts';
import { stream } from '../gateway/stream.ts';
import { GATHERED, useView } from '../observed.ts';
import { type Filter, matcherOf } from '../parts/filter.ts';
import { SINCE, feedFilterOf, pagesOf } from './pages.ts';
import type { Period } from './period.ts';
import { FeedWindow } from './window.ts';

/** How long typing must pause before the gateway is asked, in milliseconds. */
const TYPED = 300;

interface Wanted {
  readonly filter: Filter;
  readonly period: Period;
  /** The cursor of the first row. */
  readonly at: string | null;
  readonly round: number;
}

interface Reading {
  /** Somebody paused the list, or has opened a row. */
  readonly isStill: boolean;
  readonly isAtTop: boolean;
}

/** The window that is shown, or what fits of it. While somebody reads, rows don't move. */
export function useFeed({ filter, period, at, round }: Wanted, { isStill, isAtTop }: Reading) {
  const { session, client } = useGateway();
  const { signedIn } = useSession();
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const { what } = filter;
  const text = useTyped(filter.text);
  const wanted = JSON.stringify(feedFilterOf({ ...filter, text }, period));
  // What is found begins with the newest, wherever the list was.
  const begin = () => new FeedWindow(pagesOf(session, JSON.parse(wanted)), text ? null : at);
  const whole = useWindow(`${who} ${wanted} ${round}`, begin);
  const { begun, head } = useView(whole);
  const search = useMemo(() => {
    const matches = begun ? matcherOf({ what }) : null;
    return matches && whole.matching(matches);
  }, [whole, begun, what]);
  const shown = search ?? whole;
  const view = useView(shown);

  useEffect(() => {
    void whole.begin();
    return () => whole.leave();
  }, [whole]);
  useEffect(() => {
    void search?.look();
    return () => search?.leave();
  }, [search]);
  const isHeld = isStill || (view.rows.length > 0 && !isAtTop);
  useEffect(() => {
    if (!isHeld && (view.arrived > 0 || view.isStale)) void shown.follow();
    // `older` is a dependency, so that this also runs when loading is no longer blocked.
  }, [shown, isHeld, view.arrived, view.isStale, view.older]);
  useRetry([view.older, view.newer].find((edge) => edge instanceof GatewayError) ?? null, () => shown.again());

  const [condition, setCondition] = useState<Condition>(CONNECTING);
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  }, [shown]);
  useEffect(() => {
    if (head === null) return;
    const windows = () => new Set([whole, latest.current]);
    const filter = JSON.parse(wanted) as ReturnType<typeof feedFilterOf>;
    let arrived: string[] = [];
    const tell = () => {
      const told = arrived;
      arrived = [];
      for (const window of windows()) window.arrive(told);
    };
    return stream(client, session, {
      document: SINCE,
      variables: { filter },
      after: head,
      onMessage: (message) => {
        // A burst changes the page only once.
        if (message.__typename === 'EventEdge' && arrived.push(message.cursor) === 1) setTimeout(tell, GATHERED);
        for (const window of windows()) {
          if (message.__typename === 'Erasure') window.erase(message.source, message.eventIds);
          if (message.__typename === 'Revision') window.revise(message.node, message.matches);
          if (message.__typename === 'Gap') window.lacks(message.reason);
        }
      },
      onState: (state, reason) => setCondition((last) => conditionAfter(last, state, reason)),
    });
  }, [client, session, whole, head, wanted]);
  return { whole, shown, view, condition, isHeld };
}

/** The text when somebody has paused typing. An emptied text counts at once. */
function useTyped(text: string | null): string | null {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setTyped(text), text ? TYPED : 0);
    return () => clearTimeout(timer);
  }, [text]);
  return typed;
}

/** Keeps one window while the key stays the same. */
function useWindow(key: string, make: () => FeedWindow): FeedWindow {
  const [made, setMade] = useState(() => ({ key, window: make() }));
  if (made.key === key) return made.window;
  const next = { key, window: make() };
  setMade(next);
  return next.window;
}
