import type { ResultOf } from 'gql.tada';
import { graphql } from '../gateway/graphql.ts';
import { EventRow, type ListedEvent, type Who } from './event.ts';

/** The fields of every cancellation are shown in an order of their own. The gateway gives the other fields of a type as `facts`. */
export const DETAILS = graphql(
  `
    query Details($id: ID!) {
      node(id: $id) {
        __typename
        ... on Event {
          ...EventRow
          occurredAtText
          subject
        }
        ... on Cancellation {
          customer {
            phone
          }
          canceledBy {
            actorId
            name
          }
          reason
          quantity
          status
          previousStatus
          startsAt
          endsAt
          timeZone
        }
      }
      facts(id: $id) {
        path
        description
        type
        isPersonal
        value
      }
    }
  `,
  [EventRow],
);

/** Only loaded when somebody opens it, since it is as long as what the provider sent. */
export const RAW = graphql(`
  query Raw($id: ID!) {
    node(id: $id) {
      __typename
      ... on Event {
        raw
      }
    }
  }
`);

/** One field of an event. */
export type Told = NonNullable<ResultOf<typeof DETAILS>['facts']>[number];

/** Everything about an event that its row lacks. */
export interface DetailedEvent extends ListedEvent {
  readonly occurredAtText: string;
  readonly subject: string | null;
  readonly customer?: (Who & { readonly phone?: string | null }) | null;
  readonly canceledBy?: NonNullable<ListedEvent['canceledBy']> & {
    readonly actorId: string | null;
    readonly name: string | null;
  };
  readonly reason?: string | null;
  readonly quantity?: number | null;
  readonly status?: string | null;
  readonly previousStatus?: string | null;
  readonly startsAt?: string | null;
  readonly endsAt?: string | null;
  readonly timeZone?: string | null;
}
