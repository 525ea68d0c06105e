import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { Row, Value } from '../value.ts';
import { hasWal, openAsItStands } from './access.ts';
import { saidVersion } from './copied.ts';
import { explained, isFull } from './damage.ts';
import { VERSION } from './migrations/steps.ts';
import { OpenFiles } from './open-files.ts';
import { assertVersion, openDatabase } from './schema.ts';

/** The most prepared statements that are kept. There are a few hundred combinations of filters, and clients choose which. */
const MOST_STATEMENTS = 200;

/** The connection that reads, in the gateway's own thread. */
export class Reader {
  readonly #path: string;
  #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Null while the disk is full: the reader then sees the file as it was at the start. */
  #place: OpenFiles | null;

  /** @throws {HookcastError} LOG_UNAVAILABLE if the file can't be opened. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#database = openDatabase(path);
      this.#place = new OpenFiles(path);
    } catch (error) {
      this.#database = openFull(path, error);
      this.#place = null;
    }
  }

  /** Runs reads on one state of the file: a page and its head must be from the same moment. */
  snapshot<T>(read: () => T): T {
    if (!this.#place) this.#openAgain();
    return readable(() => {
      this.#database.exec('BEGIN');
      try {
        return read();
      } finally {
        this.#database.exec('COMMIT');
      }
    });
  }

  /**
   * Checks that the file was not replaced or brought to another version. This may be the only place that notices it.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE.
   */
  assertWritable(): void {
    if (!this.#place) this.#openAgain();
    readable(() => {
      if (!this.#place) throw new Error('the disk was full at the start, and is still full');
      this.#place.assertSame();
      assertVersion(this.#database);
    });
  }

  all(sql: string, ...parameters: Value[]): Row[] {
    return this.#prepared(sql).all(...parameters) as unknown as Row[];
  }

  /** The rows one by one. Only those that the caller asks for are read. */
  each(sql: string, ...parameters: Value[]): Iterable<Row> {
    return this.#prepared(sql).iterate(...parameters) as unknown as Iterable<Row>;
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  one(sql: string): Value {
    return this.all(sql)[0]?.[0] ?? null;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Opens the file as usual once the disk has room. Before that, no process can have written. */
  #openAgain(): void {
    let database: DatabaseSync;
    try {
      database = openDatabase(this.#path);
    } catch {
      return;
    }
    this.#statements.clear();
    this.#database.close();
    this.#database = database;
    this.#place = new OpenFiles(this.#path);
  }
}

/**
 * Opens a log for reading only, if a full disk keeps it from being opened: its content can still be served.
 *
 * @throws {unknown} the given error, if the disk is not full or the log can't be read without writing.
 */
function openFull(path: string, why: unknown): DatabaseSync {
  if (!isFull((why as Error).cause) || hasWal(path)) throw why;
  const database = openAsItStands(path);
  try {
    if (saidVersion(database) === VERSION) return database;
  } catch {
    // The first error says more.
  }
  database.close();
  throw why;
}

/** @throws {HookcastError} LOG_UNAVAILABLE for every failure. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    const cause = explained(error);
    throw new HookcastError('LOG_UNAVAILABLE', "The log can't be read just now. Try again later.", { cause });
  }
}
