import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { AboutRequest } from '../../events/about.ts';
import type { Activity, ActivityRequest } from '../../events/activity.ts';
import type { AnswerCount } from '../../events/answer-count.ts';
import type { AuditEntry, AuditRequest, NewAuditEntry } from '../../events/audit.ts';
import type { ReceivedSecret } from '../../events/received-secret.ts';
import type { Commits } from '../../events/commits.ts';
import type { Cursor, Extent } from '../../events/cursor.ts';
import type { Field, Sighting } from '../../events/drift.ts';
import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import type { Naming } from '../../events/naming.ts';
import { ALL_PARTS, type EventKey, type NewEvent, type RecordedEvent } from '../../events/event.ts';
import type { Appended, EventLog, FindOptions, LogMeasure, Page, ReadRequest } from '../../events/event-log.ts';
import type { Paused } from '../../events/paused.ts';
import type { NewQuarantined, Quarantine, Quarantined } from '../../events/quarantine.ts';
import type { Reconciliation } from '../../events/reconciliation.ts';
import type { Keeping, ListedRefused, NewRefused, Refused, RefusedRecord, RefusedRoom } from '../../events/refused.ts';
import type { Revise, Revised } from '../../events/revision.ts';
import type { Token, TokenUse } from '../../events/token.ts';
import type { Marked, Memory } from '../../events/tombstone.ts';
import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import { fromTallyRow } from '../activity-row.ts';
import { fromAnswerRow, toAnswerRows } from '../answer-count-row.ts';
import { fromAuditRow, toAuditRow } from '../audit-row.ts';
import { fromReceivedSecretRow } from '../received-secret-row.ts';
import { FIELD_COLUMNS, fromFieldRow, toFieldRows } from '../field-row.ts';
import { Marker } from '../marks.ts';
import { fromPausedRow, toPausedRow } from '../paused-row.ts';
import { fromQuarantineRow, toQuarantineRow } from '../quarantine-row.ts';
import { fromReconciliationRow, toReconciliationRow } from '../reconciliation-row.ts';
import { fromListedRefusedRow, fromRefusedRow } from '../refused-row.ts';
import { bytesOf, fromErasureRow, fromRow, toRow } from '../row.ts';
import type { Row } from '../value.ts';
import type { LogSharing } from '../sharing.ts';
import { Parsing } from '../stored-event.ts';
import { inUse } from '../in-use.ts';
import { tooLarge } from '../too-large.ts';
import { fromTokenRow, toTokenRow } from '../token-row.ts';
import { TOMBSTONE_COLUMNS, fromTombstoneRow } from '../tombstone-row.ts';
import { selectActivity } from './activity.ts';
import { SELECT_ANSWERS } from './answers.ts';
import { AUDIT_PIECE, selectAudit } from './audit.ts';
import { SELECT_BROUGHT } from './received-secrets.ts';
import { Checkpoints, OF_A_CHANGE, pagesOf } from './checkpoints.ts';
import { hashOfKey } from './hash.ts';
import { Damage } from './damage.ts';
import type { Erased } from './erase.ts';
import { readExtent, readPage } from './page.ts';
import { SELECT_PAUSED } from './paused.ts';
import { SELECT_ABOUT } from './people.ts';
import { Reader } from './reader.ts';
import { SELECT_RECONCILIATIONS } from './reconciliations.ts';
import { COUNT_REFUSED, FIND_REFUSED, SELECT_REFUSED } from './refused.ts';
import { LEASE, type ReviseReply, type ReviseTurn } from './revise.ts';
import { COUNT_WAITING, QUARANTINED, SELECT_MARKS, listOf, selectByKey } from './select.ts';
import { identityIn } from './sound.ts';
import { SELECT_SILENCES } from './silences.ts';
import {
  APPENDED,
  AUDIT,
  ERASURES,
  FIELDS,
  NEW_AUDIT,
  NEW_QUARANTINE,
  PAUSED,
  QUARANTINE,
  RECONCILIATIONS,
  RECORDED,
  TOKENS,
  TOMBSTONES,
} from './texts.ts';
import { SELECT_TOKENS, SELECT_TOKEN_CHANGES } from './tokens.ts';
import { WriteQueue } from './write-queue.ts';
import type { Durability } from './job.ts';

/** How often the file is asked whether another process wrote to it, in milliseconds. */
const POLL = 1_000;
/** Rows that a trim deletes in one transaction, so that appends wait for a few milliseconds at most. */
const TRIM_PIECE = 500;
/** How long an erasure waits until nobody reads what was erased, and how often it looks, in milliseconds. */
const CLEANING = { patience: 3_000, every: 50 };

/** The log in one SQLite file, for one machine. Reads happen here, on a connection of their own; writes in a thread. */
export class SqliteLog implements EventLog {
  readonly #path: string;
  readonly #reader: Reader;
  readonly #queue: WriteQueue;
  readonly #checkpoints: Checkpoints;
  readonly #marker: Marker;
  readonly #parsing = new Parsing();
  readonly #epoch: string;
  readonly #formerUpTo: number;
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | null = null;
  readonly #commits: Commits | null;
  readonly #isShared: boolean;
  #dataVersion: number;
  #naming: Naming;

  /**
   * @param commits - told of each commit of events.
   * @param sharing - with whom it has its threads together; null when they are its own.
   * @throws {HookcastError} LOG_UNAVAILABLE when the file can't be opened.
   */
  constructor(path: string, commits: Commits | null = null, sharing: LogSharing | null = null) {
    this.#path = path;
    this.#commits = commits;
    this.#isShared = sharing !== null;
    this.#reader = new Reader(path);
    this.#checkpoints = new Checkpoints(path, sharing?.startThread, sharing?.gateways);
    this.#queue = new WriteQueue(path, commits, sharing?.startThread, {
      moved: () => this.#moved(),
      wrote: (events, characters) => this.#checkpoints.wrote(pagesOf(events, characters)),
    });
    try {
      const { epoch, salt, formerUpTo } = this.#reader.snapshot(() => identityIn(this.#reader));
      this.#epoch = epoch;
      this.#formerUpTo = formerUpTo;
      this.#marker = new Marker(salt);
      this.#naming = this.#nameAnew();
      this.#dataVersion = Number(this.#reader.one('PRAGMA data_version'));
    } catch (error) {
      this.#reader.close();
      throw error;
    }
  }

  async append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return [];
    const rows = events.map((event) => APPENDED.encode(toRow(event, this.#marker)));
    const answers = await this.#queue.append(rows).catch((error: unknown) => {
      this.#commits?.failed(events.length);
      throw error;
    });
    this.#moved();
    return answers.map((answer) =>
      typeof answer === 'string'
        ? { outcome: 'refused', reason: answer }
        : { outcome: answer > 0 ? 'accepted' : 'duplicate', cursor: this.#cursor(Math.abs(answer)) },
    );
  }

  async tryToWrite(): Promise<void> {
    await this.#queue.do({ kind: 'tryToWrite' });
  }

  async naming(): Promise<Naming> {
    return this.#naming;
  }

  async read(request: ReadRequest): Promise<Page> {
    const options = { reader: this.#reader, epoch: this.#epoch, parsing: this.#parsing };
    return this.#reader.snapshot(() => readPage(options, request));
  }

  async find(
    keys: readonly EventKey[],
    { parts = ALL_PARTS, bytes = Infinity }: FindOptions = {},
  ): Promise<readonly (RecordedEvent | null)[]> {
    const sql = selectByKey(parts);
    let left = bytes;
    return this.#reader.snapshot(() =>
      keys.map(({ source, eventId }) => {
        const key = [toUtf8Text(source), toUtf8Text(eventId)] as const;
        const [row] = this.#reader.all(sql, hashOfKey(...key), ...key);
        if (!row) return null;
        left -= bytesOf(row);
        if (left < 0) throw tooLarge(bytes);
        const event = fromRow(this.#epoch, RECORDED.decode(row), parts, this.#parsing);
        if (event.source !== source || event.eventId !== eventId) throw new Damage('an index is wrong');
        return event;
      }),
    );
  }

  async findAbout({ email, tenants, before, limit }: AboutRequest): Promise<readonly EventKey[]> {
    const wanted = tenants ? listOf(tenants) : null;
    const parameters = [this.#marker.email(email), before ?? Number.MAX_SAFE_INTEGER, wanted, limit];
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_ABOUT, ...parameters));
    return rows
      .map(([source, eventId]) => ({ source: fromUtf8Text(String(source)), eventId: fromUtf8Text(String(eventId)) }))
      .toReversed();
  }

  async assertWritable(): Promise<void> {
    this.#reader.assertWritable();
  }

  async head(): Promise<Cursor> {
    return this.#reader.snapshot(() => this.#extent().head);
  }

  async oldest(): Promise<Cursor> {
    return this.#reader.snapshot(() => this.#extent().floor);
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#isShared) this.#queue.open();
    this.#poll ??= setInterval(() => this.#lookForOthers(), POLL).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || !this.#poll) return;
      clearInterval(this.#poll);
      this.#poll = null;
    };
  }

  async erase(asked: ErasureRequest, by: ErasureOrder): Promise<ErasureReceipt> {
    const request = encodedRequest(asked);
    const order = { ...by, orderedBy: toUtf8Text(by.orderedBy) };
    const { rows, quarantined, passedOver, pieces } = await this.#queue.do<Erased>({ kind: 'erase', request, order });
    const told = new Map(rows.map((row) => [Number(row[0]), row]));
    for (const piece of pieces) {
      const began = performance.now();
      const more = await this.#queue.do<readonly Row[]>({ kind: 'erasePiece', piece, request, order });
      for (const row of more) told.set(Number(row[0]), row);
      this.#checkpoints.wrote(OF_A_CHANGE * piece.positions.length);
      await this.#makeRoom(began);
    }
    this.#moved();
    await this.#clean();
    const erasures = [...told.values()].map((row) => fromErasureRow(this.#epoch, ERASURES.decode(row)));
    return { erasures, quarantined, passedOver };
  }

  async previewErasure(request: ErasureRequest): Promise<ErasurePreview> {
    const job = { kind: 'previewErasure', request: encodedRequest(request) } as const;
    const { events, ...preview } = await this.#queue.do<ErasurePreview>(job);
    const decoded = events.map(({ source, type, count }) => ({
      source: fromUtf8Text(source),
      type: fromUtf8Text(type),
      count,
    }));
    return { events: decoded, ...preview };
  }

  async revising<T>(work: (revise: Revise) => Promise<T>): Promise<T> {
    const holder = randomUUID();
    await this.#takeTurn(holder);
    // Also while there is nothing to revise for a long stretch.
    const stay = () => void this.#queue.do({ kind: 'takeTurn', holder }).catch(() => {});
    const staying = setInterval(stay, LEASE / 3);
    let heldBack = 0;
    try {
      return await work(async (revisions, at) => {
        const began = performance.now();
        const rows = revisions.map(({ seq, event }) => [seq, ...APPENDED.encode(toRow(event, this.#marker))]);
        const answer = await this.#queue.do<ReviseReply>({ kind: 'revise', rows, holder, at });
        heldBack += answer.heldBack;
        this.#moved();
        this.#checkpoints.wrote(OF_A_CHANGE * rows.length);
        await this.#makeRoom(began);
        return answer.outcomes.map((outcome): Revised =>
          typeof outcome === 'string'
            ? { outcome: 'refused', reason: outcome }
            : { outcome: outcome ? 'revised' : 'gone' },
        );
      });
    } finally {
      clearInterval(staying);
      // A connection that can't say so loses the turn after a while.
      await this.#queue.do({ kind: 'endTurn', holder }).catch(() => {});
      if (heldBack > 0) await this.#clean();
    }
  }

  /** Waits for one that may have been killed. @throws {HookcastError} OVERLOADED when somebody goes on revising. */
  async #takeTurn(holder: string): Promise<void> {
    let seen: number | null = null;
    for (;;) {
      const { isHeld, until } = await this.#queue.do<ReviseTurn>({ kind: 'takeTurn', holder });
      if (isHeld) return;
      if (seen !== null && until !== seen) throw inUse();
      seen = until;
      await setTimeout(LEASE / 20);
    }
  }

  async trim(receivedBefore: number): Promise<number> {
    let total = 0;
    for (;;) {
      const began = performance.now();
      const count = await this.#queue.do<number>({ kind: 'trim', receivedBefore, most: TRIM_PIECE });
      total += count;
      this.#checkpoints.wrote(OF_A_CHANGE * count);
      if (count < TRIM_PIECE) {
        this.#naming = this.#nameAnew();
        return total;
      }
      await this.#makeRoom(began);
    }
  }

  quarantine(delivery: NewQuarantined): Promise<number> {
    return this.#queue.do({ kind: 'quarantine', row: NEW_QUARANTINE.encode(toQuarantineRow(delivery, this.#marker)) });
  }

  async listQuarantined(request: Parameters<Quarantine['listQuarantined']>[0]): Promise<readonly Quarantined[]> {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, limit, state } = request;
    const ofState = state === undefined ? '' : 'AND state = ? ';
    const order = direction === 'forward' ? 'ASC' : 'DESC';
    const sql = `${QUARANTINED} WHERE id > ? AND id < ? ${ofState}ORDER BY id ${order} LIMIT ?`;
    const parameters = [after, before, ...(state === undefined ? [] : [state]), limit];
    const read = this.#reader.snapshot(() =>
      this.#reader.all(sql, ...parameters).map((row) => fromQuarantineRow(QUARANTINE.decode(row))),
    );
    return direction === 'forward' ? read : read.toReversed();
  }

  async findQuarantined(id: number): Promise<Quarantined | null> {
    return this.#reader.snapshot(() => {
      const [row] = this.#reader.all(`${QUARANTINED} WHERE id = ?`, id);
      return row ? fromQuarantineRow(QUARANTINE.decode(row)) : null;
    });
  }

  async settleQuarantined(id: number, as: Parameters<Quarantine['settleQuarantined']>[1]): Promise<Quarantined | null> {
    const eventId = as.eventId === null ? null : toUtf8Text(as.eventId);
    await this.#queue.do({ kind: 'settle', id, as: { ...as, eventId } });
    return this.findQuarantined(id);
  }

  async recordFields(sightings: readonly Sighting[]): Promise<void> {
    // One after the other, so that an append comes in between.
    for (const rows of toFieldRows(sightings)) {
      await this.#queue.do({ kind: 'recordFields', rows: rows.map((row) => FIELDS.encode(row)) });
    }
  }

  async listFields(): Promise<readonly Field[]> {
    const sql = `SELECT ${FIELD_COLUMNS.join(', ')} FROM fields ORDER BY source, type, path, change`;
    return this.#reader.snapshot(() => this.#reader.all(sql).map((row) => fromFieldRow(FIELDS.decode(row))));
  }

  expectFields(source?: string): Promise<number> {
    return this.#queue.do({ kind: 'expectFields', source: source === undefined ? null : toUtf8Text(source) });
  }

  async activity(request: ActivityRequest): Promise<Activity> {
    const { sql, parameters } = selectActivity(request);
    return this.#reader.snapshot(() => {
      const rows = this.#reader.all(sql, ...parameters);
      return { tallies: rows.map(fromTallyRow), ...this.#extent() };
    });
  }

  async recordAnswers(answers: readonly AnswerCount[]): Promise<void> {
    if (answers.length > 0) await this.#queue.do({ kind: 'recordAnswers', rows: toAnswerRows(answers) });
  }

  recordTypes(gateway: string, types: string): Promise<number> {
    return this.#queue.do({ kind: 'recordTypes', gateway, types });
  }

  async forgetTypes(gateway: string): Promise<void> {
    await this.#queue.do({ kind: 'forgetTypes', gateway });
  }

  keepReceivedSecret(brought: ReceivedSecret, most: number): Promise<number> {
    return this.#queue.do({ kind: 'keepBrought', brought, most });
  }

  async listReceivedSecrets(source?: string): Promise<readonly ReceivedSecret[]> {
    return this.#reader.snapshot(() => this.#reader.all(SELECT_BROUGHT, source ?? null).map(fromReceivedSecretRow));
  }

  async keepToken(token: Token): Promise<void> {
    await this.#queue.do({ kind: 'keepToken', row: TOKENS.encode(toTokenRow(token)) });
  }

  async revokeToken(id: string, at: number): Promise<Token> {
    const row = await this.#queue.do<Row>({ kind: 'revokeToken', id: toUtf8Text(id), at });
    return fromTokenRow(TOKENS.decode(row));
  }

  async listTokens(): Promise<readonly Token[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_TOKENS));
    return rows.map((row) => fromTokenRow(TOKENS.decode(row)));
  }

  async tokenChanges(): Promise<number> {
    return Number(this.#reader.snapshot(() => this.#reader.one(SELECT_TOKEN_CHANGES)));
  }

  async useTokens(uses: readonly TokenUse[]): Promise<void> {
    const encoded = uses.map(({ id, at }) => ({ id: toUtf8Text(id), at }));
    if (uses.length > 0) await this.#queue.do({ kind: 'useTokens', uses: encoded });
  }

  async recordAudit(entries: readonly NewAuditEntry[]): Promise<void> {
    const rows = entries.map((entry) => NEW_AUDIT.encode(toAuditRow(entry)));
    if (rows.length > 0) await this.#queue.do({ kind: 'recordAudit', rows });
  }

  async listAudit(request: AuditRequest): Promise<readonly AuditEntry[]> {
    const { sql, parameters } = selectAudit(request);
    const rows = this.#reader.snapshot(() => this.#reader.all(sql, ...parameters));
    const read = rows.map((row) => fromAuditRow(AUDIT.decode(row)));
    return request.direction === 'backward' ? read.toReversed() : read;
  }

  async trimAudit(notedBefore: number): Promise<number> {
    for (let total = 0; ;) {
      const began = performance.now();
      const count = await this.#queue.do<number>({ kind: 'trimAudit', notedBefore });
      total += count;
      if (count < AUDIT_PIECE) return total;
      await this.#makeRoom(began);
    }
  }

  keepRefused(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]> {
    return this.#queue.do({ kind: 'keepRefused', refused, room });
  }

  async listRefused({
    after = 0,
    limit,
    now,
    source = null,
  }: Parameters<RefusedRecord['listRefused']>[0]): Promise<readonly ListedRefused[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_REFUSED, after, now, source, limit));
    return rows.map(fromListedRefusedRow);
  }

  async countRefused(now: number): Promise<ReadonlyMap<string, number>> {
    const rows = this.#reader.snapshot(() => this.#reader.all(COUNT_REFUSED, now));
    return new Map(rows.map(([source, count]) => [String(source), Number(count)]));
  }

  async findRefused(id: number, now: number): Promise<Refused | null> {
    const [row] = this.#reader.snapshot(() => this.#reader.all(FIND_REFUSED, id, now));
    return row ? fromRefusedRow(row) : null;
  }

  dropRefused(id: number): Promise<boolean> {
    return this.#queue.do({ kind: 'dropRefused', id });
  }

  expireRefused(now: number): Promise<number> {
    return this.#queue.do({ kind: 'expireRefused', now });
  }

  async pauseSource(paused: Paused): Promise<Paused> {
    const row = await this.#queue.do<Row>({ kind: 'pauseSource', row: PAUSED.encode(toPausedRow(paused)) });
    return fromPausedRow(PAUSED.decode(row));
  }

  resumeSource(source: string): Promise<boolean> {
    return this.#queue.do({ kind: 'resumeSource', source: toUtf8Text(source) });
  }

  async listPaused(): Promise<readonly Paused[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_PAUSED));
    return rows.map((row) => fromPausedRow(PAUSED.decode(row)));
  }

  async takeReconciliation(source: string, holder: string): Promise<Reconciliation | null> {
    const job = { kind: 'takeReconciliation', source: toUtf8Text(source), holder } as const;
    const row = await this.#queue.do<Row | null>(job);
    return row && fromReconciliationRow(RECONCILIATIONS.decode(row));
  }

  keepReconciliation(reconciliation: Reconciliation, holder: string): Promise<boolean> {
    const row = RECONCILIATIONS.encode(toReconciliationRow(reconciliation));
    return this.#queue.do({ kind: 'keepReconciliation', row, holder });
  }

  async endReconciliation(source: string, holder: string): Promise<void> {
    await this.#queue.do({ kind: 'endReconciliation', source: toUtf8Text(source), holder });
  }

  async listReconciliations(): Promise<readonly Reconciliation[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_RECONCILIATIONS));
    return rows.map((row) => fromReconciliationRow(RECONCILIATIONS.decode(row)));
  }

  beginSilence(source: string, since: number): Promise<boolean> {
    return this.#queue.do({ kind: 'beginSilence', source: toUtf8Text(source), since });
  }

  endSilence(source: string): Promise<number | null> {
    return this.#queue.do({ kind: 'endSilence', source: toUtf8Text(source) });
  }

  async listSilences(): Promise<ReadonlyMap<string, number>> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_SILENCES));
    return new Map(rows.map(([source, since]) => [fromUtf8Text(String(source)), Number(since)]));
  }

  async listAnswers(from: number): Promise<readonly AnswerCount[]> {
    return this.#reader.snapshot(() => this.#reader.all(SELECT_ANSWERS, from).map(fromAnswerRow));
  }

  async forgotten(): ReturnType<Memory['forgotten']> {
    const sql = `SELECT ${TOMBSTONE_COLUMNS.join(', ')} FROM tombstones`;
    const rows = this.#reader.snapshot(() => this.#reader.all(sql));
    return {
      salt: this.#marker.salt,
      formerUpTo: this.#formerUpTo,
      tombstones: rows.map((row) => fromTombstoneRow(TOMBSTONES.decode(row))),
    };
  }

  async listMarks(of: 'events' | 'quarantine', after: number, upTo: number): Promise<readonly Marked[]> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_MARKS[of], after, upTo));
    return rows.map(([id, marks]) => ({
      id: Number(id),
      marks: (JSON.parse(String(marks)) as string[]).map(fromUtf8Text),
    }));
  }

  async measure(): Promise<LogMeasure> {
    const { head, floor } = this.#reader.snapshot(() => this.#extent());
    const waiting = Number(this.#reader.snapshot(() => this.#reader.one(COUNT_WAITING)));
    const file = await sizeOf(this.#path).catch(unreadable);
    // It comes with the first who writes.
    const walBytes = await sizeOf(`${this.#path}-wal`).catch(() => 0);
    return { head, floor, waiting, bytes: file + walBytes, walBytes };
  }

  /** How the writer's connection is really set. */
  durability(): Promise<Durability> {
    return this.#queue.do({ kind: 'durability' });
  }

  async close(): Promise<void> {
    if (this.#poll) clearInterval(this.#poll);
    this.#poll = null;
    this.#listeners.clear();
    // First, so that the writer can empty the write-ahead log.
    await this.#checkpoints.close();
    await this.#queue.close();
    this.#reader.close();
  }

  /** As long as the piece took: another process that waits for the lock looks only now and then whether it is free. */
  #makeRoom(began: number): Promise<void> {
    return setTimeout(performance.now() - began);
  }

  /** A reader of an older state of the file, in any process, needs the bytes that are to go. */
  async #clean(): Promise<void> {
    // Beside those who write, so that hardly anything is left to be copied while they have to wait.
    await this.#checkpoints.copy();
    const until = performance.now() + CLEANING.patience;
    while (!(await this.#queue.do<boolean>({ kind: 'clean' }))) {
      if (performance.now() > until) {
        throw new HookcastError(
          'LOG_UNAVAILABLE',
          'The erasure is recorded, but the erased data is still in the file, since another process is reading it. Run the erasure again.',
        );
      }
      await setTimeout(CLEANING.every);
      await this.#checkpoints.copy();
    }
  }

  #extent(): Extent {
    return readExtent(this.#reader, this.#epoch);
  }

  /** Once retention has passed what an older hookcast named, nobody has to look for it any more. */
  #nameAnew(): Naming {
    const floor = this.#reader.snapshot(() => this.#extent().floor.seq);
    return { secret: this.#marker.salt, hasFormer: this.#formerUpTo > floor };
  }

  #cursor(seq: number): Cursor {
    return { epoch: this.#epoch, seq };
  }

  #moved(): void {
    for (const listener of this.#listeners) listener();
  }

  #lookForOthers(): void {
    // If the writer has died meanwhile, another one has to be told that there is somebody to wake.
    if (this.#isShared) this.#queue.open();
    try {
      const version = Number(this.#reader.snapshot(() => this.#reader.one('PRAGMA data_version')));
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
    } catch {
      // The reader is told if the file can't be read; here it is only a reason to let them try.
    }
    this.#moved();
  }
}

/** A request as SQLite takes it, so that its texts are those of the rows. An address is only ever hashed. */
function encodedRequest(request: ErasureRequest): ErasureRequest {
  const source = request.source === null ? null : toUtf8Text(request.source);
  if (request.by === 'email') return { ...request, source };
  const { account, contacts, subject } = request;
  return {
    ...request,
    source: toUtf8Text(request.source),
    subject: toUtf8Text(subject),
    account: account && { provider: toUtf8Text(account.provider), tenant: toUtf8Text(account.tenant) },
    contacts: contacts.map(toUtf8Text),
  };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

function unreadable(cause: unknown): never {
  throw new HookcastError('LOG_UNAVAILABLE', "The log can't be read just now. Try again later.", { cause });
}
