import { graphql } from '../gateway/graphql.ts';
import { EventRow, type ListedEvent } from '../parts/event.ts';
import type { Amount } from '../parts/money.ts';

/** What a story says of an event beside its row: where the money is, and what else it names. */
const StoryEvent = graphql(
  `
    fragment StoryEvent on Event @_unmask {
      ...EventRow
      ... on Cancellation {
        reason
      }
      ... on OrderEvent {
        mainOrderId
        parentSubscriptionId
        paymentMethod
      }
      ... on OrderChange {
        paid {
          amount
          currency
        }
        refund {
          amount {
            amount
            currency
          }
          reason
        }
        chargeback {
          respondBy {
            instant
          }
        }
      }
      ... on BookingEvent {
        paymentStatus
      }
      ... on BookingChange {
        previousBookingId
      }
      ... on SubscriptionChange {
        charge {
          orderId
          outcome
        }
      }
    }
  `,
  [EventRow],
);

/** So many of the latest events are shown; there are hardly ever more. */
export const MOST = 100;

export const OF_SUBJECT = graphql(
  `
    query Story($filter: EventFilter, $last: Int) {
      events(filter: $filter, last: $last) {
        head
        pageInfo {
          hasPreviousPage
        }
        edges {
          node {
            ...StoryEvent
          }
        }
      }
    }
  `,
  [StoryEvent],
);

export const ABOUT_PERSON = graphql(
  `
    query PersonsStory($email: String!, $last: Int) {
      events: eventsAbout(email: $email, last: $last) {
        head
        pageInfo {
          hasPreviousPage
        }
        edges {
          node {
            ...StoryEvent
          }
        }
      }
    }
  `,
  [StoryEvent],
);

/** Tells that there may be more to tell. Of a person nobody knows beforehand what it will be about. */
export const TOLD = graphql(`
  subscription StoryGoesOn($after: String, $filter: EventFilter) {
    events(after: $after, filter: $filter) {
      __typename
      cursor
      ... on EventEdge {
        node {
          subject
          inBrief {
            person {
              email
            }
          }
        }
      }
      ... on Revision {
        node {
          subject
        }
      }
      ... on Erasure {
        source
        eventIds
      }
    }
  }
`);

/** An event as a story has it. */
export interface StoryEvent extends ListedEvent {
  readonly reason?: string | null;
  readonly mainOrderId?: string | null;
  readonly parentSubscriptionId?: string | null;
  readonly paymentMethod?: string | null;
  readonly paid?: Amount | null;
  readonly refund?: { readonly amount: Amount | null; readonly reason: string | null } | null;
  readonly chargeback?: { readonly respondBy: { readonly instant: string } | null } | null;
  readonly paymentStatus?: string | null;
  readonly previousBookingId?: string | null;
  readonly charge?: { readonly orderId: string | null; readonly outcome: string } | null;
}
