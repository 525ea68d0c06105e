import type { Erasure } from '../events/erasure.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import type { Marker } from './marks.ts';

/** A value as databases bind and return it. */
export type Value = string | number | null;
export type Row = readonly Value[];

/** What an event says, in the order of its rows. */
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
  'version',
] as const;
/** The columns of an event that is appended, in the order of `toRow`. The rest is the database's to give. */
export const APPENDED_COLUMNS = [...EVENT_COLUMNS, 'marks'] as const;
/** The columns of an event that is read, in the order of `fromRow`. */
export const RECORDED_COLUMNS = ['seq', ...EVENT_COLUMNS, 'superseded'] as const;

export function toRow(event: NewEvent, marker: Marker): Row {
  return [...saidOf(event), marker.ofEvent(event)];
}

/** The values of `EVENT_COLUMNS`. */
export function saidOf(event: NewEvent | RecordedEvent): Row {
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
    event.version,
  ];
}

/** A row is not as `toRow` made it: something has changed what is stored. */
export class AlteredRow extends Error {
  constructor(seq: Value | undefined) {
    // Nothing of what stands there: it is about people.
    super(`the event at position ${String(seq)} is not as it was written`);
    this.name = 'AlteredRow';
  }
}

const placesOf = (...columns: (typeof RECORDED_COLUMNS)[number][]) =>
  columns.map((column) => RECORDED_COLUMNS.indexOf(column));
const NUMBERS = placesOf('seq', 'occurred_at', 'received_at');
const TEXTS = placesOf('source', 'event_id', 'provider', 'type', 'shape', 'tenant', 'occurred_text', 'data');

/**
 * The event of a row that was selected as `RECORDED_COLUMNS`.
 *
 * @throws {AlteredRow} when no event can have been written like this.
 */
export function fromRow(epoch: string, row: Row): RecordedEvent {
  const [seq, source, eventId, provider, type, shape, kind, tenant, subject] = row;
  const isSound =
    NUMBERS.every((place) => typeof row[place] === 'number') && TEXTS.every((place) => typeof row[place] === 'string');
  if (!isSound) throw new AlteredRow(seq);
  const [occurredAt, occurredText, receivedAt, data, personal, raw, version, superseded] = row.slice(9);
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
    data: parsed(data, seq),
    personal: personal === null ? null : parsed(personal, seq),
    raw,
    version,
    superseded: Boolean(superseded),
  } as RecordedEvent;
}

/** V8 would say in its error what it stumbled over. */
function parsed(json: Value | undefined, seq: Value | undefined): unknown {
  try {
    return JSON.parse(json as string);
  } catch {
    throw new AlteredRow(seq);
  }
}

export const ERASURE_COLUMNS = [
  'seq',
  'provider',
  'source',
  'tenant',
  'subject',
  'event_ids',
  'erased_at',
  'ordered_by',
] as const;

/** The erasure of a row that was selected as `ERASURE_COLUMNS`. */
export function fromErasureRow(epoch: string, row: Row): Erasure {
  const [seq, provider, source, tenant, subject, eventIds, at, orderedBy] = row;
  return {
    cursor: { epoch, seq },
    provider,
    source,
    tenant,
    subject,
    eventIds: JSON.parse(eventIds as string) as string[],
    at,
    orderedBy,
  } as Erasure;
}
