import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Subject } from '../../events/erasure.ts';
import { ERASURE_COLUMNS, EVENT_COLUMNS, QUARANTINE_COLUMNS, type Row } from '../row.ts';
import { connect } from './schema.ts';

/**
 * The one connection that writes, in a thread of its own: while a commit waits for the disk, the gateway goes on
 * reading deliveries and serving subscribers, and what arrives meanwhile is the next transaction.
 */
export type Job =
  | { readonly kind: 'append'; readonly rows: readonly Row[] }
  | { readonly kind: 'quarantine'; readonly row: Row }
  | { readonly kind: 'erase'; readonly subject: Subject; readonly at: number }
  | { readonly kind: 'trim'; readonly receivedBefore: number; readonly most: number }
  | { readonly kind: 'durability' }
  | { readonly kind: 'close' };

/** For each row of an append its seq, negative when the event was there before, or why it was refused. */
export type AppendAnswer = readonly (number | string)[];
export interface Durability {
  readonly journalMode: string;
  readonly synchronous: number;
}
export type Answer = { readonly value: unknown } | { readonly error: string };

/** SQLite's primary result codes that speak of the row and not of the storage: TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
const ROW_REFUSED = new Set([18, 19, 20, 25]);

/** How long an erasure is remembered beyond the events' retention, in milliseconds. Wix retries for two days. */
const TOMBSTONE = 3 * 24 * 60 * 60 * 1000;

class Writer {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  #asserted = false;

  constructor(path: string) {
    this.#database = connect(path);
    this.#insert = this.#database.prepare(
      `INSERT INTO events (${EVENT_COLUMNS.join(', ')}) VALUES (${EVENT_COLUMNS.map(valueOf).join(', ')}) ` +
        'ON CONFLICT (source, event_id) DO NOTHING',
    );
    this.#find = this.#database.prepare('SELECT seq FROM events WHERE source = ? AND event_id = ?');
  }

  do(job: Job): unknown {
    switch (job.kind) {
      case 'append':
        return this.#transaction(() => job.rows.map((row) => this.#append(row)));
      case 'quarantine':
        return this.#transaction(() => this.#quarantine(job.row));
      case 'erase':
        return this.#transaction(() => this.#erase(job.subject, job.at));
      case 'trim':
        return this.#transaction(() => this.#trim(job.receivedBefore, job.most));
      case 'durability':
        return this.#durability();
      case 'close':
        this.#database.close();
        return null;
    }
  }

  #append(row: Row): number | string {
    try {
      const { changes, lastInsertRowid } = this.#insert.run(...row);
      if (changes === 1) return Number(lastInsertRowid);
    } catch (error) {
      // A statement that fails takes back only itself, and its neighbours stay in the transaction.
      if (!isRowRefused(error)) throw error;
      return error instanceof Error ? error.message : String(error);
    }
    return -Number(this.#find.get(row[0] ?? null, row[1] ?? null)?.['seq']);
  }

  #quarantine(row: Row): number {
    const sql =
      `INSERT INTO quarantine (${QUARANTINE_COLUMNS.join(', ')}) VALUES (${QUARANTINE_COLUMNS.map(() => '?').join(', ')}) ` +
      'ON CONFLICT (source, digest) DO UPDATE SET issues = excluded.issues RETURNING id';
    return Number(this.#database.prepare(sql).get(...row)?.['id']);
  }

  /** The row of the erasure, as `ERASURE_COLUMNS`. */
  #erase({ provider, source, tenant, subject }: Subject, at: number): Row {
    const erased = this.#database
      .prepare(
        'UPDATE events SET personal = NULL, raw = NULL WHERE source = ? AND subject = ? AND tenant = ? ' +
          'AND (personal IS NOT NULL OR raw IS NOT NULL) RETURNING event_id',
      )
      .all(source, subject, tenant);
    if (erased.length === 0) {
      const earlier = this.#database.prepare(
        `SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures WHERE source = ? AND subject = ? AND tenant = ? ` +
          'ORDER BY seq DESC LIMIT 1',
      );
      earlier.setReturnArrays(true);
      const row = earlier.get(source, subject, tenant) as unknown as Row | undefined;
      if (row) return row;
    }
    const [drawn] = this.#database
      .prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq")
      .all();
    const eventIds = JSON.stringify(erased.map((row) => row['event_id']));
    const row: Row = [Number(drawn?.['seq']), provider, source, tenant, subject, eventIds];
    this.#database
      .prepare(`INSERT INTO erasures (${ERASURE_COLUMNS.join(', ')}, erased_at) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(...row, at);
    return row;
  }

  #trim(receivedBefore: number, most: number): number {
    const oldest = this.#database.prepare('SELECT seq, received_at FROM events ORDER BY seq LIMIT ?').all(most);
    let floor = 0;
    let count = 0;
    // Only a prefix goes: whatever is older than the floor is gone, and whatever is newer is there.
    for (const { seq, received_at: receivedAt } of oldest) {
      if (Number(receivedAt) >= receivedBefore) break;
      floor = Number(seq);
      count += 1;
    }
    if (count > 0) {
      this.#database.prepare('DELETE FROM events WHERE seq <= ?').run(floor);
      this.#database.prepare('UPDATE log SET floor = ?').run(floor);
      // Longer than any provider goes on trying, or its last retry would find nothing that holds it back.
      const forgotten = receivedBefore - TOMBSTONE;
      this.#database.prepare('DELETE FROM erasures WHERE seq <= ? AND erased_at < ?').run(floor, forgotten);
    }
    return count;
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (a full disk, for one).
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#assertDurable();
    return result;
  }

  /** A pragma that did not take is silent, and would turn every acknowledgement into a lie. */
  #assertDurable(): void {
    if (this.#asserted) return;
    const { journalMode, synchronous } = this.#durability();
    if (journalMode !== 'wal' || synchronous < 2) {
      throw new Error(`commits are not durable (journal_mode ${journalMode}, synchronous ${synchronous})`);
    }
    this.#asserted = true;
  }

  #durability(): Durability {
    return {
      journalMode: String(this.#database.prepare('PRAGMA journal_mode').get()?.['journal_mode']),
      synchronous: Number(this.#database.prepare('PRAGMA synchronous').get()?.['synchronous']),
    };
  }
}

/** The parameter of a column. What was erased stays so: an event that comes late does not bring its person back. */
function valueOf(column: string, index: number): string {
  const parameter = `?${index + 1}`;
  if (column !== 'personal' && column !== 'raw') return parameter;
  const [source, tenant, subject] = (['source', 'tenant', 'subject'] as const).map(
    (name) => `?${EVENT_COLUMNS.indexOf(name) + 1}`,
  );
  const erased = `SELECT 1 FROM erasures WHERE source = ${source} AND subject = ${subject} AND tenant = ${tenant}`;
  return `CASE WHEN EXISTS (${erased}) THEN NULL ELSE ${parameter} END`;
}

function isRowRefused(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  // Without a result code the value could not even be bound.
  return typeof code === 'number' ? ROW_REFUSED.has(code & 0xff) : error instanceof TypeError;
}

if (parentPort) {
  const port = parentPort;
  const writer = new Writer(String(workerData));
  port.on('message', (job: Job) => {
    let answer: Answer;
    try {
      answer = { value: writer.do(job) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
    if (job.kind === 'close') port.close();
  });
}
