import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../events/event.ts';
import { Marker } from './marks.ts';
import { APPENDED_COLUMNS, toRow } from './row.ts';
import type { Row } from './value.ts';

/** Columns that an event may leave empty. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'kind',
  'subject',
  'personal',
  'raw',
  'version',
  'marks',
  'personal_checksum',
  'happened',
  'amount',
  'currency',
]);

const AN_EVENT = {
  source: 'hookcast',
  provider: 'hookcast',
  type: 'hookcast.probe',
  tenant: 'hookcast:probe',
  subject: 'probe/1',
  occurredAt: { at: 0, text: '1970-01-01T00:00:00Z' },
  receivedAt: 0,
  shape: 'OtherEvent',
  happened: 'CANCELED',
  worth: { currency: 'BRL', units: 1 },
  data: {},
  personal: { tenantName: null },
  raw: '{}',
  version: 'r1',
  traces: [{ kind: 'email', value: 'probe@hookcast.invalid' }],
} as const;

/**
 * The row of an event that every sound log accepts. It leaves empty what the given row leaves empty, so that the log handles
 * it in the same way.
 *
 * An error code does not tell why a log refuses a row: a column that somebody has added to the table breaks the same rule as
 * a value that is missing in the event. So the log then tries this row, and takes it back at once. If the log accepts it, the
 * fault is in the event, and no retry would help. If not, the error says nothing about the event, and its delivery must not
 * be acknowledged.
 */
export function probeFor(row: Row): Row {
  const event = { ...AN_EVENT, kind: 'TICKET', eventId: randomUUID() } as unknown as NewEvent;
  return toRow(event, new Marker('')).map((value, index) => {
    const isEmpty = OPTIONAL.has(APPENDED_COLUMNS[index] ?? '') && (row[index] ?? null) === null;
    return isEmpty ? null : value;
  });
}
