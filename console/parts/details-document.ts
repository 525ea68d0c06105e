import type { ResultOf } from 'gql.tada';
import { graphql } from '../gateway/graphql.ts';
import { EventRow, type ListedEvent, type Who } from './event.ts';

/** What every cancellation says stands in an order of its own; what else a type says, the gateway tells by `facts`. */
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

/** Asked for only when somebody wants to see it: it is as long as what the provider sent. */
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

/** One thing that an event says. */
export type Told = NonNullable<ResultOf<typeof DETAILS>['facts']>[number];

/** What there is to know of an event beside its row. */
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
