import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import { EventRow } from '../parts/event.ts';
import { type Filter, eventFilterOf } from '../parts/filter.ts';
import type { Period } from './period.ts';
import type { AskPage } from './window.ts';

/** The most that the gateway returns at once. */
const PAGE = 100;

const BESIDE = graphql(
  `
    query Beside($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
      events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
        head
        edges {
          cursor
          node {
            ...EventRow
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
        }
      }
    }
  `,
  [EventRow],
);

/** Tells that an event has arrived, which is loaded when somebody scrolls there, which people are erased, and which event has changed. */
export const SINCE = graphql(
  `
    subscription Since($after: String, $filter: EventFilter) {
      events(after: $after, filter: $filter) {
        __typename
        cursor
        ... on Gap {
          reason
        }
        ... on Erasure {
          source
          eventIds
        }
        ... on Revision {
          matches
          node {
            ...EventRow
          }
        }
      }
    }
  `,
  [EventRow],
);

/** The part of the filter that the gateway checks. `matcherOf` checks the rest. */
export function feedFilterOf(filter: Filter, { from, to }: Period) {
  return {
    ...eventFilterOf(filter),
    ...(from !== null && { occurredFrom: new Date(from).toISOString() }),
    ...(to !== null && { occurredBefore: new Date(to).toISOString() }),
  };
}

/** The pages of events that fit the filter, newest first. */
export function pagesOf(session: Session, filter: ReturnType<typeof feedFilterOf>): AskPage {
  return async (direction, beside, signal) => {
    const isOlder = direction === 'older';
    const place = isOlder ? { last: PAGE, before: beside } : { first: PAGE, after: beside };
    const { edges, head, pageInfo } = (await request(session, BESIDE, { ...place, filter }, signal)).events;
    return { rows: edges.toReversed(), head, more: isOlder ? pageInfo.hasPreviousPage : pageInfo.hasNextPage };
  };
}
