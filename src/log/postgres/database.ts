import { setTimeout } from 'node:timers/promises';
import type { Row, Value } from '../value.ts';
import { available } from './answers.ts';
import { ANSWER_WITHIN } from './append-queue.ts';
import { type Connection, type Statement, statement } from './connection.ts';
import { Pool } from './pool.ts';
import type { Primary } from './primary.ts';
import { isOfAnotherLog } from './refusal.ts';

/**
 * Connections for reading and for what is rare. One more records deliveries: it is opened first and kept, since without it
 * every delivery is refused. And one listens while somebody watches.
 */
const READERS = 8;
/** The same of each of several gateways that one machine has: together they have little more than one. */
const FEWEST_READERS = 2;

export interface DatabaseOptions {
  /** How many gateways of one process have the log together, and so share its connections. */
  readonly gateways: number;
  /** Lets go of another connection, when the server has no more to give. Whether there was one. */
  readonly spare: () => boolean;
  /** Told when the database turns out to hold another log by now. */
  readonly onOtherLog: () => void;
}

interface WriteOptions {
  readonly pool?: Pool;
  /** Looks at what was answered, while the connection is still ours. */
  readonly check?: (connection: Connection, rows: readonly Row[]) => void;
}

/** The connections of one log, and how they are asked. */
export class Database {
  /** By which deliveries are recorded. */
  readonly writer: Pool;
  readonly pool: Pool;
  /** Filters come in some hundreds of combinations; each is prepared once on each connection. */
  readonly #statements = new Map<string, Statement>();
  readonly #onOtherLog: () => void;

  constructor(primary: Primary, { gateways, spare, onOtherLog }: DatabaseOptions) {
    this.#onOtherLog = onOtherLog;
    this.pool = new Pool(primary, {
      most: Math.max(Math.ceil(READERS / gateways), FEWEST_READERS),
      onFull: spare,
    });
    this.writer = new Pool(primary, { most: 1, isKept: true, onFull: () => spare() || this.pool.spare() });
  }

  ask(asked: Statement, parameters: readonly Value[], what?: 'read' | 'written'): Promise<Row[]>;
  ask<T>(
    asked: Statement,
    parameters: readonly Value[],
    what: 'read' | 'written',
    answer: (rows: readonly Row[]) => T,
  ): Promise<T>;
  ask(
    asked: Statement,
    parameters: readonly Value[],
    what: 'read' | 'written' = 'read',
    answer: (rows: readonly Row[]) => unknown = (rows) => rows,
  ): Promise<unknown> {
    return available(what, async () => answer(await this.pool.use((connection) => connection.ask(asked, parameters))));
  }

  /** For a delivery, which can't wait for longer than for an append. */
  write(
    asked: Statement,
    parameters: readonly Value[],
    { pool = this.pool, check = () => {} }: WriteOptions = {},
  ): Promise<Row[]> {
    const late = setTimeout(ANSWER_WITHIN, null, { ref: false });
    return available('written', async () => {
      const asking = pool.use(async (connection) => {
        const rows = await connection.ask(asked, parameters);
        check(connection, rows);
        return rows;
      });
      const rows = await Promise.race([asking, late]).catch((error: unknown) => {
        if (isOfAnotherLog(error)) this.#onOtherLog();
        throw error;
      });
      if (rows === null) throw new Error(`no commit within ${ANSWER_WITHIN} ms`);
      return rows;
    });
  }

  statement(sql: string): Statement {
    const known = this.#statements.get(sql) ?? statement(sql);
    this.#statements.set(sql, known);
    return known;
  }

  async close(): Promise<void> {
    await Promise.all([this.writer.close(), this.pool.close()]);
  }
}
