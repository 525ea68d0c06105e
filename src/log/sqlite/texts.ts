import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS } from '../audit-row.ts';
import { FIELD_COLUMNS } from '../field-row.ts';
import { PAUSED_COLUMNS } from '../paused-row.ts';
import { NEW_QUARANTINE_COLUMNS, QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import { RECONCILIATION_COLUMNS } from '../reconciliation-row.ts';
import { APPENDED_COLUMNS, ERASURE_COLUMNS, RECORDED_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Row, Value } from '../value.ts';
import { TOKEN_COLUMNS } from '../token-row.ts';
import { TOMBSTONE_COLUMNS } from '../tombstone-row.ts';

/** Columns that hold JSON, which has its own way to write such a half. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['data', 'personal', 'raw', 'issues', 'payload', 'remainder']);

/**
 * The texts in rows of some columns. SQLite takes UTF-8: node:sqlite would store U+FFFD for half of a surrogate pair. Between
 * `encode` and `decode`, in the file and in all that is compared with it, texts are as `toUtf8Text` writes them.
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

  /** A row as SQLite takes it. */
  encode(row: Row): Row {
    const encoded = this.#changed(row, toUtf8Text);
    const marks = row[this.#marks];
    // Letters and digits, but for a subject: JSON writes half of a pair with a backslash.
    if (typeof marks !== 'string' || !marks.includes('\\')) return encoded;
    return encoded.with(this.#marks, JSON.stringify((JSON.parse(marks) as string[]).map(toUtf8Text)));
  }

  /** A row as it was given. */
  decode(row: Row): Row {
    return this.#changed(row, fromUtf8Text);
  }

  /** Hardly ever is there anything to change, and then nothing is copied. */
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
