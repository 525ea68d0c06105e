import { useEffect, useRef, useState } from 'react';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import type { ComparedDay } from './days.ts';
import { type DayEvent, LEDGER_TYPES } from './ledger.ts';

/**
 * The most events of the day that are read to show what was sold. The gateway counts by happening and not by the sold thing, so the events
 * themselves have to be read. If there are more, the page says so.
 */
export const MOST_READ = 1_000;
const PAGE = 100;
/** How long new events are gathered before they are read, in milliseconds. */
const GATHERED = 1_500;

const PAGES = graphql(`
  query DayEvents($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
    events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      head
      edges {
        cursor
        node {
          __typename
          id
          subject
          occurredAt
          ... on OrderEvent {
            title
          }
          ... on OrderChange {
            orderChange
            value {
              amount
              currency
            }
            chargeback {
              status
              respondBy {
                instant
              }
              finishedAt {
                instant
              }
            }
          }
          ... on TicketChange {
            ticketChange
            occasion {
              name
            }
          }
          ... on TicketCancellation {
            title
          }
          ... on BookingEvent {
            title
          }
          ... on BookingChange {
            bookingChange
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
      }
    }
  }
`);

interface Wanted {
  readonly from: number;
  readonly tenant: string | null;
}

interface Read {
  readonly key: string;
  /** Newest first. */
  readonly events: readonly DayEvent[];
  /** There are older ones of today that were not read. */
  readonly isCut: boolean;
  readonly head: string;
}

/**
 * The newest events of the day that say what was sold or booked.
 *
 * @param changes a number that differs whenever something has happened since.
 */
export function useDayEvents({ from, tenant }: Wanted, changes: number) {
  const { session } = useGateway();
  const { signedIn } = useSession();
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const key = JSON.stringify({ who, from, tenant });
  const [read, setRead] = useState<Read | null>(null);
  const latest = useRef(changes);
  useEffect(() => {
    latest.current = changes;
  }, [changes]);
  useEffect(() => {
    const abort = new AbortController();
    const filter = {
      occurredFrom: new Date(from).toISOString(),
      typenames: LEDGER_TYPES,
      ...(tenant && { tenants: [tenant] }),
    };
    let known: Stretch | null = null;
    let seen: number | null = null;
    let isReading = false;
    const look = async () => {
      if (isReading || seen === latest.current) return;
      isReading = true;
      const now = latest.current;
      try {
        known = await (known
          ? readSince(session, filter, known, abort.signal)
          : readNewest(session, filter, abort.signal));
        seen = now;
        if (!abort.signal.aborted) setRead({ key, ...known });
      } catch {
        // The next attempt reads the events. The counts above are the gateway's own.
      } finally {
        isReading = false;
      }
    };
    void look();
    // Not after each change, since there may be ten a second.
    const timer = setInterval(() => void look(), GATHERED);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [session, key, from, tenant]);
  return read?.key === key ? read : null;
}

/**
 * The same kind of events for a past day. Null until they are read, and if there are more than are read: a part of them allows no
 * comparison.
 */
export function useEventsOf(day: ComparedDay, tenant: string | null, isWanted: boolean): readonly DayEvent[] | null {
  const { session } = useGateway();
  const { signedIn } = useSession();
  const { from, to } = day;
  const key = JSON.stringify([signedIn ? identityOf(signedIn.claims) : '', from, tenant]);
  const [read, setRead] = useState<{ readonly key: string; readonly stretch: Stretch } | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    const filter = {
      occurredFrom: new Date(from).toISOString(),
      occurredBefore: new Date(to).toISOString(),
      typenames: LEDGER_TYPES,
      ...(tenant && { tenants: [tenant] }),
    };
    readNewest(session, filter, abort.signal).then(
      (stretch) => setRead({ key, stretch }),
      // If they can't be loaded, the page only lacks the comparison.
      () => {},
    );
    return () => abort.abort();
  }, [session, key, from, to, tenant, isWanted]);
  return read?.key === key && !read.stretch.isCut ? read.stretch.events : null;
}

interface Filter {
  readonly occurredFrom: string;
  readonly occurredBefore?: string;
  readonly typenames: string[];
  readonly tenants?: string[];
}
type Stretch = Omit<Read, 'key'>;

async function readNewest(session: Session, filter: Filter, signal: AbortSignal): Promise<Stretch> {
  const events: DayEvent[] = [];
  let head = '';
  let before: string | null = null;
  for (;;) {
    const page: { edges: readonly Edge[]; head: string; pageInfo: { hasPreviousPage: boolean } } = (
      await request(session, PAGES, { last: PAGE, before, filter }, signal)
    ).events;
    head ||= page.head;
    events.push(...page.edges.toReversed().map(({ node }) => node));
    before = page.edges[0]?.cursor ?? null;
    const isMore = page.pageInfo.hasPreviousPage && before !== null;
    if (!isMore || events.length >= MOST_READ) return { events, isCut: isMore, head };
  }
}

async function readSince(session: Session, filter: Filter, last: Stretch, signal: AbortSignal): Promise<Stretch> {
  let { events, isCut, head } = last;
  for (;;) {
    const page = (await request(session, PAGES, { first: PAGE, after: head, filter }, signal)).events;
    events = [...page.edges.toReversed().map(({ node }) => node), ...events];
    head = page.head;
    if (events.length > MOST_READ) [events, isCut] = [events.slice(0, MOST_READ), true];
    if (!page.pageInfo.hasNextPage) return { events, isCut, head };
  }
}

interface Edge {
  readonly cursor: string;
  readonly node: DayEvent;
}
