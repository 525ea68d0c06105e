const SHOWN = `id eventId title occurredAt personalData customer { name }`;

export const LIST = `
  query List($last: Int!, $before: String) {
    cancellations(last: $last, before: $before) {
      head
      pageInfo { hasPreviousPage startCursor }
      edges { cursor node { ${SHOWN} } }
    }
  }
`;

export const FOLLOW = `
  subscription Follow($after: String) {
    cancellations(after: $after) {
      __typename
      cursor
      ... on CancellationEdge { node { ${SHOWN} } }
    }
  }
`;

export interface Edge {
  readonly cursor: string;
  readonly node: {
    readonly id: string;
    readonly eventId: string;
    readonly title: string | null;
    readonly occurredAt: string;
    readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
    readonly customer: { readonly name: string | null } | null;
  };
}

export interface List {
  readonly cancellations: {
    readonly head: string;
    readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
    readonly edges: readonly Edge[];
  };
}

export type Message =
  | ({ readonly __typename: 'CancellationEdge' } & Edge)
  /** The messages after it are live. */
  | { readonly __typename: 'CaughtUp'; readonly cursor: string }
  /** Events are gone for good, personal data has been erased, or an event is another one now: read the list anew. */
  | { readonly __typename: 'Gap' | 'Erasure' | 'Revision'; readonly cursor: string };

export interface Followed {
  readonly cancellations: Message;
}
