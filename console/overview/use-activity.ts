import type { ResultOf } from 'gql.tada';
import { useEffect, useMemo, useState } from 'react';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { stream } from '../gateway/stream.ts';
import { useView } from '../observed.ts';
import { type Range, askedAsOf, spanBefore, spanOf } from './range.ts';
import { type Measure, talliesOf, tallyOf } from './measure.ts';
import { Tallies } from './tallies.ts';
import { TIME_ZONE, UTC } from './time-zone.ts';
import type { Before, Bucket } from './tally.ts';

const Buckets = graphql(`
  fragment Buckets on Activity @_unmask {
    buckets {
      startsAt
      endsAt
      counts {
        source
        kind
        cancellations
        refundsExpected
      }
      types {
        source
        typename
        happened
        events
        amounts {
          amount
          currency
        }
      }
    }
  }
`);

const ACTIVITY = graphql(
  `
    query Activity($from: DateTime!, $to: DateTime!, $bucket: BucketSize!, $timeZone: String, $tenants: [ID!]) {
      activity(from: $from, to: $to, bucket: $bucket, timeZone: $timeZone, filter: { tenants: $tenants }) {
        head
        ...Buckets
      }
    }
  `,
  [Buckets],
);

const BEFORE = graphql(
  `
    query Before($from: DateTime!, $to: DateTime!, $bucket: BucketSize!, $timeZone: String, $tenants: [ID!]) {
      activity(from: $from, to: $to, bucket: $bucket, timeZone: $timeZone, filter: { tenants: $tenants }) {
        ...Buckets
      }
      events(first: 1, filter: { tenants: $tenants }) {
        edges {
          node {
            receivedAt
          }
        }
      }
    }
  `,
  [Buckets],
);

/**
 * Always in minutes, since a minute lies in one bucket of each size and zone. So all viewers of the same tenants send the same document,
 * and the gateway does the work for all of them once.
 */
const CHANGES = graphql(`
  subscription Changes($after: String, $tenants: [ID!]) {
    activity(after: $after, bucket: MINUTE, filter: { tenants: $tenants }) {
      __typename
      cursor
      ... on CountChange {
        startsAt
        source
        typename
        happened
        events
        amounts {
          amount
          currency
        }
      }
      ... on ActivityChange {
        kind
        cancellations
        refundsExpected
      }
      ... on Gap {
        reason
      }
    }
  }
`);

interface Wanted {
  readonly range: Range;
  readonly measure: Measure;
  readonly tenant: string | null;
  /** In milliseconds since 1970. */
  readonly now: number;
}

interface Shown {
  /** Whose counts they are. Another tenant's counts are not shown while those of this one load. */
  readonly whose: string;
  readonly range: Range;
  readonly measure: Measure;
  readonly tallies: Tallies;
}

/** How long until counts are loaded again after some have changed, in milliseconds. Revisions come by the thousand. */
const RECOUNT = 2_000;

/** The counts of the range, kept up to date while the page is open. Another range is shown once it is loaded. */
export function useActivity({ range, measure, tenant, now }: Wanted) {
  const { client, session } = useGateway();
  const { signedIn } = useSession();
  const [opened] = useState(now);
  const [nothing] = useState(() => new Tallies([], ''));
  const asOf = askedAsOf(range, opened, now);
  const tenants = useMemo(() => (tenant ? { tenants: [tenant] } : {}), [tenant]);
  const [timeZone, setTimeZone] = useState(TIME_ZONE);
  const zoned = { bucket: range.size, timeZone, ...tenants };
  const { data, error, again } = useQuery(ACTIVITY, { ...spanOf(range, asOf), ...zoned });
  // The gateway's time zone tables may be older than the browser's and lack the zone.
  if (error?.code === 'BAD_REQUEST' && timeZone !== UTC) setTimeZone(UTC);
  const before = useQuery(BEFORE, { ...spanBefore(range, asOf), ...zoned });

  const tallies = useMemo(
    () => data && new Tallies(bucketsOf(measure, data.activity), data.activity.head),
    [data, measure],
  );
  useEffect(() => {
    if (!tallies) return;
    let isWhole = true;
    return stream(client, session, {
      document: CHANGES,
      variables: tenants,
      after: tallies.cursor,
      onMessage: (message) => {
        if (!isWhole) return;
        if ('startsAt' in message && 'typename' in message)
          tallies.add(Date.parse(message.startsAt), tallyOf(measure, message), message.cursor);
        const isGap = message.__typename === 'Gap';
        if (!isGap && message.__typename !== 'Recount') return;
        // After a gap the stream begins anew with the oldest event, so counted events would be counted twice.
        isWhole = false;
        setTimeout(again, isGap ? 0 : RECOUNT);
      },
      onState: (state, reason) => tallies.say(state, reason),
    });
  }, [client, session, tenants, tallies, measure, again]);

  const whose = JSON.stringify([signedIn?.claims.tenants, tenant]);
  const [last, setLast] = useState<Shown | null>(null);
  if (tallies && last?.tallies !== tallies) setLast({ whose, range, measure, tallies });
  const shown = last?.whose === whose && (data || !error) ? last : null;
  const view = useView(shown?.tallies ?? nothing);
  const isNewest = shown?.tallies === tallies;
  return {
    ...view,
    /** The range of the buckets. Null while there are none. */
    range: shown?.range ?? null,
    measure: shown?.measure ?? measure,
    timeZone,
    before: isNewest && before.data ? beforeOf(measure, before.data) : null,
    isWaiting: !isNewest,
    error,
    again,
  };
}

function bucketsOf(measure: Measure, { buckets }: ResultOf<typeof Buckets>): readonly Bucket[] {
  return buckets.map(({ startsAt, endsAt, ...counted }) => ({
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    tallies: talliesOf(measure, counted),
  }));
}

function beforeOf(measure: Measure, { activity, events }: ResultOf<typeof BEFORE>): Before {
  const [oldest] = events.edges;
  return { buckets: bucketsOf(measure, activity), oldest: oldest ? Date.parse(oldest.node.receivedAt) : null };
}
