import { setImmediate } from 'node:timers/promises';
import type { WordIndex, WordProgress } from '../../events/word-index.ts';
import { openWordsOf, personalWordsOf } from '../../events/words.ts';
import { fromSearchedRow } from '../searched-row.ts';
import type { Row } from '../value.ts';
import type { WordKeys } from '../word-keys.ts';
import { type Checkpoints, OF_A_CHANGE } from './checkpoints.ts';
import { SELECT_SEARCHED } from './find-words.ts';
import type { Reader } from './reader.ts';
import { SELECT_EXTENT } from './select-stored.ts';
import { SEARCHED } from './texts.ts';
import { type IndexProgress, SELECT_CHANGED, SELECT_INDEXED, STRETCH, stretchOf } from './words.ts';
import type { WriteQueue } from './write-queue.ts';

/** Events that are read in one turn of the event loop. */
const AT_ONCE = 64;

/** Indexes the words of events: reads and splits them in this thread, in short turns, and has the writer add the keys. */
export class SqliteWords implements WordIndex {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;
  readonly #checkpoints: Checkpoints;
  readonly #keys: WordKeys;

  constructor(reader: Reader, queue: WriteQueue, checkpoints: Checkpoints, keys: WordKeys) {
    this.#reader = reader;
    this.#queue = queue;
    this.#checkpoints = checkpoints;
    this.#keys = keys;
  }

  async advance(): Promise<WordProgress> {
    const { positions, ...next } = this.#reader.snapshot(() => this.#next());
    if (positions.length === 0) return { indexed: 0, left: 0 };
    const entries = new Map<number, Map<number, number[]>>();
    for (let from = 0; from < positions.length; from += AT_ONCE) {
      const seqs = JSON.stringify(positions.slice(from, from + AT_ONCE));
      const sql = `${SELECT_SEARCHED} IN (SELECT value FROM json_each(?))`;
      for (const row of this.#reader.snapshot(() => this.#reader.all(sql, seqs))) this.#note(row, entries);
      await setImmediate();
    }
    const { indexed, changed, upTo, again, left } = next;
    const progress: IndexProgress = { indexed, changed, upTo, again, entries };
    const isAdded = await this.#queue.do<boolean>({ kind: 'addWords', progress });
    this.#checkpoints.wrote(OF_A_CHANGE * entries.size);
    // If the log has changed meanwhile, the same events are still to be indexed.
    return isAdded ? { indexed: positions.length, left } : { indexed: 0, left: left + positions.length };
  }

  /** The positions to index next: those that wait, or those of the next complete stretch. */
  #next() {
    const indexed = Number(this.#reader.one(SELECT_INDEXED));
    const changed = Number(this.#reader.one(SELECT_CHANGED));
    const [[floor = 0, head = 0] = []] = this.#reader.all(SELECT_EXTENT);
    const complete = stretchOf(Number(head)) * STRETCH - 1;
    const left = Math.max(0, complete - Math.max(indexed, Number(floor)));
    const positionsIn = (sql: string, ...bounds: number[]) =>
      this.#reader.all(sql, ...bounds).map(([seq]) => Number(seq));
    // An index that is made anew has no need of those that wait.
    const again = indexed === 0 ? [] : positionsIn('SELECT seq FROM unindexed ORDER BY seq LIMIT ?', STRETCH);
    if (again.length > 0)
      return { indexed, changed, upTo: indexed, again, positions: again, left: left + again.length };
    const [first = null] = positionsIn('SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT 1', indexed);
    if (first === null || first > complete) return { indexed, changed, upTo: indexed, again, positions: [], left: 0 };
    const upTo = (stretchOf(first) + 1) * STRETCH - 1;
    const positions = positionsIn('SELECT seq FROM events WHERE seq BETWEEN ? AND ?', first, upTo);
    return { indexed, changed, upTo, again, positions, left: Math.max(0, complete - upTo) };
  }

  #note(row: Row, entries: Map<number, Map<number, number[]>>): void {
    const seq = Number(row[0]);
    const stretch = stretchOf(seq);
    const event = fromSearchedRow(SEARCHED.decode(row));
    const keys = entries.get(stretch) ?? new Map<number, number[]>();
    entries.set(stretch, keys);
    for (const key of this.#keys.of(openWordsOf(event), personalWordsOf(event))) {
      const places = keys.get(key);
      if (places) places.push(seq - stretch * STRETCH);
      else keys.set(key, [seq - stretch * STRETCH]);
    }
  }
}
