import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { AboutRequest } from '../../events/about.ts';
import type { Activity, ActivityRequest } from '../../events/activity.ts';
import { type AnswerCount, HOUR } from '../../events/answer-count.ts';
import { APART, type AuditEntry, type AuditRequest, type NewAuditEntry } from '../../events/audit.ts';
import type { ReceivedSecret } from '../../events/received-secret.ts';
import type { Commits } from '../../events/commits.ts';
import { type Cursor, type Extent, encodeCursor } from '../../events/cursor.ts';
import type { Field, Sighting } from '../../events/drift.ts';
import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import type { Naming } from '../../events/naming.ts';
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
import type { Paused } from '../../events/paused.ts';
import type { NewQuarantined, Quarantine, Quarantined } from '../../events/quarantine.ts';
import type { Reconciliation } from '../../events/reconciliation.ts';
import type { Keeping, ListedRefused, NewRefused, Refused, RefusedRecord, RefusedRoom } from '../../events/refused.ts';
import type { NewRevision, Revise, Revised } from '../../events/revision.ts';
import type { Token, TokenUse } from '../../events/token.ts';
import type { Marked, Memory } from '../../events/tombstone.ts';
import { ANSWER_COLUMNS, fromAnswerRow, toAnswerRows } from '../answer-count-row.ts';
import { AUDIT_COLUMNS, NEW_AUDIT_COLUMNS, fromAuditRow, toAuditRow } from '../audit-row.ts';
import { BROUGHT_COLUMNS, fromReceivedSecretRow, toReceivedSecretRow } from '../received-secret-row.ts';
import { FIELD_COLUMNS, fromFieldRow, toFieldRows } from '../field-row.ts';
import { Marker, RETRIED_FOR } from '../marks.ts';
import { PAUSED_COLUMNS, fromPausedRow, toPausedRow } from '../paused-row.ts';
import { probeFor } from '../probe.ts';
import { NEW_QUARANTINE_COLUMNS, toQuarantineRow } from '../quarantine-row.ts';
import { RECONCILIATION_COLUMNS, fromReconciliationRow, toReconciliationRow } from '../reconciliation-row.ts';
import {
  LISTED_REFUSED_COLUMNS,
  NEW_REFUSED_COLUMNS,
  REFUSED_COLUMNS,
  fromListedRefusedRow,
  fromRefusedRow,
  placesFor,
  toKeeping,
  toRefusedRow,
} from '../refused-row.ts';
import { APPENDED_COLUMNS, toRow } from '../row.ts';
import type { Row, Value } from '../value.ts';
import { Parsing } from '../stored-event.ts';
import { inUse } from '../in-use.ts';
import { withRevisions } from '../told.ts';
import { tooLarge } from '../too-large.ts';
import { TOKEN_COLUMNS, fromTokenRow, revokedRow, toTokenRow } from '../token-row.ts';
import { TOMBSTONE_COLUMNS, fromTombstoneRow } from '../tombstone-row.ts';
import { activityOf, selectActivity } from './activity.ts';
import { type Adopted, adopt } from './adopt.ts';
import { available, deliveriesOf, eventOf, extentOf, pageOf, quarantinedOf, revisionsOf } from './answers.ts';
import { ANSWER_WITHIN, AppendQueue } from './append-queue.ts';
import { LIST_AUDIT, RECORD_AUDIT, TRIM_AUDIT } from './audit.ts';
import { type Connection, type Statement, statement } from './connection.ts';
import { erase, previewErasure } from './erase.ts';
import { EXPECT_FIELDS } from './fields.ts';
import { Listener } from './listener.ts';
import { LIST_PAUSED, PAUSE_SOURCE, RESUME_SOURCE } from './paused.ts';
import { Pool } from './pool.ts';
import { assertOwnSessions } from './pooler.ts';
import { Primary } from './primary.ts';
import {
  END_RECONCILIATION,
  KEEP_RECONCILIATION,
  LIST_RECONCILIATIONS,
  TAKE_RECONCILIATION,
} from './reconciliations.ts';
import {
  COUNT_REFUSED,
  DROP_REFUSED,
  EXPIRE_REFUSED,
  FIND_REFUSED,
  KEEP_REFUSED,
  LIST_REFUSED,
  SUM_REFUSED,
} from './refused.ts';
import { isOfAnotherLog, isTakenBack, mayPass, reasonOf, speaksOfValues } from './refusal.ts';
import { mendRestored } from './restored.ts';
import { decode, encode, toRecord, toRecords } from './row.ts';
import { migrate } from './schema.ts';
import { dependsOnValues, listOf, selectPage, selectRevisions } from './select.ts';
import { Shared } from './shared.ts';
import { BEGIN_SILENCE, END_SILENCE, LIST_SILENCES } from './silences.ts';
import * as ask from './statements.ts';
import { type Target, parseTarget } from './target.ts';
import { fromText, toText, toTextArray } from './text.ts';
import { KEEP_TOKEN, LIST_TOKENS, REVOKE_TOKEN, TOKEN_CHANGES, TRIM_TOKENS, USE_TOKENS } from './tokens.ts';
import { Vacuum } from './vacuum.ts';

/**
 * Connections for reading and for what is rare. One more records deliveries: it is opened first and kept, since without it
 * every delivery is refused. And one listens while somebody watches.
 */
const READERS = 8;
/** The same of each of several gateways that one machine has: together they have little more than one. */
const FEWEST_READERS = 2;
/** Rows that a trim deletes in one transaction. */
const TRIM_PIECE = 500;
/** How long a server that can't be reached is waited for at the start, in milliseconds. */
const PATIENCE = 10_000;

/** How long until it is tried again, in milliseconds. */
const AGAIN = 500;

const NO_TIMELINE =
  'The server does not say on which timeline it writes (Aurora, for one). A log that is put back to an earlier moment is not ' +
  'recognised there: give it a new epoch before gateways start on it (docs/SCALING.md).';

/** Who is told what. */
export interface PostgresOptions {
  /** Milliseconds, for which a server that can't be reached is waited for. */
  readonly patience?: number;
  /** Also when a copy into it is not finished. */
  readonly forCopy?: boolean;
  /** Told of each commit of events. A role that may not write is refused then. */
  readonly commits?: Commits | null;
  /** How many gateways of one process have the log together, and so share its connections. */
  readonly gateways?: number;
  /** Told, in a sentence each, what is odd about the URL or the database. */
  readonly warn?: (message: string) => void;
}

/** Who makes marks, what ids are made with, and the queue of what has them. */
interface Writing {
  readonly marker: Marker;
  readonly naming: Naming;
  readonly queue: AppendQueue;
}

/** The log in PostgreSQL, for any number of gateways at once. */
export class PostgresLog implements EventLog {
  readonly #primary: Primary;
  readonly #writer: Pool;
  readonly #pool: Pool;
  readonly #vacuum: Vacuum;
  readonly #commits: Commits | null;
  /** Signs what this process notifies, so that it need not wake itself. */
  readonly #sender = randomUUID();
  /** Filters come in some hundreds of combinations; each is prepared once on each connection. */
  readonly #statements = new Map<string, Statement>();
  readonly #parsing = new Parsing();
  readonly #listeners = new Set<() => void>();
  /** Thousands who subscribe at once ask for it. */
  readonly #extent = new Shared(() => this.#readExtent());
  #writing: Writing | null = null;
  #beginning: Promise<Writing> | null = null;
  #listener: Listener | null = null;
  #closed = false;

  private constructor(target: Target, commits: Commits | null, gateways: number) {
    this.#commits = commits;
    this.#primary = new Primary(target);
    const spare = () => this.#listener?.spare() ?? false;
    this.#pool = new Pool(this.#primary, {
      most: Math.max(Math.ceil(READERS / gateways), FEWEST_READERS),
      onFull: spare,
    });
    this.#writer = new Pool(this.#primary, { most: 1, isKept: true, onFull: () => spare() || this.#pool.spare() });
    this.#vacuum = new Vacuum(this.#primary);
  }

  /**
   * Connects, and makes the schema `hookcast` when it is missing.
   *
   * @param url - `postgres://user:password@host:5432,another:5432/database`: whichever is the primary is used.
   * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
   */
  static async open(
    url: string,
    { patience = PATIENCE, forCopy = false, commits = null, gateways = 1, warn = () => {} }: PostgresOptions = {},
  ): Promise<PostgresLog> {
    const target = parseTarget(url);
    for (const warning of target.warnings) warn(warning);
    const log = new PostgresLog(target, commits, gateways);
    const until = performance.now() + patience;
    for (;;) {
      try {
        const isWhole = await log.#writer.use((connection) => log.#prepare(connection, warn));
        if (isWhole) await log.#begin();
        if (isWhole && commits) await log.#assertMayWrite();
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
    try {
      const { marker, queue } = this.#writing ?? (await this.#begin());
      const records = events.map((event) => toRecord(encode(APPENDED_COLUMNS, toRow(event, marker))));
      return await available('written', () => queue.append(records));
    } catch (error) {
      if (error instanceof HookcastError) this.#commits?.failed(events.length);
      throw error;
    }
  }

  async naming(): Promise<Naming> {
    if (this.#writing) return this.#writing.naming;
    return available('written', async () => (await this.#begin()).naming);
  }

  async read(request: ReadRequest): Promise<Page> {
    const { sql, parameters } = selectPage(request);
    const asked = dependsOnValues(request) ? statement(sql, 'anew') : this.#statement(sql);
    const { page, mayBeRevised } = await this.#ask(asked, parameters, 'read', (rows) =>
      pageOf(request, rows, this.#parsing),
    );
    return mayBeRevised ? this.#withRevisions(request, page) : page;
  }

  /** Asked for apart, since hardly any page has some. What has happened to their events since the page was read is as well to know. */
  async #withRevisions(request: ReadRequest, page: Page): Promise<Page> {
    const { end, events } = page;
    const left = events.reduce((rest, { bytes }) => rest - bytes, request.bytes ?? PAGE_BYTES);
    const { sql, parameters } = selectRevisions(request, end.seq, Math.max(left, 1));
    const found = await this.#ask(this.#statement(sql), parameters, 'read', (rows) =>
      revisionsOf(end.epoch, request, rows, this.#parsing),
    );
    return withRevisions(page, found);
  }

  async find(
    keys: readonly EventKey[],
    { parts = ALL_PARTS, bytes = Number.MAX_SAFE_INTEGER }: FindOptions = {},
  ): Promise<readonly (RecordedEvent | null)[]> {
    const columns = [keys.map(({ source }) => toText(source)), keys.map(({ eventId }) => toText(eventId))];
    const asked = parts.people || parts.raw ? ask.FIND.whole : ask.FIND.data;
    return this.#ask(asked, [...columns.map(toTextArray), bytes], 'read', (rows) => {
      if (rows.length < keys.length) throw tooLarge(bytes);
      return rows.map(([epoch, ...row]) =>
        row[0] === null ? null : eventOf(String(epoch), row, parts, this.#parsing),
      );
    });
  }

  async findAbout({ email, tenants, before, limit }: AboutRequest): Promise<readonly EventKey[]> {
    const { marker } = this.#writing ?? (await available('read', () => this.#begin()));
    const wanted = tenants ? listOf(tenants) : null;
    const parameters = [marker.email(email), before ?? Number.MAX_SAFE_INTEGER, wanted, wanted, limit];
    return this.#ask(ask.FIND_ABOUT, parameters, 'read', (rows) =>
      rows.map(([source, eventId]) => ({ source: String(source), eventId: String(eventId) })).toReversed(),
    );
  }

  async assertWritable(): Promise<void> {
    await this.#ask(ask.ASSERT_VERSION, [], 'written');
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
      onMove: () => this.#moved(),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#listener?.stop();
      this.#listener = null;
    };
  }

  async erase(request: ErasureRequest, order: ErasureOrder): Promise<ErasureReceipt> {
    const receipt = await available('written', () =>
      this.#pool.use((connection) => erase(connection, this.#sender, request, order)),
    );
    this.#moved();
    this.#vacuum.start();
    return receipt;
  }

  previewErasure(request: ErasureRequest): Promise<ErasurePreview> {
    return available('read', () => this.#pool.use((connection) => previewErasure(connection, request)));
  }

  async revising<T>(work: (revise: Revise) => Promise<T>): Promise<T> {
    const { marker } = this.#writing ?? (await this.#begin());
    let heldBack = 0;
    const reviseOn =
      (connection: Connection): Revise =>
      async (revisions, at) => {
        const began = performance.now();
        const piece = await available('written', () => this.#revise(connection, marker, revisions, at));
        heldBack += piece.heldBack;
        this.#moved();
        await setTimeout(performance.now() - began);
        return piece.revised;
      };
    // By the connection that has the lock, so that a gateway that has lost the one can't go on without the other.
    const worked = await available('written', () =>
      this.#pool.use(async (connection) => {
        const [[isMine] = []] = await connection.ask(ask.TAKE_REVISING, []);
        if (isMine !== 1) throw inUse();
        // What the work fails with is its own, and no failure of the log.
        const outcome = await work(reviseOn(connection)).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        // Its end releases the lock, also if the statement before failed.
        await connection.ask(ask.END_REVISING, []).catch(() => connection.destroy());
        return outcome;
      }),
    );
    if (heldBack > 0) this.#vacuum.start();
    if ('error' in worked) throw worked.error;
    return worked.value;
  }

  /** One transaction; more when an event is refused, so that it is refused alone. */
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
      const parameters = [this.#sender, marker.salt, at, `[${records.join(',')}]`];
      const [[positions, heldBack, promise] = []] = await connection.ask(ask.REVISE, parameters);
      connection.assertKept(promise);
      const done = new Set(JSON.parse(String(positions)) as number[]);
      const revised = revisions.map(({ seq }): Revised => ({ outcome: done.has(seq) ? 'revised' : 'gone' }));
      return { revised, heldBack: Number(heldBack) };
    } catch (error) {
      if (!speaksOfValues(error)) throw error;
      if (revisions.length === 1) return { revised: [{ outcome: 'refused', reason: reasonOf(error) }], heldBack: 0 };
      let [revised, heldBack]: [readonly Revised[], number] = [[], 0];
      for (const revision of revisions) {
        const alone = await this.#revise(connection, marker, [revision], at);
        [revised, heldBack] = [[...revised, ...alone.revised], heldBack + alone.heldBack];
      }
      return { revised, heldBack };
    }
  }

  async trim(receivedBefore: number): Promise<number> {
    // An hour is forgotten when all of it is over.
    await this.#ask(ask.FORGET_ANSWERS, [receivedBefore - HOUR], 'written');
    await this.#ask(TRIM_TOKENS, [receivedBefore], 'written');
    let total = 0;
    for (;;) {
      const [[count] = []] = await this.#ask(
        ask.TRIM,
        [receivedBefore, TRIM_PIECE, receivedBefore - RETRIED_FOR],
        'written',
      );
      total += Number(count);
      if (Number(count) < TRIM_PIECE) break;
    }
    if (this.#writing?.naming.hasFormer) await this.#nameAnew();
    return total;
  }

  async quarantine(delivery: NewQuarantined): Promise<number> {
    const { marker } = this.#writing ?? (await this.#begin());
    const records = toRecords(NEW_QUARANTINE_COLUMNS, [toQuarantineRow(delivery, marker)]);
    // By the connection of those who append: a delivery should not wait for readers.
    const [[id] = []] = await this.#write(ask.QUARANTINE, [marker.salt, records], this.#writer);
    return Number(id);
  }

  async listQuarantined(request: Parameters<Quarantine['listQuarantined']>[0]) {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, limit, state } = request;
    const { ofAll, ofState } = ask.LIST_QUARANTINED[direction];
    const read = await (state === undefined
      ? this.#ask(ofAll, [after, before, limit], 'read', deliveriesOf)
      : this.#ask(ofState, [after, before, state, limit], 'read', deliveriesOf));
    return direction === 'forward' ? read : read.toReversed();
  }

  async findQuarantined(id: number): Promise<Quarantined | null> {
    return this.#ask(ask.FIND_QUARANTINED, [id], 'read', ([row]) => (row ? quarantinedOf(row) : null));
  }

  async settleQuarantined(id: number, { state, eventId, at }: Parameters<Quarantine['settleQuarantined']>[1]) {
    const [row] = await this.#write(ask.SETTLE, [id, state, eventId === null ? null : toText(eventId), at]);
    return row ? quarantinedOf(row) : null;
  }

  async recordFields(sightings: readonly Sighting[]): Promise<void> {
    for (const rows of toFieldRows(sightings)) await this.#write(ask.RECORD_FIELDS, [toRecords(FIELD_COLUMNS, rows)]);
  }

  async listFields(): Promise<readonly Field[]> {
    return (await this.#ask(ask.LIST_FIELDS, [])).map((row) => fromFieldRow(decode(FIELD_COLUMNS, row)));
  }

  async expectFields(source?: string): Promise<number> {
    const [[count] = []] = await this.#write(EXPECT_FIELDS, [source === undefined ? null : toText(source)]);
    return Number(count);
  }

  async activity(request: ActivityRequest): Promise<Activity> {
    const { sql, parameters } = selectActivity(request);
    const [row = []] = await this.#ask(statement(sql, 'anew'), parameters);
    return activityOf(request, row);
  }

  async recordAnswers(answers: readonly AnswerCount[]): Promise<void> {
    if (answers.length === 0) return;
    await this.#ask(ask.RECORD_ANSWERS, [toRecords(ANSWER_COLUMNS, toAnswerRows(answers))], 'written');
  }

  async recordTypes(gateway: string, types: string): Promise<number> {
    return Number((await this.#ask(ask.RECORD_TYPES, [gateway, types], 'written'))[0]?.[0]);
  }

  async forgetTypes(gateway: string): Promise<void> {
    await this.#ask(ask.FORGET_TYPES, [gateway], 'written');
  }

  async keepReceivedSecret(brought: ReceivedSecret, most: number): Promise<number> {
    const [source, secret, at] = encode(BROUGHT_COLUMNS, toReceivedSecretRow(brought));
    const rows = await this.#ask(ask.KEEP_BROUGHT, [source!, secret!, at!, source!, most], 'written');
    return Number(rows[0]?.[0]);
  }

  async listReceivedSecrets(source?: string): Promise<readonly ReceivedSecret[]> {
    const rows = await this.#ask(ask.LIST_BROUGHT, [source === undefined ? null : toText(source)]);
    return rows.map((row) => fromReceivedSecretRow(decode(BROUGHT_COLUMNS, row)));
  }

  async keepToken(token: Token): Promise<void> {
    await this.#ask(KEEP_TOKEN, [toRecords(TOKEN_COLUMNS, [toTokenRow(token)])], 'written');
  }

  async revokeToken(id: string, at: number): Promise<Token> {
    const [row = []] = await this.#ask(REVOKE_TOKEN, [toRecords(TOKEN_COLUMNS, [revokedRow(id, at)])], 'written');
    return fromTokenRow(decode(TOKEN_COLUMNS, row));
  }

  async listTokens(): Promise<readonly Token[]> {
    return (await this.#ask(LIST_TOKENS, [])).map((row) => fromTokenRow(decode(TOKEN_COLUMNS, row)));
  }

  async tokenChanges(): Promise<number> {
    return Number((await this.#ask(TOKEN_CHANGES, []))[0]?.[0]);
  }

  async useTokens(uses: readonly TokenUse[]): Promise<void> {
    const rows = uses.map(({ id, at }) => [id, at]);
    if (uses.length > 0) await this.#ask(USE_TOKENS, [toRecords(['token_id', 'used_at'], rows)], 'written');
  }

  async recordAudit(entries: readonly NewAuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#ask(RECORD_AUDIT, [toRecords(NEW_AUDIT_COLUMNS, entries.map(toAuditRow))], 'written');
  }

  async listAudit(request: AuditRequest): Promise<readonly AuditEntry[]> {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, since, limit } = request;
    const rows = await (since === undefined
      ? this.#ask(LIST_AUDIT[direction].all, [after, before, limit])
      : this.#ask(LIST_AUDIT[direction].since, [after, before, since, since - APART, limit]));
    const read = rows.map((row) => fromAuditRow(decode(AUDIT_COLUMNS, row)));
    return direction === 'forward' ? read : read.toReversed();
  }

  async trimAudit(notedBefore: number): Promise<number> {
    return Number((await this.#ask(TRIM_AUDIT, [notedBefore], 'written'))[0]?.[0]);
  }

  async keepRefused(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]> {
    const sums = await this.#ask(SUM_REFUSED, []);
    const kept = sums.map(
      ([source, sender, count, size]) => [String(source), String(sender), Number(count), Number(size)] as const,
    );
    // Several gateways may each take the last place, which makes it a few more than there is room for.
    const places = placesFor(refused, kept, room);
    const rows = refused.filter((_one, index) => places[index]).map(toRefusedRow);
    const added =
      rows.length > 0 ? await this.#ask(KEEP_REFUSED, [toRecords(NEW_REFUSED_COLUMNS, rows)], 'written') : [];
    const isNew = new Set(added.map((row) => JSON.stringify(row)));
    return refused.map(({ source, digest }, index) =>
      toKeeping(places[index]!, isNew.delete(JSON.stringify([source, digest]))),
    );
  }

  async listRefused({
    after = 0,
    limit,
    now,
    source = null,
  }: Parameters<RefusedRecord['listRefused']>[0]): Promise<readonly ListedRefused[]> {
    const rows = await this.#ask(LIST_REFUSED, [after, now, source === null ? null : toText(source), limit]);
    return rows.map((row) => fromListedRefusedRow(decode(LISTED_REFUSED_COLUMNS, row)));
  }

  async countRefused(now: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#ask(COUNT_REFUSED, [now]);
    return new Map(rows.map((row) => [String(decode(['source'], row)[0]), Number(row[1])]));
  }

  async findRefused(id: number, now: number): Promise<Refused | null> {
    const [row] = await this.#ask(FIND_REFUSED, [id, now]);
    return row ? fromRefusedRow(decode(REFUSED_COLUMNS, row)) : null;
  }

  async dropRefused(id: number): Promise<boolean> {
    return (await this.#ask(DROP_REFUSED, [id], 'written')).length === 1;
  }

  async expireRefused(now: number): Promise<number> {
    return Number((await this.#ask(EXPIRE_REFUSED, [now], 'written'))[0]?.[0]);
  }

  async pauseSource(paused: Paused): Promise<Paused> {
    const records = toRecords(PAUSED_COLUMNS, [toPausedRow(paused)]);
    const [row = []] = await this.#ask(PAUSE_SOURCE, [records], 'written');
    return fromPausedRow(decode(PAUSED_COLUMNS, row));
  }

  async resumeSource(source: string): Promise<boolean> {
    return (await this.#ask(RESUME_SOURCE, [toText(source)], 'written')).length === 1;
  }

  async listPaused(): Promise<readonly Paused[]> {
    return (await this.#ask(LIST_PAUSED, [])).map((row) => fromPausedRow(decode(PAUSED_COLUMNS, row)));
  }

  async takeReconciliation(source: string, holder: string): Promise<Reconciliation | null> {
    const [row] = await this.#ask(TAKE_RECONCILIATION, [toText(source), holder], 'written');
    return row ? fromReconciliationRow(decode(RECONCILIATION_COLUMNS, row)) : null;
  }

  async keepReconciliation(reconciliation: Reconciliation, holder: string): Promise<boolean> {
    const records = toRecords(RECONCILIATION_COLUMNS, [toReconciliationRow(reconciliation)]);
    return (await this.#ask(KEEP_RECONCILIATION, [records, holder], 'written')).length === 1;
  }

  async endReconciliation(source: string, holder: string): Promise<void> {
    await this.#ask(END_RECONCILIATION, [toText(source), holder], 'written');
  }

  async listReconciliations(): Promise<readonly Reconciliation[]> {
    const rows = await this.#ask(LIST_RECONCILIATIONS, []);
    return rows.map((row) => fromReconciliationRow(decode(RECONCILIATION_COLUMNS, row)));
  }

  async beginSilence(source: string, since: number): Promise<boolean> {
    return (await this.#ask(BEGIN_SILENCE, [toText(source), since], 'written')).length === 1;
  }

  async endSilence(source: string): Promise<number | null> {
    const [row] = await this.#ask(END_SILENCE, [toText(source)], 'written');
    return row ? Number(row[0]) : null;
  }

  async listSilences(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#ask(LIST_SILENCES, []);
    return new Map(rows.map(([source, since]) => [fromText(String(source)), Number(since)]));
  }

  async listAnswers(from: number): Promise<readonly AnswerCount[]> {
    const rows = await this.#ask(ask.LIST_ANSWERS, [from]);
    return rows.map((row) => fromAnswerRow(decode(ANSWER_COLUMNS, row)));
  }

  async forgotten(): ReturnType<Memory['forgotten']> {
    const [[salt, , formerUpTo] = []] = await this.#ask(ask.NAMING, []);
    const rows = await this.#ask(ask.TOMBSTONES, []);
    return {
      salt: String(salt),
      formerUpTo: Number(formerUpTo),
      tombstones: rows.map((row) => fromTombstoneRow(decode(TOMBSTONE_COLUMNS, row))),
    };
  }

  async listMarks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]> {
    const rows = await this.#ask(ask.LIST_MARKS[of], [after, upTo]);
    return rows.map(([id, marks]) => ({ id: Number(id), marks: JSON.parse(String(marks)) as string[] }));
  }

  async measure(): Promise<LogMeasure> {
    const [[epoch, floor, head, mark, waiting, bytes] = []] = await this.#ask(ask.MEASURE, []);
    const ends = extentOf(String(epoch), floor, head, mark, []);
    return { head: ends.head, floor: ends.floor, waiting: Number(waiting), bytes: Number(bytes), walBytes: null };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listener?.stop();
    this.#listener = null;
    this.#listeners.clear();
    this.#vacuum.stop();
    await this.#writing?.queue.drained();
    await Promise.all([this.#writer.close(), this.#pool.close()]);
  }

  /** Takes over another log. Nobody may write to this one meanwhile. @throws {HookcastError} as `adopt` says. */
  adopt(from: EventLog, progress: (done: Adopted) => void): Promise<Adopted> {
    return available('written', () => this.#pool.use((connection) => adopt(connection, from, progress)));
  }

  async tryToWrite(): Promise<void> {
    await available('written', () => this.#assertMayWrite());
  }

  /** The turn, the rights, the triggers, and a commit that is waited for. */
  async #assertMayWrite(): Promise<void> {
    const { marker } = this.#writing ?? (await this.#begin());
    await this.#commit([this.#sender, marker.salt, '[]']);
  }

  /** Before anything else is asked of the server. Whether the log in it is whole: see `migrate`. */
  async #prepare(connection: Connection, warn: (message: string) => void): Promise<boolean> {
    await assertOwnSessions(this.#primary, connection);
    if (!connection.knowsItsTimeline) warn(NO_TIMELINE);
    const { isWhole } = await migrate(connection);
    // Only a gateway writes in the end, and a copy draws on by itself when it is whole.
    if (isWhole && this.#commits) await mendRestored(connection, warn);
    return isWhole;
  }

  /** One transaction of an append, and what it says: the epoch, and the positions as JSON. */
  #commit(parameters: readonly Value[]): Promise<Row> {
    return this.#writer.use(async (connection) => {
      const [row = []] = await connection.ask(ask.APPEND, parameters);
      connection.assertKept(row[2]);
      return row;
    });
  }

  /** One transaction; more when an event is refused, so that it is refused alone. */
  async #insert(records: readonly string[], marker: Marker): Promise<readonly Appended[]> {
    try {
      const [epoch, said] = await this.#commit([this.#sender, marker.salt, `[${records.join(',')}]`]);
      // Here, since nothing else in this process would hear of a commit that came after its caller had given up.
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

  /** Whether the database takes an event that is sound and has what this record has. It is taken back. */
  async #takesLike(record: string, marker: Marker): Promise<boolean> {
    const probe = toRecords(APPENDED_COLUMNS, [probeFor(JSON.parse(record) as Row)]);
    try {
      await this.#writer.use((connection) => connection.ask(ask.PROBE, [this.#sender, marker.salt, probe]));
      return false;
    } catch (error) {
      return isTakenBack(error);
    }
  }

  /** At the start, and when the database turns out to hold another log by now: one was copied into it, for example. */
  #begin(): Promise<Writing> {
    this.#beginning ??= this.#write(ask.NAMING, [], this.#writer)
      .then(([row]) => {
        const naming = namingOf(row);
        const marker = new Marker(naming.secret);
        const queue = new AppendQueue((records) => this.#insert(records, marker), this.#commits);
        return (this.#writing = { marker, naming, queue });
      })
      .finally(() => (this.#beginning = null));
    return this.#beginning;
  }

  /** Once retention has passed what an older hookcast named, nobody has to look for it any more. */
  async #nameAnew(): Promise<void> {
    const [row] = await this.#ask(ask.NAMING, []);
    const naming = namingOf(row);
    if (this.#writing?.naming.secret === naming.secret) this.#writing = { ...this.#writing, naming };
  }

  async #readExtent(): Promise<Extent> {
    const [[epoch, floor, head, mark, lineage] = []] = await this.#ask(ask.EXTENT, []);
    return extentOf(String(epoch), floor, head, mark, JSON.parse(String(lineage)) as [string, number][]);
  }

  /** For a delivery, which can't wait for longer than for an append. */
  #write(asked: Statement, parameters: readonly Value[], pool = this.#pool): Promise<Row[]> {
    const late = setTimeout(ANSWER_WITHIN, null, { ref: false });
    return available('written', async () => {
      const asking = pool.use(async (connection) => {
        const rows = await connection.ask(asked, parameters);
        if (asked === ask.QUARANTINE) connection.assertKept(rows[0]?.[1]);
        return rows;
      });
      const rows = await Promise.race([asking, late]).catch((error: unknown) => {
        if (isOfAnotherLog(error)) this.#writing = null;
        throw error;
      });
      if (rows === null) throw new Error(`no commit within ${ANSWER_WITHIN} ms`);
      return rows;
    });
  }

  #ask(asked: Statement, parameters: readonly Value[], what?: 'read' | 'written'): Promise<Row[]>;
  #ask<T>(
    asked: Statement,
    parameters: readonly Value[],
    what: 'read' | 'written',
    answer: (rows: readonly Row[]) => T,
  ): Promise<T>;
  #ask(
    asked: Statement,
    parameters: readonly Value[],
    what: 'read' | 'written' = 'read',
    answer: (rows: readonly Row[]) => unknown = (rows) => rows,
  ): Promise<unknown> {
    return available(what, async () => answer(await this.#pool.use((connection) => connection.ask(asked, parameters))));
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

/** Of a row of `ask.NAMING`. */
function namingOf(row: Row | undefined): Naming {
  return { secret: String(row?.[0]), hasFormer: row?.[1] === 1 };
}
