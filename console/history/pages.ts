import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import { CancellationRow } from '../parts/cancellation.ts';
import { type Filter, eventFilterOf } from '../parts/filter.ts';
import type { Period } from './period.ts';
import type { AskPage } from './window.ts';

/** As many as the gateway gives at once. */
const PAGE = 100;

const OLDER = graphql(
  `
    query Older($size: Int, $beside: String, $filter: EventFilter) {
      cancellations(last: $size, before: $beside, filter: $filter) {
        head
        edges {
          cursor
          node {
            ...CancellationRow
          }
        }
        pageInfo {
          hasPreviousPage
        }
      }
    }
  `,
  [CancellationRow],
);

const NEWER = graphql(
  `
    query Newer($size: Int, $beside: String, $filter: EventFilter) {
      cancellations(first: $size, after: $beside, filter: $filter) {
        head
        edges {
          cursor
          node {
            ...CancellationRow
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `,
  [CancellationRow],
);

/** Tells that something has come, and not what: whoever scrolls there loads it. And whom to forget. */
export const SINCE = graphql(`
  subscription Since($after: String, $filter: EventFilter) {
    cancellations(after: $after, filter: $filter) {
      __typename
      cursor
      ... on Gap {
        reason
      }
      ... on Erasure {
        source
        eventIds
      }
    }
  }
`);

/** What the gateway is asked for: all of the filter but its text, which is looked for here. */
export function historyFilterOf(filter: Filter, { from, to }: Period) {
  return {
    ...eventFilterOf(filter),
    ...(from !== null && { occurredFrom: new Date(from).toISOString() }),
    ...(to !== null && { occurredBefore: new Date(to).toISOString() }),
  };
}

/** Pages of what the filter wants, as the window shows them: newest first. */
export function pagesOf(session: Session, filter: ReturnType<typeof historyFilterOf>): AskPage {
  return async (direction, beside, signal) => {
    const variables = { size: PAGE, beside, filter };
    if (direction === 'older') {
      const { edges, head, pageInfo } = (await request(session, OLDER, variables, signal)).cancellations;
      return { rows: edges.toReversed(), head, more: pageInfo.hasPreviousPage };
    }
    const { edges, head, pageInfo } = (await request(session, NEWER, variables, signal)).cancellations;
    return { rows: edges.toReversed(), head, more: pageInfo.hasNextPage };
  };
}
