import type { Erasure } from '../events/erasure.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import type { Issue, NewQuarantined, Quarantined } from '../events/quarantine.ts';

/** A value as databases bind and return it. */
export type Value = string | number | null;
export type Row = readonly Value[];

/** The columns of an event that are written, in the order of `toRow`. `seq` is the database's to give. */
export const EVENT_COLUMNS = [
  'source',
  'event_id',
  'provider',
  'type',
  'shape',
  'kind',
  'tenant',
  'subject',
  'occurred_at',
  'occurred_text',
  'received_at',
  'data',
  'personal',
  'raw',
] as const;

export function toRow(event: NewEvent): Row {
  return [
    event.source,
    event.eventId,
    event.provider,
    event.type,
    event.shape,
    event.kind,
    event.tenant,
    event.subject,
    event.occurredAt.at,
    event.occurredAt.text,
    event.receivedAt,
    JSON.stringify(event.data),
    event.personal === null ? null : JSON.stringify(event.personal),
    event.raw,
  ];
}

/** The event of a row that was selected as `seq, ...EVENT_COLUMNS`. */
export function fromRow(epoch: string, row: Row): RecordedEvent {
  const [seq, source, eventId, provider, type, shape, kind, tenant, subject] = row;
  const [occurredAt, occurredText, receivedAt, data, personal, raw] = row.slice(9);
  // What stands in a row was written by `toRow`, so its parts fit together: the one place where that is trusted.
  return {
    cursor: { epoch, seq },
    provider,
    source,
    type,
    eventId,
    tenant,
    subject,
    occurredAt: { at: occurredAt, text: occurredText },
    receivedAt,
    shape,
    kind,
    data: JSON.parse(data as string),
    personal: personal === null ? null : JSON.parse(personal as string),
    raw,
  } as RecordedEvent;
}

export const ERASURE_COLUMNS = ['seq', 'provider', 'source', 'tenant', 'subject', 'event_ids'] as const;

/** The erasure of a row that was selected as `ERASURE_COLUMNS`. */
export function fromErasureRow(epoch: string, row: Row): Erasure {
  const [seq, provider, source, tenant, subject, eventIds] = row;
  return {
    cursor: { epoch, seq },
    provider,
    source,
    tenant,
    subject,
    eventIds: JSON.parse(eventIds as string) as string[],
  } as Erasure;
}

export const QUARANTINE_COLUMNS = [
  'source',
  'digest',
  'provider',
  'type',
  'event_id',
  'issues',
  'payload',
  'received_at',
] as const;

export function toQuarantineRow(delivery: NewQuarantined): Row {
  return [
    delivery.source,
    delivery.digest,
    delivery.provider,
    delivery.type,
    delivery.eventId,
    JSON.stringify(delivery.issues),
    delivery.payload,
    delivery.receivedAt,
  ];
}

/** The delivery of a row that was selected as `id, ...QUARANTINE_COLUMNS`. */
export function fromQuarantineRow(row: Row): Quarantined {
  const [id, source, digest, provider, type, eventId, issues, payload, receivedAt] = row;
  return {
    id,
    source,
    digest,
    provider,
    type,
    eventId,
    issues: JSON.parse(issues as string) as Issue[],
    payload,
    receivedAt,
  } as Quarantined;
}
