import type { Row } from '../value.ts';
import { fromText, toJsonText, toText } from './text.ts';

/** Columns that hold JSON. JSON has its own escapes for characters that PostgreSQL refuses. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['data', 'personal', 'raw', 'issues', 'payload', 'remainder']);

const TYPES: Readonly<Record<string, string>> = {
  seq: 'bigint',
  event_seq: 'bigint',
  cursor_mark: 'bigint',
  checksum: 'bigint',
  personal_checksum: 'bigint',
  id: 'bigint',
  count: 'bigint',
  size: 'bigint',
  seen: 'bigint',
  hour: 'bigint',
  amount: 'bigint',
  superseded: 'boolean',
  recounted: 'boolean',
  expected: 'boolean',
  lasting: 'boolean',
  marks: 'text[]',
};

/** PostgreSQL's type of a column. */
export function typeOf(column: string): string {
  return TYPES[column] ?? (column.endsWith('_at') ? 'bigint' : 'text');
}

/** Writes values of these columns in the form that PostgreSQL takes. */
export function encode(columns: readonly string[], row: Row): Row {
  return row.map((value, index) => {
    const column = columns[index] ?? '';
    if (typeof value !== 'string') return value;
    // Marks have letters and digits only, so a PostgreSQL array of them differs from JSON in the brackets alone.
    if (column === 'marks') return `{${value.slice(1, -1)}}`;
    if (column === 'event_ids') return JSON.stringify((JSON.parse(value) as string[]).map(toText));
    return JSON_COLUMNS.has(column) ? toJsonText(value) : toText(value);
  });
}

/** Reads values of these columns back: the reverse of `encode`. */
export function decode(columns: readonly string[], row: Row): Row {
  return row.map((value, index) => {
    const column = columns[index] ?? '';
    if (typeof value !== 'string' || JSON_COLUMNS.has(column)) return value;
    // `event_ids` is the only column with a list of encoded texts.
    return column === 'event_ids' ? JSON.stringify((JSON.parse(value) as string[]).map(fromText)) : fromText(value);
  });
}

/** An encoded row as JSON, for `asRecords`. */
export function toRecord(row: Row): string {
  return JSON.stringify(row);
}

/** Encodes rows, and makes a JSON list of them for `asRecords`. */
export function toRecords(columns: readonly string[], rows: readonly Row[]): string {
  return `[${rows.map((row) => toRecord(encode(columns, row))).join(',')}]`;
}

/**
 * SQL that reads a JSON list of such rows. `place` is a row's place in the list. Lists within a jsonb list cost the gateway and the
 * database less than objects, and much less than PostgreSQL's own arrays, which need quotes within quotes.
 */
export function asRecords(list: string, columns: readonly string[]): string {
  const values = columns.map((column, index) => `(record ->> ${index})::${typeOf(column)} AS ${column}`).join(', ');
  return `(SELECT ${values}, place FROM jsonb_array_elements(${list}) WITH ORDINALITY AS listed (record, place)) AS given`;
}
