import { cursorAt } from '../events/cursor.ts';
import type { Erasure } from '../events/erasure.ts';
import { ALL_PARTS, type NewEvent, type Parts, type RecordedEvent } from '../events/event.ts';
import type { Revision } from '../events/revision.ts';
import { AlteredRow } from './altered-row.ts';
import { checksumOf } from './checksum.ts';
import type { Marker } from './marks.ts';
import { toJsonText } from './postgres/text.ts';
import { type Envelope, Parsing, StoredEvent, parsed } from './stored-event.ts';
import type { Row, Value } from './value.ts';

/** The columns of an event's content, in the order of its rows. */
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
/**
 * Further columns by which events are counted. They follow from an event's content, and its checksum leaves them out: otherwise
 * the checksum of an older event, which marks its cursors, would change. `hookcast check` compares the counts with them.
 */
export const COUNTED_COLUMNS = ['happened', 'amount', 'currency'] as const;
/** The columns of an event that is appended, in the order of `toRow`. The database sets the others. */
export const APPENDED_COLUMNS = [
  ...EVENT_COLUMNS,
  'marks',
  'checksum',
  'personal_checksum',
  ...COUNTED_COLUMNS,
] as const;
/** The columns of an event that is read, in the order of `fromRow`. */
export const RECORDED_COLUMNS = [
  'seq',
  ...EVENT_COLUMNS,
  'superseded',
  'checksum',
  'personal_checksum',
  ...COUNTED_COLUMNS,
  // The first checksum of a revised event, which marks its cursors. Null for an event that was never revised.
  'cursor_mark',
] as const;

export function toRow(event: NewEvent, marker: Marker): Row {
  const said = saidOf(event);
  return [...said, marker.ofEvent(event), ...checksumsOf(said), ...countedOf(event)];
}

/** The values of `COUNTED_COLUMNS`. */
export function countedOf({ happened, worth }: NewEvent | RecordedEvent): Row {
  return [happened, worth?.units ?? null, worth?.currency ?? null];
}

const [PERSONAL, RAW] = [EVENT_COLUMNS.indexOf('personal'), EVENT_COLUMNS.indexOf('raw')];
const ERASABLE = [PERSONAL, RAW];

/**
 * Two checksums of the values of `EVENT_COLUMNS`: one of what an erasure leaves, and one of `personal` and `raw`, null if both
 * are null. So an erasure never has to compute a checksum.
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

const placesOf = (...columns: (typeof RECORDED_COLUMNS)[number][]) =>
  columns.map((column) => RECORDED_COLUMNS.indexOf(column));
const NUMBERS = placesOf('seq', 'occurred_at', 'received_at');
const TEXTS = placesOf('source', 'event_id', 'provider', 'type', 'shape', 'tenant', 'occurred_text', 'data');

/**
 * The event of a row that was selected as `RECORDED_COLUMNS`. If `personal` and `raw` were not read, the row has empty texts.
 *
 * @param parts the parts that the event keeps. Either part needs both columns, since these have one checksum together.
 * @throws {AlteredRow} if hookcast can't have written this row.
 */
export function fromRow(epoch: string, row: Row, parts: Parts = ALL_PARTS, parsing = new Parsing()): RecordedEvent {
  const [seq, source, eventId, provider, type, shape, kind, tenant, subject, at, text, receivedAt, ...content] = row;
  const [data, personal, raw, version, superseded, checksum = null, , ...counted] = content;
  const [happened = null, units = null, currency = null, mark = null] = counted;
  const what = `the event at position ${String(seq)}`;
  if (!isFormed(row) || !isAsWritten(row)) throw new AlteredRow(what);
  const envelope = {
    cursor: cursorAt(epoch, seq, mark ?? checksum),
    provider,
    source,
    type,
    eventId,
    tenant,
    subject,
    occurredAt: { at, text },
    receivedAt,
    shape,
    kind,
    happened,
    worth: currency === null ? null : { currency, units },
    version,
    superseded: Boolean(superseded),
  } as Envelope;
  const texts = {
    data: String(data),
    personal: kept(personal, parts.people),
    raw: kept(raw, parts.raw),
  };
  // `toRow` wrote the row, so its shape, kind and data fit together. Only this line relies on that.
  const event = new StoredEvent(envelope, texts, parsing) as unknown as RecordedEvent;
  // Without a checksum, only parsing can show that the row was altered.
  if (checksum === null) void (event.data, parts.people && event.personal);
  return event;
}

/** Whether each value has the type of its column. */
function isFormed(row: Row): boolean {
  for (const place of NUMBERS) if (typeof row[place] !== 'number') return false;
  for (const place of TEXTS) if (typeof row[place] !== 'string') return false;
  return true;
}

/** Drops a text that was read only for the checksum. */
function kept(text: Value | undefined, isWanted: boolean): string | null {
  if (text === null || text === undefined) return null;
  return isWanted ? String(text) : NOT_READ;
}

/** The approximate size of a row's texts as they are stored, in bytes. */
export function bytesOf(row: Row): number {
  let bytes = 0;
  for (const place of CONTENT) bytes += (row[place] as string | null)?.length ?? 0;
  return bytes;
}

const [CHECKSUM, PERSONAL_CHECKSUM] = placesOf('checksum', 'personal_checksum') as [number, number];
const CONTENT = placesOf('data', 'personal', 'raw');
/** Replaces a text that is in the log and was not read. */
export const NOT_READ = '';

/** Rows of an older hookcast have no checksums, and count as unaltered. After an erasure only the first checksum is left. */
function isAsWritten(row: Row): boolean {
  const [checksum = null, personalChecksum = null] = [row[CHECKSUM], row[PERSONAL_CHECKSUM]];
  if (checksum === null) return true;
  const said = row.slice(1, 1 + EVENT_COLUMNS.length);
  const isUnread = said[PERSONAL] === NOT_READ || ((said[PERSONAL] ?? null) === null && said[RAW] === NOT_READ);
  // Texts that were not read can't be checked, and the event has none of them.
  if (isUnread) return checksum === checksumOf(said, ERASABLE);
  const [made, personalMade] = checksumsOf(said);
  return checksum === made && personalChecksum === personalMade;
}

/**
 * How many marks of cursors there are: as many as checksums. The checksum of an event marks its cursors, and the time of an
 * erasure or revision, modulo this number, marks theirs.
 */
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

/** The columns of a revision, with the former type, shape, kind and subject of its event. */
export const REVISION_COLUMNS = [
  'seq',
  'event_seq',
  'type',
  'shape',
  'kind',
  'subject',
  'recounted',
  'revised_at',
] as const;

/** The revision of a row that was selected as `REVISION_COLUMNS`. `event` is its event as it is now. */
export function fromRevisionRow(epoch: string, row: Row, event: RecordedEvent): Revision {
  const [seq, , type, shape, kind, subject, recounted, at] = row;
  return {
    cursor: cursorAt(epoch, seq, Number(at) % MARKS),
    event,
    former: { type, shape, kind, subject },
    isRecounted: Boolean(recounted),
    at,
  } as Revision;
}

/** The values of `REVISION_COLUMNS`. */
export function toRevisionRow({ cursor, event, former, isRecounted, at }: Revision): Row {
  const { type, shape, kind, subject } = former;
  return [cursor.seq, event.cursor.seq, type, shape, kind, subject, isRecounted ? 1 : 0, at];
}
