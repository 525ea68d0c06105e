/** What of events is exported besides what identifies nobody. */
export interface ExportedParts {
  readonly people: boolean;
  readonly raw: boolean;
}

/** An event as it is exported: what GraphQL says of it and of its edge. */
export interface ExportedEvent {
  readonly cursor: string;
  readonly typename: string;
  readonly id: string;
  readonly provider: string;
  readonly source: string;
  readonly type: string;
  readonly eventId: string;
  readonly tenant: string;
  readonly subject: string | null;
  readonly occurredAt: string;
  readonly occurredAtText: string;
  readonly receivedAt: string;
  readonly origin: string;
  readonly superseded: boolean;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
  readonly worth: { readonly amount: string; readonly currency: string } | null;
  readonly values: unknown;
  /** Only where people are exported. */
  readonly personalValues?: unknown;
  readonly raw?: unknown;
}

/** The same as GraphQL has it. */
export type ExportedEdge = Pick<ExportedEvent, 'cursor' | 'worth' | 'values' | 'personalValues'> & {
  readonly node: Omit<ExportedEvent, 'cursor' | 'tenant' | 'worth' | 'values' | 'personalValues'> & {
    readonly tenant: { readonly id: string };
  };
};

/** In the order of fields that every export has. */
export function exportedOf(edge: ExportedEdge, { people, raw }: ExportedParts): ExportedEvent {
  const { cursor, worth, values, personalValues, node } = edge;
  return {
    cursor,
    typename: node.typename,
    id: node.id,
    provider: node.provider,
    source: node.source,
    type: node.type,
    eventId: node.eventId,
    tenant: node.tenant.id,
    subject: node.subject,
    occurredAt: node.occurredAt,
    occurredAtText: node.occurredAtText,
    receivedAt: node.receivedAt,
    origin: node.origin,
    superseded: node.superseded,
    personalData: node.personalData,
    worth,
    values,
    ...(people && { personalValues }),
    ...(raw && { raw: node.raw }),
  };
}
