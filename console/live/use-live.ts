import { useEffect, useMemo } from 'react';
import { useGateway } from '../gateway/gateway.tsx';
import { useQuery, useRequest } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { stream } from '../gateway/stream.ts';
import { useView } from '../observed.ts';
import { EventRow } from '../parts/event.ts';
import { type Filter, eventFilterOf, isWantedBy } from '../parts/filter.ts';
import { LiveList } from './live-list.ts';

const RECENT = graphql(
  `
    query Recent($filter: EventFilter) {
      events(last: 100, filter: $filter) {
        head
        pageInfo {
          hasPreviousPage
        }
        edges {
          cursor
          node {
            ...EventRow
          }
        }
      }
    }
  `,
  [EventRow],
);

const FOLLOW = graphql(
  `
    subscription Follow($after: String, $filter: EventFilter) {
      events(after: $after, filter: $filter) {
        __typename
        cursor
        ... on EventEdge {
          node {
            ...EventRow
          }
        }
        ... on Gap {
          reason
        }
        ... on Erasure {
          source
          eventIds
        }
        ... on Revision {
          node {
            ...EventRow
          }
        }
      }
    }
  `,
  [EventRow],
);

const BEHIND = graphql(`
  query Behind($after: String, $filter: EventFilter) {
    events(first: 100, after: $after, filter: $filter) {
      edges {
        cursor
      }
    }
  }
`);

/** The most recent ones, and everything that comes after them. */
export function useLive(filter: Filter) {
  const { client, session } = useGateway();
  const ask = useRequest();
  const wanted = JSON.stringify(eventFilterOf(filter));
  const variables = useMemo(() => ({ filter: JSON.parse(wanted) as ReturnType<typeof eventFilterOf> }), [wanted]);
  const recent = useQuery(RECENT, variables);
  const { data } = recent;
  const list = useMemo(() => {
    if (!data) return new LiveList({ rows: [], cursor: '', hasOlder: false });
    const { edges, head, pageInfo } = data.events;
    return new LiveList({ rows: edges.toReversed(), cursor: head, hasOlder: pageInfo.hasPreviousPage });
  }, [data]);
  useEffect(() => {
    if (!data) return;
    return stream(client, session, {
      document: FOLLOW,
      variables,
      // Not the head of the query: the list may have been followed before.
      after: list.cursor,
      onMessage: (message) => {
        if (list.mustCount) {
          const take = list.counting();
          // How far behind it is only the log knows. If it doesn't say, the list catches up all the same.
          ask(BEHIND, { ...variables, after: list.cursor }).then(
            ({ events }) => take(events.edges.length),
            () => {},
          );
        }
        switch (message.__typename) {
          case 'EventEdge':
            return list.add(message);
          case 'Erasure':
            return list.erase(message.source, message.eventIds, message.cursor);
          case 'Revision':
            return list.revise(message.node, isWantedBy(variables.filter, message.node), message.cursor);
          case 'Gap':
            return list.gap(message.reason, message.cursor);
          case 'CaughtUp':
            return list.pass(message.cursor);
        }
      },
      onState: (state, reason) => list.say(state, reason),
    });
  }, [client, session, ask, data, variables, list]);
  return { ...recent, list, view: useView(list) };
}
