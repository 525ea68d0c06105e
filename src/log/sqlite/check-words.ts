import type { DatabaseSync } from 'node:sqlite';
import type { RecordedEvent } from '../../events/event.ts';
import { openWordsOf, personalWordsOf } from '../../events/words.ts';
import type { Row } from '../value.ts';
import { KEYS, WordKeys } from '../word-keys.ts';
import { SELECT_INDEXED, STRETCH, entryOf, fromBytes, stretchOf } from './words.ts';

/** Compares the index of words with the events, which it is given in the order of the log. */
export class WordsCheck {
  readonly #database: DatabaseSync;
  readonly #keys: WordKeys;
  readonly #indexed: number;
  readonly #waiting: ReadonlySet<number>;
  /** The places of each key in the stretch of the last event. */
  #expected = new Map<number, number[]>();
  #stretch = -1;
  #compared = 0;
  #wrong = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const rows = (sql: string) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all() as unknown as Row[];
    };
    this.#keys = new WordKeys(String(rows('SELECT salt FROM log')[0]?.[0]));
    this.#indexed = Number(rows(SELECT_INDEXED)[0]?.[0]);
    this.#waiting = new Set(rows('SELECT seq FROM unindexed').map(([seq]) => Number(seq)));
  }

  note(event: RecordedEvent): void {
    const { seq } = event.cursor;
    if (seq > this.#indexed || this.#waiting.has(seq)) return;
    const stretch = stretchOf(seq);
    if (stretch !== this.#stretch) this.#compare();
    this.#stretch = stretch;
    for (const key of this.#keys.of(openWordsOf(event), personalWordsOf(event))) {
      const entry = entryOf(stretch, key);
      const places = this.#expected.get(entry);
      if (places) places.push(seq - stretch * STRETCH);
      else this.#expected.set(entry, [seq - stretch * STRETCH]);
    }
  }

  /** How many entries are wrong. To be called after the last event. */
  wrong(): number {
    this.#compare();
    // An index that other rules have made is built anew by the next gateway.
    const all =
      this.#indexed === 0
        ? 0
        : Number(this.#database.prepare('SELECT count(*) AS all_of_them FROM words').get()?.['all_of_them']);
    return this.#wrong + all - this.#compared;
  }

  #compare(): void {
    if (this.#stretch === -1) return;
    const select = this.#database.prepare('SELECT entry, places FROM words WHERE entry BETWEEN ? AND ?');
    for (const { entry, places } of select.iterate(entryOf(this.#stretch, -KEYS), entryOf(this.#stretch, KEYS - 1))) {
      this.#compared += 1;
      const expected = this.#expected.get(Number(entry)) ?? [];
      this.#expected.delete(Number(entry));
      if (fromBytes(places).toSorted(byNumber).join() !== expected.join()) this.#wrong += 1;
    }
    this.#wrong += this.#expected.size;
    this.#expected = new Map();
  }
}

const byNumber = (one: number, other: number) => one - other;
