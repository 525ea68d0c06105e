import type { Row, Value } from '../row.ts';
import { fromText, toJsonText, toText, toTextArray } from './text.ts';

/** Columns that hold JSON, which has its own way to write what PostgreSQL refuses. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['data', 'personal', 'raw', 'issues', 'payload']);

/** PostgreSQL's type of a column. */
export function typeOf(column: string): 'bigint' | 'text' {
  return column === 'seq' || column.endsWith('_at') ? 'bigint' : 'text';
}

/** The values of these columns as PostgreSQL takes them. */
export function encode(columns: readonly string[], row: Row): Row {
  return row.map((value, index) => {
    if (typeof value !== 'string') return value;
    return JSON_COLUMNS.has(columns[index] ?? '') ? toJsonText(value) : toText(value);
  });
}

/** The values of these columns as they were given. */
export function decode(columns: readonly string[], row: Row): Row {
  return row.map((value, index) => {
    const column = columns[index] ?? '';
    if (typeof value !== 'string' || JSON_COLUMNS.has(column)) return value;
    // The one column that is a list of such texts, written by PostgreSQL itself.
    return column === 'event_ids' ? JSON.stringify((JSON.parse(value) as string[]).map(fromText)) : fromText(value);
  });
}

/** Encoded rows as one array for each column. */
export function toColumns(columns: readonly string[], rows: readonly Row[]): Value[] {
  return columns.map((column, index) =>
    typeOf(column) === 'bigint'
      ? `{${rows.map((row) => row[index]).join(',')}}`
      : toTextArray(rows.map((row) => row[index] as string | null)),
  );
}
