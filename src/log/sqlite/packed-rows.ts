import type { Row, Value } from '../value.ts';

/**
 * Rows as they are handed to another thread: all texts in one, and all else in one buffer that moves along. A row has some twenty values,
 * and to clone each of them took as long as to make them into JSON.
 */
export interface PackedRows {
  readonly columns: number;
  readonly text: string;
  /** Of each value, one after the other: a number, the length of a text, or nothing. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly kinds: Uint8Array<ArrayBuffer>;
}

const [NULL, NUMBER, TEXT] = [0, 1, 2] as const;

/** Null where a value is neither text nor number nor null: only the database can say what is wrong with it. */
export function packRows(rows: readonly Row[]): PackedRows | null {
  const columns = rows[0]?.length ?? 0;
  const numbers = new Float64Array(rows.length * columns);
  const kinds = new Uint8Array(rows.length * columns);
  const texts: string[] = [];
  let at = 0;
  for (const row of rows) {
    if (row.length !== columns) return null;
    for (let column = 0; column < columns; column += 1, at += 1) {
      const value: unknown = row[column];
      if (typeof value === 'string') {
        kinds[at] = TEXT;
        numbers[at] = value.length;
        texts.push(value);
      } else if (typeof value === 'number') {
        kinds[at] = NUMBER;
        numbers[at] = value;
      } else if (value !== null && value !== undefined) return null;
    }
  }
  return { columns, text: texts.join(''), numbers, kinds };
}

/** The rows as they were. What was left out is null. */
export function unpackRows({ columns, text, numbers, kinds }: PackedRows): Row[] {
  const rows: Row[] = [];
  let from = 0;
  for (let at = 0; at < kinds.length;) {
    const row: Value[] = [];
    for (const end = at + columns; at < end; at += 1) {
      const number = numbers[at]!;
      if (kinds[at] === TEXT) row.push(text.slice(from, (from += number)));
      else row.push(kinds[at] === NULL ? null : number);
    }
    rows.push(row);
  }
  return rows;
}
