import { useEffect, useState } from 'react';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import type { DayEvent } from './ledger.ts';

const DAY = 86_400_000;
/** Banks give a business weeks to answer, but hardly ever more than this number of days. */
const DAYS = 60;
/** The most days whose events are read, the newest first, and the most pages of each day. */
const MOST_DAYS = 10;
const MOST_PAGES = 10;
/** The most orders for which later events are loaded. The list in a filter can't be longer. */
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
 * Events about chargebacks of earlier days, the newest first, with the later events of the same orders. The daily counts tell which days
 * have any, so that no other day is read.
 *
 * @param from the start of today, in milliseconds since 1970.
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
      // Today's chargebacks are shown anyway, and the next opening of the page loads these again.
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
