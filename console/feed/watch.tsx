import { useEffect, useEffectEvent, useState } from 'react';
import { useGateway } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import { stream } from '../gateway/stream.ts';
import { useView } from '../observed.ts';
import { EventRow, amountOf } from '../parts/event.ts';
import { writtenMoney } from '../parts/money.ts';
import { eventName, happeningName } from '../parts/type-name.ts';
import { useSpeech } from '../words/words.tsx';
import { Gathering, type News } from './news.ts';
import { Chime, MOST_TOLD, mayTell, tell } from './tell.ts';
import { readViews } from './views.ts';

/** How long new events are gathered before they are notified, in milliseconds. */
const GATHERED = 300;
/** How long until the next attempt if the stream can't begin, in milliseconds. */
const AGAIN = 5_000;

const HEAD = graphql(`
  query NewsHead {
    events(first: 0) {
      head
    }
  }
`);

/** The same document for all views and all people with such a token, so that the gateway serializes each event once for all of them. */
const NEWS = graphql(
  `
    subscription News($after: String) {
      events(after: $after) {
        __typename
        cursor
        ... on EventEdge {
          node {
            ...EventRow
          }
        }
      }
    }
  `,
  [EventRow],
);

/** Notifies of new events in the chosen views, on every page of the console. */
export function Watch() {
  const { words, language } = useSpeech();
  const { bells, client, session } = useGateway();
  const isWanted = useView(bells).all.length > 0;
  const isTeller = useTeller(isWanted);
  const [chime] = useState(() => new Chime());
  const say = useEffectEvent((all: readonly News[]) => {
    for (const { bell, events } of all) {
      if (bell.isLoud || mayTell() !== 'granted') chime.ring();
      const view = readViews().find(({ search }) => search === bell.search)?.name;
      const titled = (title: string) => (view === undefined ? title : `${view}: ${title}`);
      if (events.length > MOST_TOLD) {
        tell(titled(words.bell.news(events.length)), '', `hookcast ${bell.search}`);
        continue;
      }
      for (const node of events) {
        const amount = amountOf(node);
        const said = [eventName(node, words), amount && writtenMoney(language, amount)].filter(Boolean).join(', ');
        tell(titled(happeningName(node, words)), said, node.id);
      }
    }
  });
  useEffect(() => {
    if (!isTeller) return;
    const gathering = new Gathering();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop: (() => void) | null = null;
    const abort = new AbortController();
    const flush = () => {
      timer = undefined;
      say(gathering.take(bells.view.all));
    };
    const begin = async () => {
      try {
        const { head } = (await request(session, HEAD, {}, abort.signal)).events;
        if (abort.signal.aborted) return;
        stop = stream(client, session, {
          document: NEWS,
          variables: {},
          after: head,
          onMessage: (message) => {
            if (message.__typename !== 'EventEdge' || !gathering.add(bells.view.all, message.node)) return;
            timer ??= setTimeout(flush, GATHERED);
          },
          onState: () => {},
        });
      } catch {
        if (!abort.signal.aborted) timer = setTimeout(() => void begin(), AGAIN);
      }
    };
    void begin();
    return () => {
      abort.abort();
      clearTimeout(timer);
      stop?.();
    };
  }, [isTeller, bells, client, session]);
  return null;
}

/**
 * Whether this tab notifies, since otherwise each of several tabs would ring. If the browser has no locks, as over http, every tab
 * notifies.
 */
function useTeller(isWanted: boolean): boolean {
  const [isChosen, setChosen] = useState(false);
  useEffect(() => {
    if (!isWanted) return;
    if (!('locks' in navigator)) return setChosen(true);
    const abort = new AbortController();
    let release = () => {};
    const held = () => {
      setChosen(true);
      return new Promise<void>((resolve) => (release = resolve));
    };
    navigator.locks.request('hookcast.bells', { signal: abort.signal }, held).catch(() => {});
    return () => {
      abort.abort();
      release();
      setChosen(false);
    };
  }, [isWanted]);
  return isWanted && isChosen;
}
