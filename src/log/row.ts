import { cursorAt } from '../events/cursor.ts';
import type { Erasure } from '../events/erasure.ts';
import type { NewEvent, RecordedEvent } from '../events/event.ts';
import { checksumOf } from './checksum.ts';
import type { Marker } from './marks.ts';
import { toJsonText } from './postgres/text.ts';

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
export const APPENDED_COLUMNS = [...EVENT_COLUMNS, 'marks', 'checksum', 'personal_checksum'] as const;
/** The columns of an event that is read, in the order of `fromRow`. */
export const RECORDED_COLUMNS = ['seq', ...EVENT_COLUMNS, 'superseded', 'checksum', 'personal_checksum'] as const;

export function toRow(event: NewEvent, marker: Marker): Row {
  const said = saidOf(event);
  return [...said, marker.ofEvent(event), ...checksumsOf(said)];
}

const [PERSONAL, RAW] = [EVENT_COLUMNS.indexOf('personal'), EVENT_COLUMNS.indexOf('raw')];
const ERASABLE = [PERSONAL, RAW];

/**
 * Of the values of `EVENT_COLUMNS`: one of all that an erasure leaves, and one of what it takes, which is null where that is.
 * So an erasure has none to make anew.
 */
export function checksumsOf(said: Row): readonly [number, number | null] {
  const checksum = checksumOf(said, ERASABLE);
  const [personal = null, raw = null] = [said[PERSONAL], said[RAW]];
  return [checksum, personal === null && raw === null ? null : checksumOf([personal, raw], [], checksum)];
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
    event.raw === null ? null : toJsonText(event.raw),
    event.version,
  ];
}

/** A row is not as `toRow` made it: something has changed what is stored. */
export class AlteredRow extends Error {
  /** @param what of it: nothing of what stands there, which is about people. */
  constructor(what: string) {
    super(`${what} is not as it was written`);
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
  const isFormed =
    NUMBERS.every((place) => typeof row[place] === 'number') && TEXTS.every((place) => typeof row[place] === 'string');
  const what = `the event at position ${String(seq)}`;
  const [occurredAt, occurredText, receivedAt, data, personal = null, raw, version, superseded] = row.slice(9);
  if (!isFormed || !isAsWritten(row)) throw new AlteredRow(what);
  // What stands in a row was written by `toRow`, so its parts fit together: the one place where that is trusted.
  return {
    cursor: cursorAt(epoch, seq, row[CHECKSUM]),
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
    data: parsed(data, what),
    personal: personal === null ? null : parsed(personal, what),
    raw,
    version,
    superseded: Boolean(superseded),
  } as RecordedEvent;
}

const [CHECKSUM, PERSONAL_CHECKSUM] = placesOf('checksum', 'personal_checksum') as [number, number];

/** What an older hookcast wrote has no checksums. Of what was erased, only what is left has one. */
function isAsWritten(row: Row): boolean {
  const [checksum = null, personalChecksum = null] = [row[CHECKSUM], row[PERSONAL_CHECKSUM]];
  if (checksum === null) return true;
  const [made, personalMade] = checksumsOf(row.slice(1, 1 + EVENT_COLUMNS.length));
  return checksum === made && personalChecksum === personalMade;
}

/** Without V8's error, which would say what it stumbled over. @throws {AlteredRow} */
export function parsed(json: Value | undefined, what: string): unknown {
  try {
    return JSON.parse(json as string);
  } catch {
    throw new AlteredRow(what);
  }
}

/** An erasure's moment marks its cursors, as the checksum does an event's: as many as there are checksums. */
export const MARKS = 2 ** 32;

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
    cursor: cursorAt(epoch, seq, Number(at) % MARKS),
    provider,
    source,
    tenant,
    subject,
    eventIds: parsed(eventIds, `the erasure at position ${String(seq)}`),
    at,
    orderedBy,
  } as Erasure;
}
