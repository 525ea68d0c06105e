import type { Matched } from '../events/filter.ts';
import { parsed } from './stored-event.ts';
import type { Row, Value } from './value.ts';

/** The columns by which a search finds an event: those of a filter, and those with words. */
export const SEARCHED_COLUMNS = [
  'seq',
  'provider',
  'source',
  'type',
  'event_id',
  'tenant',
  'subject',
  'shape',
  'kind',
  'happened',
  'occurred_at',
  'data',
  'personal',
] as const;

/** The event of a row that was selected as `SEARCHED_COLUMNS`. Its parts are parsed only if the filter looks at them. */
export function fromSearchedRow(row: Row): Matched {
  const [seq, provider, source, type, eventId, tenant, subject, shape, kind, happened, at, data, personal] = row;
  const read = (text: Value | undefined) =>
    text === null ? null : parsed(text, `the event at position ${String(seq)}`);
  return {
    provider,
    source,
    type,
    eventId,
    tenant,
    subject,
    shape,
    kind,
    happened,
    occurredAt: { at, text: '' },
    receivedAt: 0,
    get data() {
      return read(data);
    },
    get personal() {
      return read(personal);
    },
  } as Matched;
}
