import type { ResultOf } from 'gql.tada';
import { graphql } from '../gateway/graphql.ts';
import { CancellationRow } from './cancellation.ts';

const TicketDetails = graphql(`
  fragment TicketDetails on TicketCancellation @_unmask {
    occasion {
      name
      type
    }
    ticketName
    isPaid
    batch {
      name
      price {
        amount
        currency
      }
    }
    buyer {
      name
      email
      phone
    }
    participantId
    manuallyCreated
    ticketTags {
      title
    }
    producer {
      name
      email
    }
    customFields
    sentAt {
      instant
    }
  }
`);

const BookingDetails = graphql(`
  fragment BookingDetails on BookingCancellation @_unmask {
    slot {
      allDay
      durationCount
      durationUnit
      staff {
        name
        email
      }
      location {
        name
        address
      }
    }
    schedule {
      firstSessionStart {
        instant
      }
      lastSessionEnd {
        instant
      }
      location {
        name
        address
      }
    }
    addOns {
      name
      quantity
    }
    multiService {
      multiServiceId
    }
    createdAt {
      instant
    }
    createdBy {
      type
    }
    updatedAt {
      instant
    }
    seatId
    seatsPerSlot
    series {
      unit
      every
      occurrences
    }
    price {
      amount
      currency
    }
    paymentStatus
    selectedPaymentOption
    depositSelected
    waiveCancellationFee
    ignoreCancellationPolicy
    doubleBooked
    notifyParticipants
    notificationChannels
    anonymized
    tags
    customerAddress
    customerCountryCode
    customerTimeZone
    participantsChoices
    additionalFields
    extendedFields
  }
`);

const OrderDetails = graphql(`
  fragment OrderDetails on OrderCancellation @_unmask {
    items {
      name
      billingType
      sku
      price {
        amount
        currency
      }
    }
    total {
      amount
      currency
    }
    offerName
    paymentMethod
    installments
    dueAt {
      instant
    }
    createdAt {
      instant
    }
    mainOrderId
    parentSubscriptionId
    producerEmail
    customerAddress
    tracker
    utm
    sentAt {
      instant
    }
  }
`);

const SubscriptionDetails = graphql(`
  fragment SubscriptionDetails on SubscriptionCancellation @_unmask {
    products {
      productId
      name
      quantity
      price {
        amount
        currency
      }
    }
    price {
      amount
      currency
    }
    interval {
      count
      unit
    }
    paymentMethod
    payer {
      name
      email
      phone
    }
    cause
    feedback
    feedbackOption {
      feedbackOptionId
      description
    }
    isLive
    createdAt {
      instant
    }
    canceledAt {
      instant
    }
    updatedAt {
      instant
    }
    producerEmail
    sentAt {
      instant
    }
  }
`);

export const DETAILS = graphql(
  `
    query Details($id: ID!) {
      node(id: $id) {
        __typename
        ... on Cancellation {
          ...CancellationRow
          occurredAtText
          subject
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
        ...TicketDetails
        ...BookingDetails
        ...OrderDetails
        ...SubscriptionDetails
      }
    }
  `,
  [CancellationRow, TicketDetails, BookingDetails, OrderDetails, SubscriptionDetails],
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

type Node = NonNullable<ResultOf<typeof DETAILS>['node']>;

/** All there is to know of a cancellation, whichever type it has. */
export type DetailedCancellation = Extract<Node, { readonly personalData: unknown }>;
