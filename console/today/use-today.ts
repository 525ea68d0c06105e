import type { ResultOf } from 'gql.tada';
import { useEffect, useMemo, useState } from 'react';
import { useGateway } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { useQuery } from '../gateway/query.ts';
import { stream } from '../gateway/stream.ts';
import { useView } from '../observed.ts';
import { TIME_ZONE, UTC } from '../overview/time-zone.ts';
import { type CountedHour, until } from './counts.ts';
import { type ComparedDay, daysAt, sameTime } from './days.ts';
import { LiveHours } from './live-hours.ts';

const Hours = graphql(`
  fragment Hours on Activity @_unmask {
    buckets {
      startsAt
      endsAt
      types {
        typename
        happened
        events
        amounts {
          amount
          currency
        }
        unsummed
      }
    }
  }
`);

const TODAY = graphql(
  `
    query Today($from: DateTime!, $to: DateTime!, $timeZone: String, $filter: ActivityFilter) {
      activity(from: $from, to: $to, bucket: HOUR, timeZone: $timeZone, filter: $filter) {
        head
        ...Hours
      }
    }
  `,
  [Hours],
);

/** Whole hours of a day, and the minutes of the hour that runs now, so that it can be compared up to the same minute. */
const DAY_BEFORE = graphql(
  `
    query DayBefore(
      $from: DateTime!
      $to: DateTime!
      $hourFrom: DateTime!
      $hourTo: DateTime!
      $timeZone: String
      $filter: ActivityFilter
    ) {
      hours: activity(from: $from, to: $to, bucket: HOUR, timeZone: $timeZone, filter: $filter) {
        ...Hours
      }
      minutes: activity(from: $hourFrom, to: $hourTo, bucket: MINUTE, timeZone: $timeZone, filter: $filter) {
        ...Hours
      }
    }
  `,
  [Hours],
);

/** In minutes, as in the overview: all viewers of the same tenants send the same document, and the gateway does the work once. */
const COUNTED = graphql(`
  subscription Counted($after: String, $filter: ActivityFilter) {
    activity(after: $after, bucket: MINUTE, filter: $filter) {
      __typename
      cursor
      ... on CountChange {
        startsAt
        typename
        happened
        events
        amounts {
          amount
          currency
        }
        unsummed
      }
    }
  }
`);

const HOUR = 3_600_000;
/** How long until counts are loaded again after some have changed, in milliseconds. Revisions come by the thousand. */
const RECOUNT = 2_000;

/** The counts of today, live, and those up to the same time yesterday and on the same weekday of last week. */
export function useToday(now: number, tenant: string | null) {
  const { client, session } = useGateway();
  const filter = useMemo(() => (tenant ? { tenants: [tenant] } : {}), [tenant]);
  const [timeZone, setTimeZone] = useState(TIME_ZONE);
  const [nothing] = useState(() => new LiveHours([], ''));
  const { today, yesterday, week } = daysAt(now);
  const { data, error, again } = useQuery(TODAY, { ...spanOf(today.from, today.to), timeZone, filter });
  // The gateway's time zone tables may be older than the browser's and lack the zone.
  if (error?.code === 'BAD_REQUEST' && timeZone !== UTC) setTimeZone(UTC);

  const live = useMemo(() => data && new LiveHours(hoursOf(data.activity), data.activity.head), [data]);
  useEffect(() => {
    if (!live) return;
    let isWhole = true;
    return stream(client, session, {
      document: COUNTED,
      variables: { filter },
      after: live.cursor,
      onMessage: (message) => {
        if (!isWhole) return;
        if ('startsAt' in message && 'typename' in message)
          live.add(Date.parse(message.startsAt), message, message.cursor);
        const isGap = message.__typename === 'Gap';
        if (!isGap && message.__typename !== 'Recount') return;
        // After a gap the stream begins anew with the oldest event, so counted events would be counted twice.
        isWhole = false;
        setTimeout(again, isGap ? 0 : RECOUNT);
      },
      onState: (state, reason) => live.say(state, reason),
    });
  }, [client, session, filter, live, again]);

  const view = useView(live ?? nothing);
  return {
    ...view,
    isLoaded: live !== null,
    error,
    again,
    yesterday: useUntilNow(now, yesterday, timeZone, filter),
    week: useUntilNow(now, week, timeZone, filter),
  };
}

/** The counts of a day up to the same time, and all of its hours. Null until they are loaded. */
function useUntilNow(now: number, day: ComparedDay, timeZone: string, filter: { readonly tenants?: string[] }) {
  const moment = sameTime(now, day);
  // Loaded again when another hour begins, and not every minute.
  const hour = moment - (moment % HOUR);
  const { data } = useQuery(DAY_BEFORE, {
    ...spanOf(day.from, day.to),
    hourFrom: new Date(hour).toISOString(),
    hourTo: new Date(hour + HOUR).toISOString(),
    timeZone,
    filter,
  });
  return useMemo(() => {
    if (!data) return null;
    const hours = hoursOf(data.hours);
    return { hours, untilNow: until(moment, hours, hoursOf(data.minutes)) };
  }, [data, moment]);
}

function spanOf(from: number, to: number) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function hoursOf({ buckets }: ResultOf<typeof Hours>): readonly CountedHour[] {
  return buckets.map(({ startsAt, endsAt, types }) => ({
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    types,
  }));
}
