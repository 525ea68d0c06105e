import { useEffect, useState } from 'react';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import type { DayEvent } from './ledger.ts';

const DAY = 86_400_000;
/** Banks leave a business weeks to answer, and hardly ever more than these days. */
const DAYS = 60;
/** Of so many days the events are read, the newest first, and of each so many pages. */
const MOST_DAYS = 10;
const MOST_PAGES = 10;
/** Of so many orders it is looked for what was told since; a list of a filter has no more. */
const MOST_ORDERS = 50;

const DAYS_WITH = graphql(`
  query DisputedDays($from: DateTime!, $to: DateTime!, $filter: ActivityFilter) {
    activity(from: $from, to: $to, bucket: DAY, filter: $filter) {
      buckets {
        startsAt
        endsAt
        types {
          typename
          happened
          events
        }
      }
    }
  }
`);

const OF_DAY = graphql(`
  query DisputesOfDay($before: String, $filter: EventFilter) {
    events(last: 100, before: $before, filter: $filter) {
      pageInfo {
        hasPreviousPage
        startCursor
      }
      edges {
        node {
          __typename
          id
          subject
          ... on OrderChange {
            title
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
        }
      }
    }
  }
`);

/**
 * Events that tell of what banks took back on the days before this one, the newest first, with what was told of the same orders since.
 * The counts of days tell on which of them there was one, so that no other day is read.
 *
 * @param from when today begins, in milliseconds since 1970.
 */
export function useDisputes(from: number, tenant: string | null): readonly DayEvent[] {
  const { session } = useGateway();
  const { signedIn } = useSession();
  const key = JSON.stringify([signedIn ? identityOf(signedIn.claims) : '', from, tenant]);
  const [found, setFound] = useState<{ readonly key: string; readonly all: readonly DayEvent[] } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const tenants = tenant ? { tenants: [tenant] } : {};
    find(session, from, tenants, abort.signal).then(
      (all) => setFound({ key, all }),
      // Those of today are there all the same, and it is looked for again when the page is opened again.
      () => {},
    );
    return () => abort.abort();
  }, [session, key, from, tenant]);
  return found?.key === key ? found.all : [];
}

async function find(
  session: Session,
  from: number,
  tenants: { readonly tenants?: string[] },
  signal: AbortSignal,
): Promise<readonly DayEvent[]> {
  const span = { from: new Date(from - DAYS * DAY).toISOString(), to: new Date(from).toISOString(), filter: tenants };
  const { buckets } = (await request(session, DAYS_WITH, span, signal)).activity;
  const days = buckets.flatMap(({ startsAt, endsAt, types }) => {
    const one = types.find(({ typename, happened }) => typename === 'OrderChange' && happened === 'CHARGED_BACK');
    return one ? [{ startsAt, endsAt, events: one.events }] : [];
  });
  const disputed: DayEvent[] = [];
  for (const { startsAt, endsAt, events } of days.slice(-MOST_DAYS).toReversed()) {
    const filter = { ...tenants, typenames: ['OrderChange'], occurredFrom: startsAt, occurredBefore: endsAt };
    let left = events;
    let before: string | null = null;
    for (let pages = 0; left > 0 && pages < MOST_PAGES; pages += 1) {
      const page: {
        readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
        readonly edges: readonly { readonly node: DayEvent }[];
      } = (await request(session, OF_DAY, { before, filter }, signal)).events;
      const all = page.edges.map(({ node }) => node).toReversed();
      const some = all.filter(({ orderChange }) => orderChange === 'CHARGED_BACK');
      disputed.push(...some);
      left -= some.length;
      before = page.pageInfo.startCursor;
      if (!page.pageInfo.hasPreviousPage || before === null) break;
    }
  }
  const subjects = [...new Set(disputed.flatMap(({ subject }) => subject ?? []))].slice(0, MOST_ORDERS);
  if (subjects.length === 0) return disputed;
  const filter = { ...tenants, typenames: ['OrderChange'], subjects };
  const since = (await request(session, OF_DAY, { before: null, filter }, signal)).events.edges;
  return [...since.map(({ node }) => node).toReversed(), ...disputed];
}
