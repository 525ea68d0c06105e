import { graphql } from '../gateway/graphql.ts';
import { EventRow, type ListedEvent } from '../parts/event.ts';
import type { Amount } from '../parts/money.ts';

/** The fields of an event that a story needs besides its row: where the money is, and which other subjects it names. */
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

/** The most events that are shown, the latest ones. There are hardly ever more. */
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

/** Announces events that may belong to the story. For a person, the subjects of future events are unknown. */
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
