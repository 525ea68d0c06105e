import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS } from '../audit-row.ts';
import { FIELD_COLUMNS } from '../field-row.ts';
import { PAUSED_COLUMNS } from '../paused-row.ts';
import { NEW_QUARANTINE_COLUMNS, QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import { RECONCILIATION_COLUMNS } from '../reconciliation-row.ts';
import { SEARCHED_COLUMNS } from '../searched-row.ts';
import { APPENDED_COLUMNS, ERASURE_COLUMNS, RECORDED_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Row, Value } from '../value.ts';
import { TOKEN_COLUMNS } from '../token-row.ts';
import { TOMBSTONE_COLUMNS } from '../tombstone-row.ts';

/** Columns that hold JSON, which writes half of a surrogate pair as an escape. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['data', 'personal', 'raw', 'issues', 'payload', 'remainder']);

/**
 * Encodes and decodes the texts in rows of some columns. SQLite takes UTF-8, and node:sqlite would store U+FFFD for half of a
 * surrogate pair. So the file, and every text that is compared with it, has texts as `toUtf8Text` writes them.
 */
class Texts {
  readonly #places: readonly number[];
  readonly #marks: number;

  constructor(columns: readonly string[]) {
    this.#marks = columns.indexOf('marks');
    this.#places = columns.flatMap((column, place) =>
      JSON_COLUMNS.has(column) || place === this.#marks ? [] : [place],
    );
  }

  /** The row as SQLite stores it. */
  encode(row: Row): Row {
    const encoded = this.#changed(row, toUtf8Text);
    const marks = row[this.#marks];
    // All marks are letters and digits, except those of subjects. JSON writes half of a pair with a backslash.
    if (typeof marks !== 'string' || !marks.includes('\\')) return encoded;
    return encoded.with(this.#marks, JSON.stringify((JSON.parse(marks) as string[]).map(toUtf8Text)));
  }

  /** The row as it was before `encode`. */
  decode(row: Row): Row {
    return this.#changed(row, fromUtf8Text);
  }

  /** The row with changed texts. Usually no text changes, and then the row is not copied. */
  #changed(row: Row, change: (text: string) => string): Row {
    let changed: Value[] | null = null;
    for (const place of this.#places) {
      const value = row[place];
      if (typeof value !== 'string') continue;
      const text = change(value);
      if (text !== value) (changed ??= [...row])[place] = text;
    }
    return changed ?? row;
  }
}

export const APPENDED = new Texts(APPENDED_COLUMNS);
export const RECORDED = new Texts(RECORDED_COLUMNS);
export const SEARCHED = new Texts(SEARCHED_COLUMNS);
export const REVISIONS = new Texts(REVISION_COLUMNS);
export const ERASURES = new Texts(ERASURE_COLUMNS);
export const NEW_QUARANTINE = new Texts(NEW_QUARANTINE_COLUMNS);
export const QUARANTINE = new Texts(QUARANTINE_COLUMNS);
export const FIELDS = new Texts(FIELD_COLUMNS);
export const NEW_AUDIT = new Texts(NEW_AUDIT_COLUMNS);
export const AUDIT = new Texts(AUDIT_COLUMNS);
export const TOKENS = new Texts(TOKEN_COLUMNS);
export const PAUSED = new Texts(PAUSED_COLUMNS);
export const RECONCILIATIONS = new Texts(RECONCILIATION_COLUMNS);
export const TOMBSTONES = new Texts(TOMBSTONE_COLUMNS);
