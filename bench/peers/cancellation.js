/** The same subscription as the gateway's, as far as the benchmarks ask for it. */
export const typeDefs = /* GraphQL */ `
  type Query {
    nothing: String
  }
  type Subscription {
    cancellations(after: String): StreamMessage!
  }
  interface StreamMessage {
    cursor: String!
  }
  type CancellationEdge implements StreamMessage {
    cursor: String!
    node: Cancellation!
  }
  type Cancellation {
    eventId: String!
    kind: String!
    title: String!
    occurredAt: String!
    tenant: Tenant!
    customer: Person!
  }
  type Tenant {
    id: String!
  }
  type Person {
    name: String!
    email: String!
  }
`;

/** What a webhook of Eduzz says, as that subscription's message. */
export function toMessage(body) {
  const { id, data } = JSON.parse(body);
  return {
    __typename: 'CancellationEdge',
    cursor: 'YWJjZGVmZ2hpamtsbW5vcDoxMjM0NQ',
    node: {
      eventId: id,
      kind: 'TICKET',
      title: data.event.name,
      occurredAt: new Date(data.createdAt).toISOString(),
      tenant: { id: `eduzz:${data.producer.id}` },
      customer: { name: data.participant.name, email: data.participant.email },
    },
  };
}
