import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { NewEvent } from '../../events/event.ts';
import type { Appended } from '../../events/event-log.ts';
import type { Naming } from '../../events/naming.ts';
import { Marker } from '../marks.ts';
import { probeFor } from '../probe.ts';
import { APPENDED_COLUMNS, toRow } from '../row.ts';
import type { Row, Value } from '../value.ts';
import { available } from './answers.ts';
import { AppendQueue } from './append-queue.ts';
import type { Database } from './database.ts';
import { isOfAnotherLog, isTakenBack, reasonOf, speaksOfValues } from './refusal.ts';
import { encode, toRecord, toRecords } from './row.ts';
import { assertSoundForWriter } from './sound.ts';
import * as ask from './statements.ts';
import type { Watchers } from './watchers.ts';

/** What makes marks and ids, and the queue of the events that have them. */
interface Writing {
  readonly marker: Marker;
  readonly naming: Naming;
  readonly queue: AppendQueue;
}

/** Records events, on one connection, in one transaction after the other. */
export class Recorder {
  readonly #database: Database;
  readonly #watchers: Watchers;
  readonly #commits: Commits | null;
  #writing: Writing | null = null;
  #beginning: Promise<Writing> | null = null;
  #isClosed = false;

  constructor(database: Database, watchers: Watchers, commits: Commits | null) {
    this.#database = database;
    this.#watchers = watchers;
    this.#commits = commits;
  }

  async append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return [];
    if (this.#isClosed) throw new HookcastError('LOG_UNAVAILABLE', 'The log is closed.');
    try {
      const { marker, queue } = this.#writing ?? (await this.#begin());
      const records = events.map((event) => toRecord(encode(APPENDED_COLUMNS, toRow(event, marker))));
      return await available('written', () => queue.append(records));
    } catch (error) {
      if (error instanceof HookcastError) this.#commits?.onCommitFailure(events.length);
      throw error;
    }
  }

  async naming(): Promise<Naming> {
    if (this.#writing) return this.#writing.naming;
    return available('written', async () => (await this.#begin()).naming);
  }

  /** Asks the database how this log makes its marks and ids. */
  async begin(): Promise<void> {
    await this.#begin();
  }

  /** What makes the marks of this log's events and deliveries. */
  async marker(): Promise<Marker> {
    return (this.#writing ?? (await this.#begin())).marker;
  }

  /** Appends nothing in a transaction, which tests the lock, the triggers and the commit, and looks whether the schema is sound. */
  async assertMayWrite(): Promise<void> {
    const marker = await this.marker();
    await this.#commit([this.#watchers.sender, marker.salt, '[]']);
    await this.#database.writer.use(assertSoundForWriter);
  }

  /** To be called when the database holds another log by now. */
  forget(): void {
    this.#writing = null;
  }

  /** Reads again whether ids from an older hookcast remain. Once retention has passed them, nobody has to look for them any more. */
  async nameAnew(): Promise<void> {
    if (!this.#writing?.naming.hasFormer) return;
    const [row] = await this.#database.ask(ask.NAMING, []);
    const naming = namingOf(row);
    if (this.#writing?.naming.secret === naming.secret) this.#writing = { ...this.#writing, naming };
  }

  /** Takes no more events, and resolves when the appends under way are done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing?.queue.drained();
  }

  /** Runs one transaction of an append. Returns its row: the epoch, and the positions as JSON. */
  #commit(parameters: readonly Value[]): Promise<Row> {
    return this.#database.writer.use(async (connection) => {
      const [row = []] = await connection.ask(ask.APPEND, parameters);
      connection.assertKept(row[2]);
      return row;
    });
  }

  /** Inserts in one transaction. If an event is refused, it takes more transactions, so that only that event is refused. */
  async #insert(records: readonly string[], marker: Marker): Promise<readonly Appended[]> {
    try {
      const [epoch, said] = await this.#commit([this.#watchers.sender, marker.salt, `[${records.join(',')}]`]);
      // This must be here: nothing else in this process hears of a commit that comes after its caller has given up.
      this.#watchers.moved();
      const positions = JSON.parse(String(said)) as number[];
      if (positions.length !== records.length)
        throw new Error('the database answered for other events than were asked');
      const seen = new Set<number>();
      return positions.map((position) => {
        // If a position is in a batch twice, the first is the event and the other its duplicate.
        const isNew = position > 0 && !seen.has(position);
        seen.add(position);
        return { outcome: isNew ? 'accepted' : 'duplicate', cursor: { epoch: String(epoch), seq: Math.abs(position) } };
      });
    } catch (error) {
      if (isOfAnotherLog(error)) this.#writing = null;
      if (!speaksOfValues(error) || !(await this.#takesLike(records[0]!, marker))) throw error;
      if (records.length === 1) return [{ outcome: 'refused', reason: reasonOf(error) }];
      const half = records.length >>> 1;
      return [
        ...(await this.#insert(records.slice(0, half), marker)),
        ...(await this.#insert(records.slice(half), marker)),
      ];
    }
  }

  /** Whether the database takes a sound event of this record's kind (`probeFor`). The event is rolled back. */
  async #takesLike(record: string, marker: Marker): Promise<boolean> {
    const probe = toRecords(APPENDED_COLUMNS, [probeFor(JSON.parse(record) as Row)]);
    try {
      await this.#database.writer.use((connection) =>
        connection.ask(ask.PROBE, [this.#watchers.sender, marker.salt, probe]),
      );
      return false;
    } catch (error) {
      return isTakenBack(error);
    }
  }

  /** Runs at the start, and when the database turns out to hold another log by now: one was copied into it, for example. */
  #begin(): Promise<Writing> {
    this.#beginning ??= this.#database
      .write(ask.NAMING, [], { pool: this.#database.writer })
      .then(([row]) => {
        const naming = namingOf(row);
        const marker = new Marker(naming.secret);
        const queue = new AppendQueue((records) => this.#insert(records, marker), this.#commits);
        return (this.#writing = { marker, naming, queue });
      })
      .finally(() => (this.#beginning = null));
    return this.#beginning;
  }
}

/** Reads a row of `ask.NAMING`. */
function namingOf(row: Row | undefined): Naming {
  return { secret: String(row?.[0]), hasFormer: row?.[1] === 1 };
}
