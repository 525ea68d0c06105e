import { setTimeout } from 'node:timers/promises';
import type { Row, Value } from '../value.ts';
import { available } from './answers.ts';
import { ANSWER_WITHIN } from './append-queue.ts';
import { type Connection, type Statement, statement } from './connection.ts';
import { Pool } from './pool.ts';
import type { Primary } from './primary.ts';
import { isOfAnotherLog } from './refusal.ts';

/**
 * The most connections for reading and for rare work. One more connection records deliveries: it is opened first and kept, because
 * without it every delivery is refused. And one more listens while somebody watches.
 */
const READERS = 8;
/** The fewest such connections of each gateway, where several gateways of one process share `READERS`. */
const FEWEST_READERS = 2;

export interface DatabaseOptions {
  /** How many gateways of one process have the log together, and so share its connections. */
  readonly gateways: number;
  /** Ends another connection when the server has no more to give. Returns whether there was one. */
  readonly spare: () => boolean;
  /** Called when the database turns out to hold another log by now. */
  readonly onOtherLog: () => void;
}

interface WriteOptions {
  readonly pool?: Pool;
  /** Checks by the answer how it was committed. If it is left out, the connection is asked once more. */
  readonly check?: (connection: Connection, rows: readonly Row[]) => void;
}

/** The connections of one log, and the statements that run on them. */
export class Database {
  /** The one connection that records deliveries. */
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
    return available(what, async () => {
      const rows = await this.pool.use(async (connection) => {
        const said = await connection.ask(asked, parameters);
        if (what === 'written') await connection.assertCommitted();
        return said;
      });
      return answer(rows);
    });
  }

  /** Writes for a delivery. It fails after `ANSWER_WITHIN` milliseconds, as an append does. */
  write(
    asked: Statement,
    parameters: readonly Value[],
    { pool = this.pool, check }: WriteOptions = {},
  ): Promise<Row[]> {
    const late = setTimeout(ANSWER_WITHIN, null, { ref: false });
    return available('written', async () => {
      const asking = pool.use(async (connection) => {
        const rows = await connection.ask(asked, parameters);
        if (check) check(connection, rows);
        else await connection.assertCommitted();
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
