import type { Marked, Memory } from '../../events/tombstone.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import type { Marker } from '../marks.ts';
import { TOMBSTONE_COLUMNS, fromTombstoneRow } from '../tombstone-row.ts';
import { EVENTS_WITH_PERSONAL } from './personal.ts';
import type { Reader } from './reader.ts';
import { TOMBSTONES } from './texts.ts';

/** Selects marks after one position or id, up to another. */
const SELECT_MARKS = {
  events:
    `SELECT events.seq, marks FROM ${EVENTS_WITH_PERSONAL} WHERE events.seq > ? AND events.seq <= ? AND marks IS NOT NULL ` +
    'ORDER BY events.seq',
  quarantine: 'SELECT id, marks FROM payloads WHERE id > ? AND id <= ? AND marks IS NOT NULL ORDER BY id',
} as const;

/** The log's marks and tombstones, by which it recognizes people without their data. */
export class SqliteMemory implements Memory {
  readonly #reader: Reader;
  readonly #marker: Marker;
  readonly #formerUpTo: number;

  constructor(reader: Reader, marker: Marker, formerUpTo: number) {
    this.#reader = reader;
    this.#marker = marker;
    this.#formerUpTo = formerUpTo;
  }

  async forgotten(): ReturnType<Memory['forgotten']> {
    const sql = `SELECT ${TOMBSTONE_COLUMNS.join(', ')} FROM tombstones`;
    const rows = this.#reader.snapshot(() => this.#reader.all(sql));
    return {
      salt: this.#marker.salt,
      formerUpTo: this.#formerUpTo,
      tombstones: rows.map((row) => fromTombstoneRow(TOMBSTONES.decode(row))),
    };
  }

  async marks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_MARKS[of], after, upTo));
    return rows.map(([id, marks]) => ({
      id: Number(id),
      marks: (JSON.parse(String(marks)) as string[]).map(fromUtf8Text),
    }));
  }
}
