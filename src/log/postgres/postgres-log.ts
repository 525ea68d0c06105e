import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import { type Cursor, type Extent, encodeCursor } from '../../events/cursor.ts';
import type { Erasure, Subject } from '../../events/erasure.ts';
import type { EventKey, NewEvent, RecordedEvent } from '../../events/event.ts';
import type { Appended, EventLog, Page, ReadRequest } from '../../events/event-log.ts';
import type { NewQuarantined, Quarantined } from '../../events/quarantine.ts';
import {
  ERASURE_COLUMNS,
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
import { type Adopted, adopt } from './adopt.ts';
import { ANSWER_WITHIN, AppendQueue } from './append-queue.ts';
import { type Statement, statement } from './connection.ts';
import { Listener } from './listener.ts';
import { Pool } from './pool.ts';
import { Primary } from './primary.ts';
import { mayPass, reasonOf, speaksOfValues } from './refusal.ts';
import { decode, encode, toRecord } from './row.ts';
import { migrate } from './schema.ts';
import { dependsOnValues, selectPage } from './select.ts';
import { Shared } from './shared.ts';
import * as ask from './statements.ts';
import { type Target, parseTarget } from './target.ts';
import { toText, toTextArray } from './text.ts';

/** Connections for reading and for what is rare. One more writes, and one listens while somebody watches. */
const READERS = 8;
/** Rows that a trim deletes in one transaction. */
const TRIM_PIECE = 500;
/** How long an erasure is remembered beyond the events' retention, in milliseconds. Wix retries for two days. */
const TOMBSTONE = 3 * 24 * 60 * 60 * 1000;
/** How long a server that can't be reached is waited for at the start, in milliseconds. */
const PATIENCE = 10_000;

/** How long until it is tried again, in milliseconds. */
const AGAIN = 500;

const RECORDED = ['seq', ...EVENT_COLUMNS];
const KEPT = ['id', ...QUARANTINE_COLUMNS];

/** The log in PostgreSQL, for any number of gateways at once. */
export class PostgresLog implements EventLog {
  readonly #primary: Primary;
  readonly #writer: Pool;
  readonly #pool: Pool;
  readonly #queue = new AppendQueue((records) => this.#insert(records));
  /** Signs what this process notifies, so that it need not wake itself. */
  readonly #sender = randomUUID();
  /** Filters come in some hundreds of combinations; each is prepared once on each connection. */
  readonly #statements = new Map<string, Statement>();
  readonly #listeners = new Set<() => void>();
  /** Thousands who subscribe at once ask for it. */
  readonly #extent = new Shared(() => this.#readExtent());
  #listener: Listener | null = null;
  #closed = false;

  private constructor(target: Target) {
    this.#primary = new Primary(target);
    this.#writer = new Pool(this.#primary, 1);
    this.#pool = new Pool(this.#primary, READERS);
  }

  /**
   * Connects, and makes the schema `hookcast` when it is missing.
   *
   * @param url - `postgres://user:password@host:5432,another:5432/database`: whichever is the primary is used.
   * @param patience - milliseconds, for which a server that can't be reached is waited for.
   * @param forCopy - also when a copy into it is not finished.
   * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
   */
  static async open(url: string, { patience = PATIENCE, forCopy = false } = {}): Promise<PostgresLog> {
    const target = parseTarget(url);
    const log = new PostgresLog(target);
    const until = performance.now() + patience;
    for (;;) {
      try {
        const { isWhole } = await log.#pool.use((connection) => migrate(connection));
        if (isWhole || forCopy) return log;
        throw new HookcastError(
          'LOG_UNAVAILABLE',
          'A copy into this database is not finished. Run "hookcast copy" again, to its end.',
        );
      } catch (error) {
        if (mayPass(error) && !(error instanceof HookcastError) && performance.now() < until) {
          await setTimeout(AGAIN);
          continue;
        }
        await log.close();
        if (error instanceof HookcastError) throw error;
        throw new HookcastError('LOG_UNAVAILABLE', `The log can't be opened: ${reasonOf(error)}.`);
      }
    }
  }

  async append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return [];
    if (this.#closed) throw new HookcastError('LOG_UNAVAILABLE', 'The log is closed.');
    const records = events.map((event) => toRecord(encode(EVENT_COLUMNS, toRow(event))));
    return available('written', () => this.#queue.append(records));
  }

  async read(request: ReadRequest): Promise<Page> {
    const { sql, parameters } = selectPage(request);
    const asked = dependsOnValues(request) ? statement(sql, 'anew') : this.#statement(sql);
    const [[said] = [], ...rows] = await this.#ask(asked, parameters);
    const [epoch, floor, head, lineage, told] = JSON.parse(said as string) as [
      ...Parameters<typeof extentOf>,
      readonly Row[] | null,
    ];
    const erasures = (told ?? []).map((row) => fromErasureRow(epoch, decode(ERASURE_COLUMNS, row)));
    return {
      events: rows.map((row) => eventOf(epoch, row.slice(1))),
      erasures,
      ...extentOf(epoch, floor, head, lineage),
    };
  }

  async find(keys: readonly EventKey[]): Promise<readonly (RecordedEvent | null)[]> {
    const columns = [keys.map(({ source }) => toText(source)), keys.map(({ eventId }) => toText(eventId))];
    const rows = await this.#ask(ask.FIND, columns.map(toTextArray));
    return rows.map(([epoch, ...row]) => (row[0] === null ? null : eventOf(String(epoch), row)));
  }

  async head(): Promise<Cursor> {
    return (await this.#extent.ask()).head;
  }

  async oldest(): Promise<Cursor> {
    return (await this.#extent.ask()).floor;
  }

  watch(listener: () => void): () => void {
    if (this.#closed) return () => {};
    this.#listeners.add(listener);
    this.#listener ??= new Listener({
      primary: this.#primary,
      sender: this.#sender,
      head: async () => encodeCursor(await this.head()),
      moved: () => this.#moved(),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#listener?.stop();
      this.#listener = null;
    };
  }

  async erase({ provider, source, tenant, subject }: Subject, at: number): Promise<Erasure> {
    const of = [provider, source, tenant, subject].map(toText);
    const [[epoch, ...row] = []] = await this.#write(ask.ERASE, [this.#sender, ...of, at]);
    this.#moved();
    return fromErasureRow(String(epoch), decode(ERASURE_COLUMNS, row));
  }

  async trim(receivedBefore: number): Promise<number> {
    let total = 0;
    for (;;) {
      const [[count] = []] = await this.#ask(
        ask.TRIM,
        [receivedBefore, TRIM_PIECE, receivedBefore - TOMBSTONE],
        'written',
      );
      total += Number(count);
      if (Number(count) < TRIM_PIECE) return total;
    }
  }

  async quarantine(delivery: NewQuarantined): Promise<number> {
    const record = toRecord(encode(QUARANTINE_COLUMNS, toQuarantineRow(delivery)));
    const [[id] = []] = await this.#write(ask.QUARANTINE, [`[${record}]`]);
    return Number(id);
  }

  async listQuarantined(request: { after?: number; limit: number }): Promise<readonly Quarantined[]> {
    return (await this.#ask(ask.LIST_QUARANTINED, [request.after ?? 0, request.limit])).map(quarantinedOf);
  }

  async findQuarantined(id: number): Promise<Quarantined | null> {
    const [row] = await this.#ask(ask.FIND_QUARANTINED, [id]);
    return row ? quarantinedOf(row) : null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listener?.stop();
    this.#listener = null;
    this.#listeners.clear();
    await this.#queue.drained();
    await Promise.all([this.#writer.close(), this.#pool.close()]);
  }

  /** Takes over another log. Nobody may write to this one meanwhile. @throws {HookcastError} as `adopt` says. */
  adopt(from: EventLog, progress: (done: Adopted) => void): Promise<Adopted> {
    return available('written', () => this.#pool.use((connection) => adopt(connection, from, Date.now(), progress)));
  }

  /** One transaction; more when an event is refused, so that it is refused alone. */
  async #insert(records: readonly string[]): Promise<readonly Appended[]> {
    try {
      const parameters = [this.#sender, `[${records.join(',')}]`];
      const [[epoch, said] = []] = await this.#writer.use((connection) => connection.ask(ask.APPEND, parameters));
      // Here, since of a commit that came too late for whoever waited for it nobody else in this process would hear.
      this.#moved();
      const positions = JSON.parse(String(said)) as number[];
      if (positions.length !== records.length)
        throw new Error('the database answered for other events than were asked');
      const seen = new Set<number>();
      return positions.map((position) => {
        // Twice in one batch: the first is the event, the other its duplicate.
        const isNew = position > 0 && !seen.has(position);
        seen.add(position);
        return { outcome: isNew ? 'accepted' : 'duplicate', cursor: { epoch: String(epoch), seq: Math.abs(position) } };
      });
    } catch (error) {
      if (!speaksOfValues(error)) throw error;
      if (records.length === 1) return [{ outcome: 'refused', reason: reasonOf(error) }];
      const half = records.length >>> 1;
      return [...(await this.#insert(records.slice(0, half))), ...(await this.#insert(records.slice(half)))];
    }
  }

  async #readExtent(): Promise<Extent> {
    const [[epoch, floor, head, lineage] = []] = await this.#ask(ask.EXTENT, []);
    return extentOf(String(epoch), Number(floor), Number(head), JSON.parse(String(lineage)) as [string, number][]);
  }

  /** For a delivery, which can't wait for longer than for an append. */
  #write(asked: Statement, parameters: readonly Value[]): Promise<Row[]> {
    const late = setTimeout(ANSWER_WITHIN, null, { ref: false });
    return available('written', async () => {
      const rows = await Promise.race([this.#pool.use((connection) => connection.ask(asked, parameters)), late]);
      if (rows === null) throw new Error(`no commit within ${ANSWER_WITHIN} ms`);
      return rows;
    });
  }

  #ask(asked: Statement, parameters: readonly Value[], what: 'read' | 'written' = 'read'): Promise<Row[]> {
    return available(what, () => this.#pool.use((connection) => connection.ask(asked, parameters)));
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql) ?? statement(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #moved(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whatever goes wrong with the server is LOG_UNAVAILABLE to whoever asked. */
async function available<T>(what: 'read' | 'written', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    // Not the error itself, which carries the statement's parameters.
    const cause = new Error(reasonOf(error));
    throw new HookcastError('LOG_UNAVAILABLE', `The log can't be ${what} just now. Try again later.`, { cause });
  }
}

function extentOf(epoch: string, floor: number, head: number, lineage: readonly [string, number][]): Extent {
  return {
    head: { epoch, seq: head },
    floor: { epoch, seq: floor },
    lineage: lineage.map(([epoch, seq]) => ({ epoch, seq })),
  };
}

function eventOf(epoch: string, row: Row): RecordedEvent {
  return fromRow(epoch, decode(RECORDED, row));
}

function quarantinedOf(row: Row): Quarantined {
  return fromQuarantineRow(decode(KEPT, row));
}
