import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { Cursor, Extent } from '../../events/cursor.ts';
import type { Erasure, Subject } from '../../events/erasure.ts';
import type { EventKey, NewEvent, RecordedEvent } from '../../events/event.ts';
import type { Appended, EventLog, Page, ReadRequest } from '../../events/event-log.ts';
import type { NewQuarantined, Quarantined } from '../../events/quarantine.ts';
import {
  EVENT_COLUMNS,
  QUARANTINE_COLUMNS,
  type Row,
  type Value,
  fromErasureRow,
  fromQuarantineRow,
  fromRow,
  toQuarantineRow,
  toRow,
} from '../row.ts';
import { openDatabase } from './schema.ts';
import { selectErasures, selectPage } from './select.ts';
import { WriteQueue } from './write-queue.ts';
import type { Durability } from './writer.ts';

/** How often the file is asked whether another process wrote to it, in milliseconds. */
const POLL = 1_000;
/** Rows that a trim deletes in one transaction, so that appends wait for a few milliseconds at most. */
const TRIM_PIECE = 500;
/** Prepared statements kept. Filters come in a few hundred combinations, and their order is a client's choice. */
const MOST_STATEMENTS = 200;

/** The log in one SQLite file, for one machine. Reads happen here, on a connection of their own; writes in a thread. */
export class SqliteLog implements EventLog {
  readonly #database: DatabaseSync;
  readonly #queue: WriteQueue;
  readonly #epoch: string;
  readonly #statements = new Map<string, StatementSync>();
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | null = null;
  #dataVersion: number;

  /** @throws {HookcastError} LOG_UNAVAILABLE when the file can't be opened. */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#queue = new WriteQueue(path);
    this.#epoch = String(this.#one('SELECT epoch FROM log'));
    this.#dataVersion = Number(this.#one('PRAGMA data_version'));
  }

  async append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return [];
    const answers = await this.#queue.append(events.map(toRow));
    this.#moved();
    return answers.map((answer) =>
      typeof answer === 'string'
        ? { outcome: 'refused', reason: answer }
        : { outcome: answer > 0 ? 'accepted' : 'duplicate', cursor: this.#cursor(Math.abs(answer)) },
    );
  }

  async read(request: ReadRequest): Promise<Page> {
    const { sql, parameters } = selectPage(request);
    return this.#snapshot(() => {
      const rows = this.#all(sql, parameters);
      if (request.direction === 'backward') rows.reverse();
      const extent = this.#extent();
      const events = rows.map((row) => fromRow(this.#epoch, row));
      return { events, erasures: this.#erasures(request, events, extent.head), ...extent };
    });
  }

  async find(keys: readonly EventKey[]): Promise<readonly (RecordedEvent | null)[]> {
    const sql = `SELECT seq, ${EVENT_COLUMNS.join(', ')} FROM events WHERE source = ? AND event_id = ?`;
    return this.#snapshot(() =>
      keys.map(({ source, eventId }) => {
        const [row] = this.#all(sql, [source, eventId]);
        return row ? fromRow(this.#epoch, row) : null;
      }),
    );
  }

  async head(): Promise<Cursor> {
    return this.#snapshot(() => this.#extent().head);
  }

  async oldest(): Promise<Cursor> {
    return this.#snapshot(() => this.#extent().floor);
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#poll ??= setInterval(() => this.#lookForOthers(), POLL).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || !this.#poll) return;
      clearInterval(this.#poll);
      this.#poll = null;
    };
  }

  async erase(subject: Subject, at: number): Promise<Erasure> {
    const row = await this.#queue.erase(subject, at);
    this.#moved();
    return fromErasureRow(this.#epoch, row);
  }

  async trim(receivedBefore: number): Promise<number> {
    let total = 0;
    for (;;) {
      const count = await this.#queue.trim(receivedBefore, TRIM_PIECE);
      total += count;
      if (count < TRIM_PIECE) return total;
    }
  }

  quarantine(delivery: NewQuarantined): Promise<number> {
    return this.#queue.quarantine(toQuarantineRow(delivery));
  }

  async listQuarantined(request: { after?: number; limit: number }): Promise<readonly Quarantined[]> {
    const sql = `SELECT id, ${QUARANTINE_COLUMNS.join(', ')} FROM quarantine WHERE id > ? ORDER BY id LIMIT ?`;
    return this.#all(sql, [request.after ?? 0, request.limit]).map(fromQuarantineRow);
  }

  async findQuarantined(id: number): Promise<Quarantined | null> {
    const [row] = this.#all(`SELECT id, ${QUARANTINE_COLUMNS.join(', ')} FROM quarantine WHERE id = ?`, [id]);
    return row ? fromQuarantineRow(row) : null;
  }

  /** How the writer's connection is really set. */
  durability(): Promise<Durability> {
    return this.#queue.durability();
  }

  async close(): Promise<void> {
    if (this.#poll) clearInterval(this.#poll);
    this.#poll = null;
    this.#listeners.clear();
    await this.#queue.close();
    if (this.#database.isOpen) this.#database.close();
  }

  #erasures(request: ReadRequest, events: readonly RecordedEvent[], head: Cursor): readonly Erasure[] {
    if (request.direction === 'backward') return [];
    const full = events.length === request.limit;
    const upTo = (full ? events.at(-1)?.cursor.seq : undefined) ?? head.seq;
    const { sql, parameters } = selectErasures(request, upTo);
    return this.#all(sql, parameters).map((row) => fromErasureRow(this.#epoch, row));
  }

  /** Both ends of the log. The floor counts too: a log that was trimmed empty has not gone back to its beginning. */
  #extent(): Extent {
    const sql = 'SELECT floor, (SELECT max(seq) FROM events), (SELECT max(seq) FROM erasures) FROM log';
    const ends = (this.#all(sql, [])[0] ?? []).map(Number);
    return { head: this.#cursor(Math.max(...ends)), floor: this.#cursor(ends[0] ?? 0), lineage: [] };
  }

  #cursor(seq: number): Cursor {
    return { epoch: this.#epoch, seq };
  }

  /** Runs reads on one state of the file: a page and the head that goes with it must be of the same moment. */
  #snapshot<T>(read: () => T): T {
    try {
      this.#database.exec('BEGIN');
      try {
        return read();
      } finally {
        this.#database.exec('COMMIT');
      }
    } catch (error) {
      throw new HookcastError('LOG_UNAVAILABLE', "The log can't be read just now. Try again later.", { cause: error });
    }
  }

  #all(sql: string, parameters: readonly Value[]): Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement.all(...parameters) as unknown as Row[];
  }

  #one(sql: string): Value {
    return this.#all(sql, [])[0]?.[0] ?? null;
  }

  #moved(): void {
    for (const listener of this.#listeners) listener();
  }

  #lookForOthers(): void {
    try {
      const version = Number(this.#one('PRAGMA data_version'));
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
    } catch {
      // A file that can't be read is told to whoever reads; here it is only a reason to let them try.
    }
    this.#moved();
  }
}
