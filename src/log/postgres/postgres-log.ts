import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { Cursor, Extent } from '../../events/cursor.ts';
import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { ALL_PARTS, type EventKey, type NewEvent, type RecordedEvent } from '../../events/event.ts';
import {
  type Appended,
  type EventLog,
  type FindOptions,
  type LogMeasure,
  PAGE_BYTES,
  type Page,
  type ReadRequest,
} from '../../events/event-log.ts';
import type { Naming } from '../../events/naming.ts';
import { type Wanted, wantedIn } from '../../events/words.ts';
import { Shared } from '../../shared.ts';
import { Parsing } from '../stored-event.ts';
import { withRevisions } from '../told.ts';
import { tooLarge } from '../too-large.ts';
import { WordKeys } from '../word-keys.ts';
import { PostgresActivity } from './activity.ts';
import { type Adopted, adopt } from './adopt.ts';
import { PostgresAnswers } from './answer-counts.ts';
import { available, eventOf, extentOf, pageOf, revisionsOf } from './answers.ts';
import { PostgresAudit } from './audit.ts';
import { statement } from './connection.ts';
import { Database } from './database.ts';
import { erase, previewErasure } from './erase.ts';
import { findWords } from './find-words.ts';
import { PostgresFields } from './fields.ts';
import { PostgresMemory } from './memory.ts';
import { type PostgresOptions, patiently, prepare } from './opening.ts';
import { PostgresPauses } from './paused.ts';
import { PostgresPeople } from './people.ts';
import { Primary } from './primary.ts';
import { PostgresQuarantine } from './quarantine.ts';
import { PostgresReceivedSecrets } from './received-secrets.ts';
import { PostgresReconciliations } from './reconciliations.ts';
import { Recorder } from './recorder.ts';
import { PostgresRefused } from './refused.ts';
import { PostgresRevisions } from './revisions.ts';
import { dependsOnValues, listOf, selectPage } from './select.ts';
import { selectRevisions } from './select-revisions.ts';
import { PostgresTypes } from './served.ts';
import { PostgresSilences } from './silences.ts';
import * as ask from './statements.ts';
import { type Target, parseTarget } from './target.ts';
import { toText, toTextArray } from './text.ts';
import { PostgresTokens } from './tokens.ts';
import { trim } from './trim.ts';
import { Vacuum } from './vacuum.ts';
import { Watchers } from './watchers.ts';
import { PostgresWords } from './word-index.ts';

/** The log in PostgreSQL, for any number of gateways at once. */
export class PostgresLog implements EventLog {
  readonly activity: PostgresActivity;
  readonly answers: PostgresAnswers;
  readonly audit: PostgresAudit;
  readonly fields: PostgresFields;
  readonly memory: PostgresMemory;
  readonly pauses: PostgresPauses;
  readonly people: PostgresPeople;
  readonly quarantine: PostgresQuarantine;
  readonly receivedSecrets: PostgresReceivedSecrets;
  readonly reconciliations: PostgresReconciliations;
  readonly refused: PostgresRefused;
  readonly revisions: PostgresRevisions;
  readonly silences: PostgresSilences;
  readonly tokens: PostgresTokens;
  readonly types: PostgresTypes;
  readonly words: PostgresWords;
  readonly #primary: Primary;
  readonly #watchers: Watchers;
  readonly #database: Database;
  readonly #recorder: Recorder;
  readonly #vacuum: Vacuum;
  readonly #parsing = new Parsing();
  /** Shared, because thousands of subscribers may ask for the extent at once. */
  readonly #extent = new Shared(() => this.#readExtent());

  private constructor(target: Target, commits: Commits | null, gateways: number) {
    this.#primary = new Primary(target);
    const watchers = (this.#watchers = new Watchers(this.#primary, () => this.head()));
    const database = (this.#database = new Database(this.#primary, {
      gateways,
      spare: () => watchers.spare(),
      onOtherLog: () => recorder.forget(),
    }));
    const recorder = (this.#recorder = new Recorder(database, watchers, commits));
    const vacuum = (this.#vacuum = new Vacuum(this.#primary));
    this.activity = new PostgresActivity(database);
    this.answers = new PostgresAnswers(database);
    this.audit = new PostgresAudit(database);
    this.fields = new PostgresFields(database);
    this.memory = new PostgresMemory(database);
    this.pauses = new PostgresPauses(database);
    this.people = new PostgresPeople(database, recorder);
    this.quarantine = new PostgresQuarantine(database, recorder);
    this.receivedSecrets = new PostgresReceivedSecrets(database);
    this.reconciliations = new PostgresReconciliations(database);
    this.refused = new PostgresRefused(database);
    this.revisions = new PostgresRevisions(database, recorder, watchers, vacuum);
    this.silences = new PostgresSilences(database);
    this.tokens = new PostgresTokens(database);
    this.types = new PostgresTypes(database);
    this.words = new PostgresWords(database, recorder, vacuum);
  }

  /**
   * Connects, and makes the schema `hookcast` when it is missing.
   *
   * @param url - `postgres://user:password@host:5432,another:5432/database`: the host that is the primary is used.
   * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
   */
  static async open(
    url: string,
    { patience, forCopy = false, commits = null, gateways = 1, warn = () => {} }: PostgresOptions = {},
  ): Promise<PostgresLog> {
    const target = parseTarget(url);
    for (const warning of target.warnings) warn(warning);
    const log = new PostgresLog(target, commits, gateways);
    return patiently({ patience, warn }, log, async () => {
      const isWhole = await log.#database.writer.use((connection) =>
        prepare(log.#primary, connection, { isForGateway: commits !== null, warn }),
      );
      if (isWhole) await log.#recorder.begin();
      if (isWhole && commits) await log.#recorder.assertMayWrite();
      if (isWhole || forCopy) return log;
      throw new HookcastError(
        'LOG_UNAVAILABLE',
        'A copy into this database is not finished. Run "hookcast copy" again, to its end.',
      );
    });
  }

  append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    return this.#recorder.append(events);
  }

  naming(): Promise<Naming> {
    return this.#recorder.naming();
  }

  async read(request: ReadRequest): Promise<Page> {
    const wanted = wantedIn(request.filter.search?.text ?? '');
    const { page, mayBeRevised } = await (wanted ? this.#search(request, wanted) : this.#readPage(request));
    return mayBeRevised ? this.#withRevisions(request, page) : page;
  }

  #readPage(request: ReadRequest): Promise<ReturnType<typeof pageOf>> {
    const { sql, parameters } = selectPage(request);
    const asked = dependsOnValues(request) ? statement(sql, 'anew') : this.#database.statement(sql);
    return this.#database.ask(asked, parameters, 'read', (rows) => pageOf(request, rows, this.#parsing));
  }

  /** Searches, and reads what was found, in one snapshot: so nothing that is recorded in between is passed over. */
  async #search(request: ReadRequest, wanted: Wanted): Promise<ReturnType<typeof pageOf>> {
    const { salt } = await available('read', () => this.#recorder.marker());
    const rows = await available('read', () =>
      this.#database.pool.use((connection) =>
        connection.inSnapshot(async () => {
          const found = await findWords(connection, new WordKeys(salt), request, wanted);
          const { sql, parameters } = selectPage(request, found);
          return connection.ask(this.#database.statement(sql), parameters);
        }),
      ),
    );
    return pageOf(request, rows, this.#parsing);
  }

  /** A statement apart reads revisions, since hardly any page has some. Their events may be newer than the page, which does no harm. */
  async #withRevisions(request: ReadRequest, page: Page): Promise<Page> {
    const { end, events } = page;
    const left = events.reduce((rest, { bytes }) => rest - bytes, request.bytes ?? PAGE_BYTES);
    const { sql, parameters } = selectRevisions(request, end.seq, Math.max(left, 1));
    const found = await this.#database.ask(this.#database.statement(sql), parameters, 'read', (rows) =>
      revisionsOf(end.epoch, request, rows, this.#parsing),
    );
    return withRevisions(page, found);
  }

  async find(
    keys: readonly EventKey[],
    { parts = ALL_PARTS, bytes = Number.MAX_SAFE_INTEGER, tenants }: FindOptions = {},
  ): Promise<readonly (RecordedEvent | null)[]> {
    const columns = [keys.map(({ source }) => toText(source)), keys.map(({ eventId }) => toText(eventId))];
    const asked = parts.people || parts.raw ? ask.FIND.whole : ask.FIND.data;
    const wanted = tenants ? listOf([...tenants]) : null;
    return this.#database.ask(asked, [...columns.map(toTextArray), wanted, wanted, bytes], 'read', (rows) => {
      if (rows.length < keys.length) throw tooLarge(bytes);
      return rows.map(([epoch, ...row]) =>
        row[0] === null ? null : eventOf(String(epoch), row, parts, this.#parsing),
      );
    });
  }

  async assertWritable(): Promise<void> {
    await this.#database.ask(ask.ASSERT_VERSION, [], 'written');
  }

  async head(): Promise<Cursor> {
    return (await this.#extent.ask()).head;
  }

  async oldest(): Promise<Cursor> {
    return (await this.#extent.ask()).floor;
  }

  watch(listener: () => void): () => void {
    return this.#watchers.watch(listener);
  }

  async erase(request: ErasureRequest, order: ErasureOrder): Promise<ErasureReceipt> {
    const receipt = await available('written', () =>
      this.#database.pool.use((connection) => erase(connection, this.#watchers.sender, request, order)),
    );
    this.#watchers.moved();
    this.#vacuum.start();
    return receipt;
  }

  previewErasure(request: ErasureRequest): Promise<ErasurePreview> {
    return available('read', () => this.#database.pool.use((connection) => previewErasure(connection, request)));
  }

  trim(receivedBefore: number): Promise<number> {
    return trim(this.#database, this.#recorder, receivedBefore);
  }

  async measure(): Promise<LogMeasure> {
    const [[epoch, floor, head, mark, waiting, bytes] = []] = await this.#database.ask(ask.MEASURE, []);
    const ends = extentOf(String(epoch), floor, head, mark, []);
    return { head: ends.head, floor: ends.floor, waiting: Number(waiting), bytes: Number(bytes), walBytes: null };
  }

  async close(): Promise<void> {
    this.#watchers.close();
    this.#vacuum.stop();
    await this.#recorder.close();
    await this.#database.close();
  }

  /** Copies another log into this one. Nobody may write to this one meanwhile. @throws {HookcastError} as `adopt` says. */
  adopt(from: EventLog, progress: (done: Adopted) => void): Promise<Adopted> {
    return available('written', () => this.#database.pool.use((connection) => adopt(connection, from, progress)));
  }

  async tryToWrite(): Promise<void> {
    await available('written', () => this.#recorder.assertMayWrite());
  }

  async #readExtent(): Promise<Extent> {
    const [[epoch, floor, head, mark, lineage] = []] = await this.#database.ask(ask.EXTENT, []);
    return extentOf(String(epoch), floor, head, mark, JSON.parse(String(lineage)) as [string, number][]);
  }
}
