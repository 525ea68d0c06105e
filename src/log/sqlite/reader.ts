import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { Row, Value } from '../row.ts';
import { explained } from './damage.ts';
import { Place } from './place.ts';
import { assertVersion, openDatabase } from './schema.ts';

/** Prepared statements kept. Filters come in a few hundred combinations, and their order is a client's choice. */
const MOST_STATEMENTS = 200;

/** The connection that reads, in the gateway's own thread. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #place: Place;

  /** @throws {HookcastError} LOG_UNAVAILABLE when the file can't be opened. */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#place = new Place(path);
  }

  /** Runs reads on one state of the file: a page and the head that goes with it must be of the same moment. */
  snapshot<T>(read: () => T): T {
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
   * Of a gateway whose file was replaced, or brought to another version, nobody else might hear.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE.
   */
  assertWritable(): void {
    readable(() => {
      this.#place.assertSame();
      assertVersion(this.#database);
    });
  }

  all(sql: string, ...parameters: Value[]): Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement.all(...parameters) as unknown as Row[];
  }

  one(sql: string): Value {
    return this.all(sql)[0]?.[0] ?? null;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** @throws {HookcastError} LOG_UNAVAILABLE for whatever is thrown. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const cause = explained(error);
    throw new HookcastError('LOG_UNAVAILABLE', "The log can't be read just now. Try again later.", { cause });
  }
}
