import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Value } from '../value.ts';
import { HASHES, hashOfKey, hashOfSubject } from './hash.ts';

/**
 * Where events are found by their keys and subjects: hashes of both, each with the event's position. They are in no order that has to do
 * with time, so one index of all of them has each event written to two pages of its own, each of which is read, written to the
 * write-ahead log and copied into the file: of a million events that was more than half of an append. So what is new is in
 * `hashes_by_stretch`, one short stretch of the log after the other, each in its own order. When a generation of stretches is
 * complete, it is sorted into `hashes` piece by piece, so that many of them go to each page.
 */
const STRETCH = 1024;
/** Stretches of a generation. One piece of an older one is sorted in whenever a stretch is complete. */
const GENERATION = 32;
/** What one piece may span: so there are as many as stretches. */
const SPAN = HASHES / GENERATION;
/** Pieces that one append sorts in at most, some milliseconds each: after thousands of erasures, many stretches are complete at once. */
const MOST_PIECES = 8;
/** A statement has a cost of its own, as large as that of an entry. */
const AT_ONCE = 32;

/** The stretches that are not sorted in yet. Between two of them there may be any number that are none. */
const STRETCHES =
  '(WITH RECURSIVE known (stretch) AS (SELECT min(stretch) FROM hashes_by_stretch UNION ALL ' +
  'SELECT (SELECT min(stretch) FROM hashes_by_stretch WHERE stretch > known.stretch) FROM known WHERE known.stretch IS NOT NULL) ' +
  'SELECT stretch FROM known WHERE stretch IS NOT NULL) AS stretches';

/** The two tables, as what stands behind FROM; both have a hash and a position. */
export const PLACES = {
  sorted: 'hashes AS place',
  late: `${STRETCHES} CROSS JOIN hashes_by_stretch AS place ON place.stretch = stretches.stretch`,
} as const;

/** The positions of a hash. @param hash - SQL of it. */
export const positionsOf = (hash: string) =>
  `(SELECT seq FROM ${PLACES.sorted} WHERE hash = ${hash} UNION ALL SELECT seq FROM ${PLACES.late} AND hash = ${hash})`;

/**
 * The position of an event, by the hash of its key and then its key. There is one at most, and nobody looks through the stretches if it
 * is among those of before.
 */
export const FIND_BY_KEY =
  `SELECT events.seq FROM ${positionsOf('?1')} CROSS JOIN events USING (seq) ` +
  'WHERE source = ?2 AND event_id = ?3 LIMIT 1';

const insert = (entries: number) =>
  `INSERT INTO hashes_by_stretch (stretch, hash, seq) VALUES ${Array.from({ length: entries }, () => '(?, ?, ?)').join(', ')}`;

/** Writes the hashes of what is appended, on the one connection that does so in this process. */
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
   * Of each generation, hashes of all keys that are not sorted in, and of some that are not there: to look for a new key in each
   * stretch would take as long as the rest of an append. What was taken back stays in it, and is looked for once more in vain.
   */
  readonly #known = new Map<number, Set<number>>();
  /** What SQLite counts of others' commits, and the position up to which the keys were known when it was last looked at. */
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

  /** Those of these hashes of keys that the log may have, the caller's transaction having begun. No other one is there. */
  among(hashes: readonly number[]): Set<number> {
    // Of a transaction that was taken back.
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

  /** Writes what was added. */
  flush(): void {
    const entries = this.#waiting;
    this.#waiting = [];
    const all = 3 * AT_ONCE;
    let next = 0;
    for (; next + all <= entries.length; next += all) this.#insertSeveral.run(...entries.slice(next, next + all));
    for (; next < entries.length; next += 3) this.#insertOne.run(...entries.slice(next, next + 3));
  }

  /**
   * Sorts a piece of an older generation in, where a stretch is complete since it was last asked.
   *
   * @param last - the last position that was given.
   */
  sort(last: number): void {
    const stretch = Math.floor(last / STRETCH);
    const complete = Math.min(stretch - (this.#stretch ?? stretch), MOST_PIECES);
    this.#stretch = stretch;
    for (let piece = 0; piece < complete; piece += 1) {
      const late = this.#sortPiece(stretch);
      // Processes that ended in between have left some behind.
      if (late > 1) this.#sortPiece(stretch);
    }
  }

  /** How many generations are complete and not sorted in. */
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

  /** Takes note of what other connections have appended. */
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

/** How many hashes of events are in neither table, and how many more are there than the events have. It reads all of them. */
export const COUNT_UNFOUND =
  `SELECT (SELECT count(*) FROM (${SAID}) AS said WHERE ` +
  'NOT EXISTS (SELECT 1 FROM hashes WHERE hash = said.hash AND seq = said.seq) AND ' +
  `NOT EXISTS (SELECT 1 FROM hashes_by_stretch WHERE stretch = said.seq / ${STRETCH} AND hash = said.hash AND seq = said.seq)) ` +
  'AS missing, (SELECT count(*) FROM hashes) + (SELECT count(*) FROM hashes_by_stretch) - ' +
  '(SELECT count(*) + count(subject) FROM events) AS surplus';

/** Takes out what is of the events up to a position, in the transaction that deletes them. */
export function dropHashesUpTo(database: DatabaseSync, last: number): void {
  const rows = database.prepare('SELECT seq, source, event_id, subject FROM events WHERE seq <= ?').all(last);
  const entries = rows.flatMap(({ seq, source, event_id: eventId, subject }) => [
    [hashOfKey(String(source), String(eventId)), seq],
    ...(subject === null ? [] : [[hashOfSubject(String(subject)), seq]]),
  ]);
  drop(database, entries);
}

/** Has an event found by another subject than before. */
export function moveSubject(database: DatabaseSync, seq: number, former: Value, next: Value): void {
  if (former === next) return;
  if (former !== null) drop(database, [[hashOfSubject(String(former)), seq]]);
  // Old events are found by their index, so that nobody has to look through the stretches for them.
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
