import { graphql } from '../gateway/graphql.ts';
import { type Happening, happeningOf } from './happened.ts';
import type { Amount } from './money.ts';

/** The kinds of cancellations. */
export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

/** The fields of a row. A custom type is not known here, so the row uses `inBrief`. */
export const EventRow = graphql(`
  fragment EventRow on Event @_unmask {
    __typename
    id
    eventId
    source
    provider
    type
    subject
    occurredAt
    receivedAt
    superseded
    personalData
    tenant {
      id
      name
    }
    inBrief {
      title
      amount {
        amount
        currency
      }
      person {
        name
        email
      }
      namesPeople
      happened
    }
    ... on Cancellation {
      kind
      title
      reference
      refundExpected
      isScheduled
      customer {
        name
        email
      }
      canceledBy {
        type
      }
    }
    ... on OrderCancellation {
      total {
        amount
        currency
      }
    }
    ... on OrderChange {
      orderChange
      value {
        amount
        currency
      }
    }
    ... on OrderEvent {
      title
      customer {
        name
        email
      }
    }
    ... on BookingChange {
      bookingChange
    }
    ... on BookingEvent {
      title
      price {
        amount
        currency
      }
      customer {
        name
        email
      }
    }
    ... on SubscriptionChange {
      subscriptionChange
    }
    ... on SubscriptionEvent {
      title
      price {
        amount
        currency
      }
      customer {
        name
        email
      }
    }
    ... on CartAbandonment {
      customer {
        name
        email
      }
    }
    ... on TicketChange {
      ticketChange
      occasion {
        name
      }
      batch {
        price {
          amount
          currency
        }
      }
      buyer {
        name
        email
      }
      participants {
        person {
          name
          email
        }
      }
    }
    ... on TicketEdit {
      occasion {
        name
      }
    }
    ... on LearnerActivity {
      course {
        title
      }
      learner {
        name
        email
      }
    }
  }
`);

export interface Who {
  readonly name: string | null;
  readonly email: string | null;
}

export interface InBrief {
  readonly title: string | null;
  readonly amount: Amount | null;
  readonly person: Who | null;
  readonly namesPeople: boolean;
  readonly happened: string | null;
}

/** An event of a list. A field that the type doesn't have is missing. A field that may not be seen is null. */
export interface ListedEvent {
  readonly __typename: string;
  readonly id: string;
  readonly eventId: string;
  readonly source: string;
  readonly provider: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly subject: string | null;
  readonly superseded: boolean;
  /** A summary of what its type declares. */
  readonly inBrief?: InBrief;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
  readonly tenant: { readonly id: string; readonly name: string | null };
  /** Only cancellations have it. */
  readonly kind?: Kind;
  readonly title?: string | null;
  readonly reference?: string | null;
  readonly refundExpected?: boolean | null;
  readonly isScheduled?: boolean;
  readonly canceledBy?: { readonly type: 'CUSTOMER' | 'BUSINESS' | 'APP' | 'UNKNOWN' };
  readonly customer?: Who | null;
  readonly buyer?: Who | null;
  readonly learner?: Who | null;
  readonly occasion?: { readonly name: string | null } | null;
  readonly course?: { readonly title: string | null } | null;
  readonly participants?: readonly { readonly person: Who | null }[];
  /** The happening, if the type tells of several. */
  readonly orderChange?: string;
  readonly ticketChange?: string;
  readonly bookingChange?: string;
  readonly subscriptionChange?: string;
  /** The amount of money that it is about. */
  readonly value?: Amount | null;
  readonly total?: Amount | null;
  readonly price?: Amount | null;
  readonly batch?: { readonly price: Amount | null } | null;
}

/** One place in a list: its cursor is where the list goes on. */
export interface Row {
  readonly cursor: string;
  readonly node: ListedEvent;
}

/** The person. Null if unknown or hidden, undefined if the type has no person. */
export function whoOf({ customer, buyer, learner, participants, inBrief }: ListedEvent): Who | null | undefined {
  const participant = participants?.[0]?.person;
  const all = [customer, buyer, participant, learner, inBrief?.namesPeople ? inBrief.person : undefined];
  return all.find((one) => one != null) ?? (all.includes(null) ? null : undefined);
}

/** The people with an e-mail address in an event, each once. */
export function peopleOf({ customer, buyer, learner, participants, inBrief }: ListedEvent): readonly Who[] {
  const all = [customer, buyer, ...(participants ?? []).map(({ person }) => person), learner, inBrief?.person];
  const byAddress = new Map<string, Who>();
  for (const one of all)
    if (one?.email) byAddress.set(one.email.toLowerCase(), byAddress.get(one.email.toLowerCase()) ?? one);
  return [...byAddress.values()];
}

/** The event's amount, if it has one. */
export function amountOf({ value, total, price, batch, inBrief }: ListedEvent): Amount | null {
  return value ?? total ?? price ?? batch?.price ?? inBrief?.amount ?? null;
}

/** The happening, as people sort it. A custom type's cancellation counts as a cancellation too. */
export function happenedOf(node: ListedEvent): Happening {
  if (node.kind) return 'cancelled';
  return happeningOf(node.__typename, wordOf(node));
}

/** The word of a change of an order, a ticket, a booking or a subscription. */
export function wordOf(node: ListedEvent): string | null | undefined {
  return node.orderChange ?? node.ticketChange ?? node.bookingChange ?? node.subscriptionChange;
}

/** A readable name of what the event is about. */
export function titleOf({ title, occasion, course, inBrief }: ListedEvent): string | null | undefined {
  return title ?? occasion?.name ?? course?.title ?? inBrief?.title;
}

/** The event without personal data, as the gateway would return it now. */
export function erased(node: ListedEvent): ListedEvent {
  const { customer, buyer, learner, participants, kind, inBrief } = node;
  return {
    ...node,
    personalData: 'ERASED',
    // The number of a ticket identifies its holder. The number of a booking or an order stays.
    ...(kind === 'TICKET' && { reference: null }),
    tenant: { ...node.tenant, name: null },
    // The title of a custom type may be personal too.
    ...(inBrief && { inBrief: { ...inBrief, title: null, person: null } }),
    ...(customer && { customer: null }),
    ...(buyer && { buyer: null }),
    ...(learner && { learner: null }),
    ...(participants && { participants: participants.map(() => ({ person: null })) }),
  };
}

/** The rows with the event's new form, or without the event. */
export function revised(rows: readonly Row[], node: ListedEvent, isWanted: boolean): Row[] {
  return rows.flatMap((row) => {
    if (row.node.id !== node.id) return row;
    return isWanted ? { ...row, node } : [];
  });
}

/** The key by which an erasure names an event, since two sources may use the same ids. */
export function keyOf({ source, eventId }: { readonly source: string; readonly eventId: string }): string {
  return `${source}:${eventId}`;
}

/** The types of events that are no cancellations, as a choice. They come from rows, so that custom types are included. */
export function typesOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ node }) => (node.kind ? [] : [node.__typename])))].toSorted();
}
