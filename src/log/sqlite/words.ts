import type { DatabaseSync } from 'node:sqlite';
import { WORDING } from '../../events/words.ts';
import { KEYS } from '../word-keys.ts';

/**
 * The index of words: for each stretch of so many positions, the keys of its words in order, each with the places in the stretch
 * that have it. A stretch is indexed once it is complete, so its rows are written once, one after the other, to the end of the
 * table. In an index of all keys in one order, each key of an event would change a page of its own. A search looks for a key in each
 * stretch, newest first or oldest first, which takes some milliseconds for a million events.
 *
 * What is revised later is taken out again, and waits in `unindexed` until it is indexed anew.
 */
export const STRETCH = 1024;

/** From so many places on, all rows of a stretch are read: SQLite would compare each row with each place. */
const MANY = 16;

/** Rows that one statement inserts. */
const AT_ONCE = 32;
const insert = (rows: number) =>
  `INSERT INTO words (entry, places) VALUES ${Array.from({ length: rows }, () => '(?, ?)').join(', ')} ` +
  'ON CONFLICT DO UPDATE SET places = excluded.places';

/** The entries of one stretch have so many numbers: those of personal keys, and then those of open ones. */
const ENTRIES = 2 * KEYS;
/** The number of a key's row. One number, since SQLite fills the pages of a table in the order of its rowids, and no other ones. */
export const entryOf = (stretch: number, key: number) => stretch * ENTRIES + KEYS + key;

/** How far the index is. An index that other rules have made counts as empty. */
export const SELECT_INDEXED = `SELECT coalesce((SELECT up_to FROM indexing WHERE wording = ${WORDING}), 0)`;
/** The position of the newest erasure or revision. */
export const SELECT_CHANGED =
  'SELECT max((SELECT coalesce(max(seq), 0) FROM erasures), (SELECT coalesce(max(seq), 0) FROM revisions))';

/** The places of each key in each stretch. */
export type Entries = ReadonlyMap<number, ReadonlyMap<number, readonly number[]>>;

/** Events that are indexed together, in one transaction. */
export interface IndexProgress {
  /** What `SELECT_INDEXED` and `SELECT_CHANGED` said before the events were read. */
  readonly indexed: number;
  readonly changed: number;
  /** How far the index is afterwards. */
  readonly upTo: number;
  /** Positions that don't wait in `unindexed` any more. */
  readonly again: readonly number[];
  readonly entries: Entries;
}

/**
 * Adds to the index, in the caller's transaction. Returns false, and adds nothing, if another process has indexed meanwhile, or if
 * something was erased or revised: the words that were read may be gone by now.
 */
export function addWords(database: DatabaseSync, { indexed, changed, upTo, again, entries }: IndexProgress): boolean {
  const now = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0]);
  if (now(SELECT_INDEXED) !== indexed || now(SELECT_CHANGED) !== changed) return false;
  if (indexed === 0) database.exec('DELETE FROM words; DELETE FROM unindexed');
  const floor = now('SELECT floor FROM log');
  const existing = database.prepare('SELECT entry, places FROM words WHERE entry BETWEEN ? AND ?');
  const [one, several] = [database.prepare(insert(1)), database.prepare(insert(AT_ONCE))];
  for (const [stretch, keys] of entries) {
    const sorted = [...keys].toSorted(([first], [second]) => first - second);
    // Retention may have deleted some of the events meanwhile.
    const lowest = floor - stretch * STRETCH;
    // Only a stretch that is indexed again has some.
    const entriesThere = existing.all(entryOf(stretch, -KEYS), entryOf(stretch, KEYS - 1));
    const former = new Map(entriesThere.map(({ entry, places }) => [Number(entry), fromBytes(places)]));
    const rows = sorted.flatMap(([key, places]) => {
      const entry = entryOf(stretch, key);
      const kept = [...new Set([...(former.get(entry) ?? []), ...places])].filter((place) => place > lowest);
      return kept.length === 0 ? [] : [entry, toBytes(kept)];
    });
    const all = 2 * AT_ONCE;
    let next = 0;
    for (; next + all <= rows.length; next += all) several.run(...rows.slice(next, next + all));
    for (; next < rows.length; next += 2) one.run(...rows.slice(next, next + 2));
  }
  const listed = database.prepare('DELETE FROM unindexed WHERE seq = ?');
  for (const seq of again) listed.run(seq);
  database.exec('DELETE FROM indexing');
  database.prepare('INSERT INTO indexing (up_to, wording) VALUES (?, ?)').run(upTo, WORDING);
  return true;
}

/**
 * Takes events out of the index, in the caller's transaction.
 *
 * @param which `personal` leaves the words that identify nobody.
 */
export function forgetWords(database: DatabaseSync, positions: readonly number[], which: 'personal' | 'all'): void {
  const select = (places: readonly number[], from: number, to: number) => {
    // Most rows have none of the places, and SQLite passes over these some times faster. A row in which the bytes of a place are found
    // across two others is compared below.
    const having = places.length < MANY ? places : [];
    const condition = having.length > 0 ? `AND (${having.map(() => 'instr(places, ?)').join(' OR ')})` : '';
    return database
      .prepare(`SELECT entry, places FROM words WHERE entry BETWEEN ? AND ? ${condition}`)
      .all(from, to, ...having.map((place) => toBytes([place])));
  };
  const change = database.prepare('UPDATE words SET places = ? WHERE entry = ?');
  const remove = database.prepare('DELETE FROM words WHERE entry = ?');
  for (const [stretch, seqs] of Map.groupBy(positions, stretchOf)) {
    const gone = new Set(seqs.map((seq) => seq - stretch * STRETCH));
    const last = which === 'personal' ? -1 : KEYS - 1;
    for (const { entry, places } of select([...gone], entryOf(stretch, -KEYS), entryOf(stretch, last))) {
      const all = fromBytes(places);
      const kept = all.filter((place) => !gone.has(place));
      if (kept.length === 0) remove.run(entry!);
      else if (kept.length < all.length) change.run(toBytes(kept), entry!);
    }
  }
}

/** Takes events that have changed out of the index, until they are indexed anew. This runs in the caller's transaction. */
export function indexAgain(database: DatabaseSync, positions: readonly number[]): void {
  const indexed = Number(Object.values(database.prepare(SELECT_INDEXED).get() ?? {})[0]);
  const changed = positions.filter((seq) => seq <= indexed);
  forgetWords(database, changed, 'all');
  const list = database.prepare('INSERT OR IGNORE INTO unindexed (seq) VALUES (?)');
  for (const seq of changed) list.run(seq);
}

/** Takes all events up to the floor out of the index, in the caller's transaction. @param gone their positions. */
export function trimWords(database: DatabaseSync, floor: number, gone: readonly number[]): void {
  const last = stretchOf(floor);
  database.prepare('DELETE FROM words WHERE entry < ?').run(entryOf(last, -KEYS));
  const within = gone.filter((seq) => stretchOf(seq) === last);
  forgetWords(database, within, 'all');
  database.prepare('DELETE FROM unindexed WHERE seq <= ?').run(floor);
}

export function stretchOf(seq: number): number {
  return Math.floor(seq / STRETCH);
}

/** Places are numbers of two bytes, so that a common word takes two bytes for each event. */
function toBytes(places: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * places.length));
  for (const [index, place] of places.entries()) bytes.setUint16(2 * index, place);
  return new Uint8Array(bytes.buffer);
}

export function fromBytes(stored: unknown): number[] {
  const { buffer, byteOffset, byteLength } = stored as Uint8Array;
  const bytes = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 2 }, (_, index) => bytes.getUint16(2 * index));
}
