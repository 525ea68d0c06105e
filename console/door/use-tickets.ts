import { useEffect, useState } from 'react';
import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { type GatewayError, request, toGatewayError } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import { stream } from '../gateway/stream.ts';
import type { TicketEvent } from './missing.ts';

const DAY = 86_400_000;
/** Tickets may be sold weeks before the check-in. */
const DAYS = 30;
const PAGE = 100;
const MOST_READ = 2_000;
/** How long new events are gathered before they are read, in milliseconds. At a door several arrive each second. */
const GATHERED = 1_000;

const TICKETS = graphql(`
  query Tickets($before: String, $filter: EventFilter) {
    events(last: 100, before: $before, filter: $filter) {
      head
      pageInfo {
        hasPreviousPage
      }
      edges {
        cursor
        node {
          __typename
          id
          subject
          occurredAt
          personalData
          tenant {
            id
          }
          ... on TicketChange {
            ticketChange
            ticketName
            occasion {
              name
            }
            buyer {
              name
              email
            }
            participants {
              person {
                name
                email
              }
            }
          }
        }
      }
    }
  }
`);

const MORE = graphql(`
  subscription TicketsGoOn($after: String, $filter: EventFilter) {
    events(after: $after, filter: $filter) {
      __typename
      cursor
    }
  }
`);

interface Read {
  /** The oldest first. */
  readonly events: readonly TicketEvent[];
  readonly isCut: boolean;
  readonly head: string;
}

const TYPES = ['TicketChange', 'TicketCancellation'];

/** The events of tickets in the last days, live. */
export function useTickets() {
  const { session, client } = useGateway();
  const { signedIn } = useSession();
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const [from] = useState(() => new Date(Date.now() - DAYS * DAY).toISOString());
  const [read, setRead] = useState<Read | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const [round, setRound] = useState(0);
  const [condition, setCondition] = useState<Condition>(CONNECTING);
  useEffect(() => {
    const abort = new AbortController();
    const look = async () => {
      try {
        setRead(await readAll(session, { occurredFrom: from, typenames: TYPES }, abort.signal));
        setError(null);
      } catch (failure) {
        if (!abort.signal.aborted) setError(toGatewayError(failure));
      }
    };
    void look();
    return () => abort.abort();
  }, [session, who, from, round]);
  const head = read?.head;
  useEffect(() => {
    if (head === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = stream(client, session, {
      document: MORE,
      variables: { filter: { typenames: TYPES } },
      after: head,
      onMessage: ({ __typename }) => {
        if (__typename === 'CaughtUp') return;
        timer ??= setTimeout(() => setRound((last) => last + 1), GATHERED);
      },
      onState: (state, reason) => setCondition((last) => conditionAfter(last, state, reason)),
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, session, head]);
  return { read, error, condition, again: () => setRound((last) => last + 1) };
}

async function readAll(
  session: Session,
  filter: { readonly occurredFrom: string; readonly typenames: string[] },
  signal: AbortSignal,
): Promise<Read> {
  let events: readonly TicketEvent[] = [];
  let head = '';
  let before: string | null = null;
  for (;;) {
    const page: {
      head: string;
      pageInfo: { hasPreviousPage: boolean };
      edges: readonly { cursor: string; node: TicketEvent }[];
    } = (await request(session, TICKETS, { before, filter }, signal)).events;
    head ||= page.head;
    events = [...page.edges.map(({ node }) => node), ...events];
    before = page.edges[0]?.cursor ?? null;
    const isMore = page.pageInfo.hasPreviousPage && before !== null;
    if (!isMore || events.length + PAGE > MOST_READ) return { events, isCut: isMore, head };
  }
}
