import { setTimeout } from 'node:timers/promises';
import type { NewRevision, Revise, Revised, Revisions } from '../../events/revision.ts';
import { inUse } from '../in-use.ts';
import type { Marker } from '../marks.ts';
import { probeFor } from '../probe.ts';
import { APPENDED_COLUMNS, toRow } from '../row.ts';
import { available } from './answers.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import type { Recorder } from './recorder.ts';
import { isTakenBack, reasonOf, speaksOfValues } from './refusal.ts';
import { encode, toRecord } from './row.ts';
import * as ask from './statements.ts';
import type { Vacuum } from './vacuum.ts';
import type { Watchers } from './watchers.ts';

/** The columns that name the event that is revised. */
const KEY: ReadonlySet<string> = new Set(['source', 'event_id']);

/** Gives recorded events a new form. */
export class PostgresRevisions implements Revisions {
  readonly #database: Database;
  readonly #recorder: Recorder;
  readonly #watchers: Watchers;
  readonly #vacuum: Vacuum;

  constructor(database: Database, recorder: Recorder, watchers: Watchers, vacuum: Vacuum) {
    this.#database = database;
    this.#recorder = recorder;
    this.#watchers = watchers;
    this.#vacuum = vacuum;
  }

  async run<T>(work: (revise: Revise) => Promise<T>): Promise<T> {
    const marker = await this.#recorder.marker();
    let heldBack = 0;
    const reviseOn =
      (connection: Connection): Revise =>
      async (revisions, at) => {
        const began = performance.now();
        const piece = await available('written', () => this.#revise(connection, marker, revisions, at));
        heldBack += piece.heldBack;
        this.#watchers.moved();
        await setTimeout(performance.now() - began);
        return piece.revised;
      };
    // The connection that has the lock also writes. So a gateway that loses the lock with its connection can't go on writing.
    const worked = await available('written', () =>
      this.#database.pool.use(async (connection) => {
        const [[isMine] = []] = await connection.ask(ask.TAKE_REVISING, []);
        if (isMine !== 1) throw inUse();
        // An error of the work is no failure of the log, so it must not become LOG_UNAVAILABLE.
        const outcome = await work(reviseOn(connection)).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        // If the unlocking fails, the end of the connection releases the lock.
        await connection.ask(ask.END_REVISING, []).catch(() => connection.destroy());
        return outcome;
      }),
    );
    if (heldBack > 0) this.#vacuum.start();
    if ('error' in worked) throw worked.error;
    return worked.value;
  }

  /** Revises in one transaction. If an event is refused, each gets its own transaction, so that only that event is refused. */
  async #revise(
    connection: Connection,
    marker: Marker,
    revisions: readonly NewRevision[],
    at: number,
  ): Promise<{ readonly revised: readonly Revised[]; readonly heldBack: number }> {
    const records = revisions.map(({ seq, event }) =>
      toRecord([seq, ...encode(APPENDED_COLUMNS, toRow(event, marker))]),
    );
    try {
      const parameters = [this.#watchers.sender, marker.salt, at, `[${records.join(',')}]`];
      const [[positions, heldBack, promise] = []] = await connection.ask(ask.REVISE, parameters);
      connection.assertKept(promise);
      const done = new Set(JSON.parse(String(positions)) as number[]);
      const revised = revisions.map(({ seq }): Revised => ({ outcome: done.has(seq) ? 'revised' : 'gone' }));
      return { revised, heldBack: Number(heldBack) };
    } catch (error) {
      if (!speaksOfValues(error)) throw error;
      if (revisions.length === 1) {
        if (!(await this.#takesLike(connection, marker, revisions[0]!, at))) throw error;
        return { revised: [{ outcome: 'refused', reason: reasonOf(error) }], heldBack: 0 };
      }
      let [revised, heldBack]: [readonly Revised[], number] = [[], 0];
      for (const revision of revisions) {
        const alone = await this.#revise(connection, marker, [revision], at);
        [revised, heldBack] = [[...revised, ...alone.revised], heldBack + alone.heldBack];
      }
      return { revised, heldBack };
    }
  }
  /** Whether the database takes a sound event in the place of this one. The revision is rolled back. */
  async #takesLike(connection: Connection, marker: Marker, { seq, event }: NewRevision, at: number): Promise<boolean> {
    const given = toRow(event, marker);
    const probe = probeFor(given).map((value, place) => (KEY.has(APPENDED_COLUMNS[place]!) ? given[place]! : value));
    const records = `[${toRecord([seq, ...encode(APPENDED_COLUMNS, probe)])}]`;
    try {
      await connection.ask(ask.PROBE_REVISION, [this.#watchers.sender, marker.salt, at, records]);
      return false;
    } catch (error) {
      return isTakenBack(error);
    }
  }
}
