import { graphql } from '../gateway/graphql.ts';
import type { Kind } from './filter.ts';
import { type Happening, happeningOf } from './happened.ts';
import type { Amount } from './money.ts';

/** What a row says of an event. A type of somebody's own is not known here: what it declares is said in brief. */
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

/** An event as lists have it. What its type doesn't say is missing; what may not be seen is null. */
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
  /** What its type declares. */
  readonly inBrief?: InBrief;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
  readonly tenant: { readonly id: string; readonly name: string | null };
  /** Of a cancellation. */
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
  /** What happened, where a type tells of several things. */
  readonly orderChange?: string;
  readonly ticketChange?: string;
  readonly bookingChange?: string;
  readonly subscriptionChange?: string;
  /** What it is about in money. */
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

/** Who it is about: null where that is not said or may not be seen, undefined where its type says nothing of it. */
export function whoOf({ customer, buyer, learner, participants, inBrief }: ListedEvent): Who | null | undefined {
  const participant = participants?.[0]?.person;
  const all = [customer, buyer, participant, learner, inBrief?.namesPeople ? inBrief.person : undefined];
  return all.find((one) => one != null) ?? (all.includes(null) ? null : undefined);
}

/** The people whom an event names by an e-mail address, each once. */
export function peopleOf({ customer, buyer, learner, participants, inBrief }: ListedEvent): readonly Who[] {
  const all = [customer, buyer, ...(participants ?? []).map(({ person }) => person), learner, inBrief?.person];
  const byAddress = new Map<string, Who>();
  for (const one of all)
    if (one?.email) byAddress.set(one.email.toLowerCase(), byAddress.get(one.email.toLowerCase()) ?? one);
  return [...byAddress.values()];
}

/** What it is worth, as far as it says so. */
export function amountOf({ value, total, price, batch, inBrief }: ListedEvent): Amount | null {
  return value ?? total ?? price ?? batch?.price ?? inBrief?.amount ?? null;
}

/** What happened, as people sort it. What cancels something of a type of one's own cancels it as well. */
export function happenedOf(node: ListedEvent): Happening {
  if (node.kind) return 'cancelled';
  const word = node.orderChange ?? node.ticketChange ?? node.bookingChange ?? node.subscriptionChange;
  return happeningOf(node.__typename, word);
}

/** What it is about, as a person would name it. */
export function titleOf({ title, occasion, course, inBrief }: ListedEvent): string | null | undefined {
  return title ?? occasion?.name ?? course?.title ?? inBrief?.title;
}

/** The same without what is known of people, as the gateway would give it now. */
export function erased(node: ListedEvent): ListedEvent {
  const { customer, buyer, learner, participants, kind, inBrief } = node;
  return {
    ...node,
    personalData: 'ERASED',
    // The number of a ticket is its holder's; what was booked or ordered stays.
    ...(kind === 'TICKET' && { reference: null }),
    tenant: { ...node.tenant, name: null },
    // A title of a type of one’s own may be personal as well.
    ...(inBrief && { inBrief: { ...inBrief, title: null, person: null } }),
    ...(customer && { customer: null }),
    ...(buyer && { buyer: null }),
    ...(learner && { learner: null }),
    ...(participants && { participants: participants.map(() => ({ person: null })) }),
  };
}

/** The rows with the event as it is now, or without it. */
export function revised(rows: readonly Row[], node: ListedEvent, isWanted: boolean): Row[] {
  return rows.flatMap((row) => {
    if (row.node.id !== node.id) return row;
    return isWanted ? { ...row, node } : [];
  });
}

/** By which an erasure names an event: ids of two sources may be the same. */
export function keyOf({ source, eventId }: { readonly source: string; readonly eventId: string }): string {
  return `${source}:${eventId}`;
}

/** Types of events that are no cancellations, to choose from: those of rows, so that types of one's own are among them. */
export function typesOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ node }) => (node.kind ? [] : [node.__typename])))].toSorted();
}
