import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Value } from '../value.ts';
import { HASHES, hashOfKey, hashOfSubject } from './hash.ts';

/**
 * The index of events by key and subject: hashes of both, each with the event's position. The order of hashes has nothing to do
 * with time. In one index of all hashes, each event would change two pages of its own, and each of these is read, written to the
 * write-ahead log and copied into the file: with a million events, that was more than half of an append. So new hashes go to
 * `hashes_by_stretch`, where each short stretch of the log has its own order. When a generation of stretches is complete, it is
 * sorted into `hashes` piece by piece, so that many hashes go to each page. A stretch is so many positions.
 */
const STRETCH = 1024;
/** Stretches of a generation. Whenever a stretch is complete, one piece of an older generation is sorted in. */
const GENERATION = 32;
/** The range of hashes in one piece: a generation has as many pieces as stretches. */
const SPAN = HASHES / GENERATION;
/**
 * The most pieces that one append sorts in, at some milliseconds each: after thousands of erasures, many stretches are complete
 * at once.
 */
const MOST_PIECES = 8;
/** Entries that one statement inserts. Each statement costs as much as one entry, besides its entries. */
const AT_ONCE = 32;

/** The stretches that are not sorted in yet. Their numbers may have gaps of any size. */
const STRETCHES =
  '(WITH RECURSIVE known (stretch) AS (SELECT min(stretch) FROM hashes_by_stretch UNION ALL ' +
  'SELECT (SELECT min(stretch) FROM hashes_by_stretch WHERE stretch > known.stretch) FROM known WHERE known.stretch IS NOT NULL) ' +
  'SELECT stretch FROM known WHERE stretch IS NOT NULL) AS stretches';

/** The two tables as SQL after FROM. Both have a hash and a position. */
export const PLACES = {
  sorted: 'hashes AS place',
  late: `${STRETCHES} CROSS JOIN hashes_by_stretch AS place ON place.stretch = stretches.stretch`,
} as const;

/** SQL of the positions that have a hash. @param hash - the SQL of the hash. */
export const positionsOf = (hash: string) =>
  `(SELECT seq FROM ${PLACES.sorted} WHERE hash = ${hash} UNION ALL SELECT seq FROM ${PLACES.late} AND hash = ${hash})`;

/**
 * The position of an event, by the hash of its key and then its key. There is at most one, so SQLite searches the stretches only if
 * the sorted table does not have it.
 */
export const FIND_BY_KEY =
  `SELECT events.seq FROM ${positionsOf('?1')} CROSS JOIN events USING (seq) ` +
  'WHERE source = ?2 AND event_id = ?3 LIMIT 1';

const insert = (entries: number) =>
  `INSERT INTO hashes_by_stretch (stretch, hash, seq) VALUES ${Array.from({ length: entries }, () => '(?, ?, ?)').join(', ')}`;

/** The same for the tenant of an event. */
export const FIND_TENANT = FIND_BY_KEY.replace('events.seq', 'events.tenant');

/** Writes the hashes of appended events, on the only connection of this process that appends. */
export class Hashes {
  readonly #changes: StatementSync;
  readonly #last: StatementSync;
  readonly #lately: StatementSync;
  readonly #since: StatementSync;
  readonly #sorted: StatementSync;
  readonly #insertOne: StatementSync;
  readonly #insertSeveral: StatementSync;
  readonly #oldest: StatementSync;
  readonly #first: StatementSync;
  readonly #sort: StatementSync;
  readonly #drop: StatementSync;
  /**
   * For each generation, the hashes of all keys that are not sorted in. A search for a new key in each stretch would take as long as
   * the rest of an append. There are also hashes of subjects and of rows that were taken back: these cause a search in vain.
   */
  readonly #known = new Map<number, Set<number>>();
  /** SQLite's counter of other connections' commits, and the log's last position, both when `#catchUp` last saw a change. */
  #seen: { readonly changes: number; readonly upTo: number } | null = null;
  #waiting: number[] = [];
  #stretch: number | null = null;

  constructor(database: DatabaseSync) {
    this.#changes = database.prepare('PRAGMA data_version');
    this.#last = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
    this.#lately = database.prepare(
      `SELECT stretch / ${GENERATION} AS generation, json_group_array(hash) AS hashes FROM hashes_by_stretch GROUP BY generation`,
    );
    this.#since = database.prepare('SELECT seq, source, event_id FROM events WHERE seq > ?');
    this.#sorted = database.prepare('SELECT hash FROM hashes WHERE hash IN (SELECT value FROM json_each(?))');
    this.#sorted.setReturnArrays(true);
    this.#insertOne = database.prepare(insert(1));
    this.#insertSeveral = database.prepare(insert(AT_ONCE));
    this.#oldest = database.prepare('SELECT min(stretch) AS stretch FROM hashes_by_stretch');
    this.#first = database.prepare(
      'SELECT min(hash) AS hash FROM (SELECT (SELECT min(hash) FROM hashes_by_stretch WHERE stretch = wanted.value) AS hash ' +
        'FROM json_each(?) AS wanted)',
    );
    const piece = 'FROM hashes_by_stretch WHERE stretch IN (SELECT value FROM json_each(?)) AND hash >= ? AND hash < ?';
    this.#sort = database.prepare(`INSERT OR IGNORE INTO hashes SELECT hash, seq ${piece} ORDER BY hash, seq`);
    this.#drop = database.prepare(`DELETE ${piece}`);
  }

  /** The hashes of these that the log may have; it has none of the others. The caller's transaction must have begun. */
  among(hashes: readonly number[]): Set<number> {
    // These may be left from a transaction that was taken back.
    this.#waiting = [];
    this.#catchUp();
    const there = new Set<number>();
    for (const known of this.#known.values()) for (const hash of hashes) if (known.has(hash)) there.add(hash);
    for (const [hash] of this.#sorted.all(JSON.stringify(hashes)) as unknown as [number][]) there.add(hash);
    return there;
  }

  addKey(hash: number, seq: number): void {
    this.#know(hash, seq);
    this.add(hash, seq);
  }

  add(hash: number, seq: number): void {
    this.#waiting.push(Math.floor(seq / STRETCH), hash, seq);
  }

  /** Writes the added entries. */
  flush(): void {
    const entries = this.#waiting;
    this.#waiting = [];
    const all = 3 * AT_ONCE;
    let next = 0;
    for (; next + all <= entries.length; next += all) this.#insertSeveral.run(...entries.slice(next, next + all));
    for (; next < entries.length; next += 3) this.#insertOne.run(...entries.slice(next, next + 3));
  }

  /**
   * Sorts in one piece of an older generation for each stretch that is complete since the last call.
   *
   * @param last - the last position that the log has given.
   */
  sort(last: number): void {
    const stretch = Math.floor(last / STRETCH);
    const complete = Math.min(stretch - (this.#stretch ?? stretch), MOST_PIECES);
    this.#stretch = stretch;
    for (let piece = 0; piece < complete; piece += 1) {
      const late = this.#sortPiece(stretch);
      // Processes that ended too early have left generations behind, so a second piece is sorted in.
      if (late > 1) this.#sortPiece(stretch);
    }
  }

  /** Sorts in a piece of the oldest generation. Returns how many generations are complete and not sorted in. */
  #sortPiece(stretch: number): number {
    const oldest = this.#oldest.get()?.['stretch'];
    const current = Math.floor(stretch / GENERATION);
    if (typeof oldest !== 'number') return 0;
    const generation = Math.floor(oldest / GENERATION);
    for (const known of this.#known.keys()) if (known < generation) this.#known.delete(known);
    if (generation >= current) return 0;
    const stretches = JSON.stringify(Array.from({ length: GENERATION }, (_, at) => generation * GENERATION + at));
    const from = Number(this.#first.get(stretches)?.['hash']);
    this.#sort.run(stretches, from, from + SPAN);
    this.#drop.run(stretches, from, from + SPAN);
    return current - generation;
  }

  /** Adds the keys that other connections have appended. */
  #catchUp(): void {
    const changes = Number(this.#changes.get()?.['data_version']);
    if (changes === this.#seen?.changes) return;
    const upTo = Number(this.#last.get()?.['seq'] ?? 0);
    if (this.#seen === null) {
      for (const { generation, hashes } of this.#lately.all()) {
        this.#known.set(Number(generation), new Set(JSON.parse(String(hashes)) as number[]));
      }
    } else {
      for (const { seq, source, event_id: eventId } of this.#since.iterate(this.#seen.upTo)) {
        this.#know(hashOfKey(String(source), String(eventId)), Number(seq));
      }
    }
    this.#seen = { changes, upTo };
  }

  #know(hash: number, seq: number): void {
    const generation = Math.floor(seq / STRETCH / GENERATION);
    const known = this.#known.get(generation) ?? new Set();
    this.#known.set(generation, known.add(hash));
  }
}

/** Gives a connection the SQL functions `hash_of_key` and `hash_of_subject`. */
export function defineHashes(database: DatabaseSync): void {
  const options = { deterministic: true } as const;
  database.function('hash_of_key', options, (source, eventId) => hashOfKey(String(source), String(eventId)));
  database.function('hash_of_subject', options, (subject) => hashOfSubject(String(subject)));
}

const SAID =
  'SELECT hash_of_key(source, event_id) AS hash, seq FROM events UNION ALL ' +
  'SELECT hash_of_subject(subject), seq FROM events WHERE subject IS NOT NULL';

/** Counts the events' hashes that are in neither table, and by how many the tables have more than the events. It reads all events. */
export const COUNT_UNFOUND =
  `SELECT (SELECT count(*) FROM (${SAID}) AS said WHERE ` +
  'NOT EXISTS (SELECT 1 FROM hashes WHERE hash = said.hash AND seq = said.seq) AND ' +
  `NOT EXISTS (SELECT 1 FROM hashes_by_stretch WHERE stretch = said.seq / ${STRETCH} AND hash = said.hash AND seq = said.seq)) ` +
  'AS missing, (SELECT count(*) FROM hashes) + (SELECT count(*) FROM hashes_by_stretch) - ' +
  '(SELECT count(*) + count(subject) FROM events) AS surplus';

/** Deletes the hashes of the events up to a position, in the transaction that deletes these events. */
export function dropHashesUpTo(database: DatabaseSync, last: number): void {
  const rows = database.prepare('SELECT seq, source, event_id, subject FROM events WHERE seq <= ?').all(last);
  const entries = rows.flatMap(({ seq, source, event_id: eventId, subject }) => [
    [hashOfKey(String(source), String(eventId)), seq],
    ...(subject === null ? [] : [[hashOfSubject(String(subject)), seq]]),
  ]);
  drop(database, entries);
}

/** Replaces the hash of an event's former subject by that of its new one. */
export function moveSubject(database: DatabaseSync, seq: number, former: Value, next: Value): void {
  if (former === next) return;
  if (former !== null) drop(database, [[hashOfSubject(String(former)), seq]]);
  // The new hash goes directly into the sorted table: an old event should not need a search through the stretches.
  if (next !== null) {
    database.prepare('INSERT OR IGNORE INTO hashes (hash, seq) VALUES (?, ?)').run(hashOfSubject(String(next)), seq);
  }
}

/** @param entries hashes with their positions. */
function drop(database: DatabaseSync, entries: readonly unknown[]): void {
  const listed = JSON.stringify(entries);
  database
    .prepare('DELETE FROM hashes WHERE (hash, seq) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))')
    .run(listed);
  database
    .prepare(
      'DELETE FROM hashes_by_stretch WHERE (stretch, hash, seq) IN ' +
        `(SELECT (value ->> 1) / ${STRETCH}, value ->> 0, value ->> 1 FROM json_each(?))`,
    )
    .run(listed);
}
