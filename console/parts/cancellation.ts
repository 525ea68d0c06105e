import type { FragmentOf } from 'gql.tada';
import { graphql } from '../gateway/graphql.ts';

/** What a row says of a cancellation. */
export const CancellationRow = graphql(`
  fragment CancellationRow on Cancellation @_unmask {
    __typename
    id
    eventId
    source
    provider
    type
    kind
    title
    reference
    occurredAt
    receivedAt
    superseded
    personalData
    refundExpected
    isScheduled
    tenant {
      id
      name
    }
    customer {
      name
      email
    }
    canceledBy {
      type
    }
  }
`);

export type Cancellation = FragmentOf<typeof CancellationRow>;

/** What a revision tells: a cancellation, or another event, of which only the id is asked for. */
export type Revised = Cancellation | { readonly id: string; readonly kind?: undefined };

/** The rows with the event as it is now; without it, if it is no cancellation any more, or none that is wanted. */
export function revised(
  rows: readonly Row[],
  node: Revised,
  wanted: (node: Cancellation) => boolean = () => true,
): Row[] {
  return rows.flatMap((row) => {
    if (row.node.id !== node.id) return row;
    return node.kind && wanted(node) ? { ...row, node } : [];
  });
}

/** One place in a list: its cursor is where the list goes on. */
export interface Row {
  readonly cursor: string;
  readonly node: Cancellation;
}

/** The same without what is known of people, as the gateway would give it now. */
export function erased(node: Cancellation): Cancellation {
  return {
    ...node,
    personalData: 'ERASED',
    // The number of a ticket is its holder's; what was booked or ordered stays.
    reference: node.kind === 'TICKET' ? null : node.reference,
    tenant: { ...node.tenant, name: null },
    customer: node.customer && { ...node.customer, name: null, email: null },
  };
}

/** By which an erasure names an event: ids of two sources may be the same. */
export function keyOf({ source, eventId }: { readonly source: string; readonly eventId: string }): string {
  return `${source}:${eventId}`;
}
