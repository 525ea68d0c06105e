import type { DatabaseSync } from 'node:sqlite';
import type { Keeping, ListedRefused, NewRefused, Refused, RefusedRecord, RefusedRoom } from '../../events/refused.ts';
import {
  LISTED_REFUSED_COLUMNS,
  NEW_REFUSED_COLUMNS,
  REFUSED_COLUMNS,
  fromListedRefusedRow,
  fromRefusedRow,
  placesFor,
  toKeeping,
  toRefusedRow,
} from '../refused-row.ts';
import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

const SELECT_REFUSED =
  `SELECT ${LISTED_REFUSED_COLUMNS.join(', ')} FROM refused NOT INDEXED ` +
  'WHERE id > ?1 AND expires_at > ?2 AND source = coalesce(?3, source) ORDER BY id LIMIT ?4';
const COUNT_REFUSED = 'SELECT source, count(*) FROM refused WHERE expires_at > ? GROUP BY source';
const FIND_REFUSED = `SELECT ${REFUSED_COLUMNS.join(', ')} FROM refused WHERE id = ? AND expires_at > ?`;

/** All three of these run in the caller's transaction. */
export function keepRefused(database: DatabaseSync, all: readonly NewRefused[], room: RefusedRoom): Keeping[] {
  const sums = database.prepare(
    'SELECT source, sender, count(*) AS count, sum(size) AS size FROM refused GROUP BY 1, 2',
  );
  const kept = sums
    .all()
    .map((row) => [String(row['source']), String(row['sender']), Number(row['count']), Number(row['size'])] as const);
  const places = placesFor(all, kept, room);
  const insert = database.prepare(
    `INSERT INTO refused (${NEW_REFUSED_COLUMNS.join(', ')}) VALUES (${NEW_REFUSED_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT DO NOTHING',
  );
  return all.map((one, index) => {
    const hasPlace = places[index]!;
    return toKeeping(hasPlace, hasPlace && insert.run(...toRefusedRow(one)).changes === 1);
  });
}

export function dropRefused(database: DatabaseSync, id: number): boolean {
  return database.prepare('DELETE FROM refused WHERE id = ?').run(id).changes === 1;
}

export function expireRefused(database: DatabaseSync, now: number): number {
  return Number(database.prepare('DELETE FROM refused WHERE expires_at <= ?').run(now).changes);
}

/** Deliveries that were refused and may be tried again. */
export class SqliteRefused implements RefusedRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  keep(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]> {
    return this.#queue.do({ kind: 'keepRefused', refused, room });
  }

  async list({
    after = 0,
    limit,
    now,
    source = null,
  }: Parameters<RefusedRecord['list']>[0]): Promise<readonly ListedRefused[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_REFUSED, after, now, source, limit));
    return rows.map(fromListedRefusedRow);
  }

  async count(now: number): Promise<ReadonlyMap<string, number>> {
    const rows = this.#reader.snapshot(() => this.#reader.all(COUNT_REFUSED, now));
    return new Map(rows.map(([source, count]) => [String(source), Number(count)]));
  }

  async find(id: number, now: number): Promise<Refused | null> {
    const [row] = this.#reader.snapshot(() => this.#reader.all(FIND_REFUSED, id, now));
    return row ? fromRefusedRow(row) : null;
  }

  drop(id: number): Promise<boolean> {
    return this.#queue.do({ kind: 'dropRefused', id });
  }

  expire(now: number): Promise<number> {
    return this.#queue.do({ kind: 'expireRefused', now });
  }
}
