import { stat } from 'node:fs/promises';
import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { Cursor, Extent } from '../../events/cursor.ts';
import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { ALL_PARTS, type EventKey, type NewEvent, type RecordedEvent } from '../../events/event.ts';
import type { Appended, EventLog, FindOptions, LogMeasure, Page, ReadRequest } from '../../events/event-log.ts';
import type { Naming } from '../../events/naming.ts';
import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import { Marker } from '../marks.ts';
import { OF_ANOTHER_SECRET } from '../own-marks.ts';
import { bytesOf, fromRow, toRow } from '../row.ts';
import type { AppendReply } from './append.ts';
import type { LogSharing } from '../sharing.ts';
import { Parsing } from '../stored-event.ts';
import { tooLarge } from '../too-large.ts';
import { WordKeys } from '../word-keys.ts';
import { SqliteActivity } from './activity-index.ts';
import { SqliteAnswers } from './answers.ts';
import { SqliteAudit } from './audit.ts';
import { Checkpoints, OF_A_CHANGE, pagesOf } from './checkpoints.ts';
import { Damage } from './damage.ts';
import { Erasing } from './erasing.ts';
import { SqliteFields } from './fields.ts';
import { hashOfKey } from './hash.ts';
import { FIND_TENANT } from './hashes.ts';
import type { Durability } from './job.ts';
import { makeRoom } from './make-room.ts';
import { SqliteMemory } from './memory.ts';
import { fileAt } from './open-files.ts';
import { readExtent, readPage } from './page.ts';
import { SqlitePauses } from './paused.ts';
import { SqlitePeople } from './people-index.ts';
import { COUNT_WAITING, SqliteQuarantine } from './quarantined.ts';
import { Reader } from './reader.ts';
import { SqliteReceivedSecrets } from './received-secrets.ts';
import { SqliteReconciliations } from './reconciliations.ts';
import { SqliteRefused } from './refused.ts';
import { SqliteRevisions } from './revisions.ts';
import { selectByKey } from './select-stored.ts';
import { SqliteTypes } from './served.ts';
import { SqliteSilences } from './silences.ts';
import { hasOwnMarks, identityIn } from './sound.ts';
import { APPENDED, RECORDED } from './texts.ts';
import { SqliteTokens } from './tokens.ts';
import { Watchers } from './watchers.ts';
import { SqliteWords } from './word-index.ts';
import { WriteQueue } from './write-queue.ts';

/** The most events that a trim deletes in one transaction, so that appends wait for a few milliseconds at most. */
const TRIM_PIECE = 500;

/** The log in one SQLite file, for one machine. It reads in this thread, on a connection of its own, and writes in another thread. */
export class SqliteLog implements EventLog {
  readonly activity: SqliteActivity;
  readonly answers: SqliteAnswers;
  readonly audit: SqliteAudit;
  readonly fields: SqliteFields;
  readonly memory: SqliteMemory;
  readonly pauses: SqlitePauses;
  readonly people: SqlitePeople;
  readonly quarantine: SqliteQuarantine;
  readonly receivedSecrets: SqliteReceivedSecrets;
  readonly reconciliations: SqliteReconciliations;
  readonly refused: SqliteRefused;
  readonly revisions: SqliteRevisions;
  readonly silences: SqliteSilences;
  readonly tokens: SqliteTokens;
  readonly types: SqliteTypes;
  readonly words: SqliteWords;
  readonly #path: string;
  readonly #reader: Reader;
  readonly #queue: WriteQueue;
  readonly #checkpoints: Checkpoints;
  readonly #watchers: Watchers;
  readonly #erasing: Erasing;
  readonly #marker: Marker;
  readonly #keys: WordKeys;
  readonly #parsing = new Parsing();
  readonly #epoch: string;
  readonly #formerUpTo: number;
  readonly #commits: Commits | null;
  #naming: Naming;

  /**
   * @param commits - is called for each commit of events.
   * @param sharing - how gateways share the log's threads; null if this log has threads of its own.
   * @throws {HookcastError} LOG_UNAVAILABLE if the file can't be opened.
   */
  constructor(path: string, commits: Commits | null = null, sharing: LogSharing | null = null) {
    this.#path = path;
    this.#commits = commits;
    const reader = (this.#reader = new Reader(path));
    const file = fileAt(path);
    const checkpoints = (this.#checkpoints = new Checkpoints(file, sharing?.startThread, sharing?.gateways));
    const queue = (this.#queue = new WriteQueue(file, commits, sharing?.startThread, {
      moved: () => this.#watchers.moved(),
      wrote: (events, characters) => checkpoints.wrote(pagesOf(events, characters)),
    }));
    try {
      const { epoch, salt, formerUpTo } = reader.snapshot(() => identityIn(reader));
      this.#epoch = epoch;
      this.#formerUpTo = formerUpTo;
      if (!reader.snapshot(() => hasOwnMarks(salt, (sql) => reader.all(sql)))) {
        throw new HookcastError('LOG_UNAVAILABLE', `The log ${path} can't be opened: ${OF_ANOTHER_SECRET}.`);
      }
      this.#marker = new Marker(salt);
      this.#keys = new WordKeys(salt);
      this.#naming = this.#nameAnew();
      this.#watchers = new Watchers(reader, sharing && sharing.gateways > 1 ? queue : null);
    } catch (error) {
      reader.close();
      throw error;
    }
    const [watchers, marker, epoch, formerUpTo] = [this.#watchers, this.#marker, this.#epoch, this.#formerUpTo];
    const erasing = (this.#erasing = new Erasing(queue, checkpoints, watchers, epoch));
    this.activity = new SqliteActivity(reader, epoch);
    this.answers = new SqliteAnswers(reader, queue);
    this.audit = new SqliteAudit(reader, queue);
    this.fields = new SqliteFields(reader, queue);
    this.memory = new SqliteMemory(reader, marker, formerUpTo);
    this.pauses = new SqlitePauses(reader, queue);
    this.people = new SqlitePeople(reader, marker);
    this.quarantine = new SqliteQuarantine(reader, queue, marker);
    this.receivedSecrets = new SqliteReceivedSecrets(reader, queue);
    this.reconciliations = new SqliteReconciliations(reader, queue);
    this.refused = new SqliteRefused(reader, queue);
    this.revisions = new SqliteRevisions(queue, checkpoints, watchers, marker, erasing);
    this.silences = new SqliteSilences(reader, queue);
    this.tokens = new SqliteTokens(reader, queue);
    this.types = new SqliteTypes(queue);
    this.words = new SqliteWords(reader, queue, checkpoints, this.#keys);
  }

  async append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return [];
    const rows = events.map((event) => APPENDED.encode(toRow(event, this.#marker)));
    let answers: AppendReply;
    try {
      answers = await this.#queue.append(rows);
    } catch (error) {
      this.#commits?.onCommitFailure(events.length);
      throw error;
    }
    this.#watchers.moved();
    return answers.map((answer) =>
      typeof answer === 'string'
        ? { outcome: 'refused', reason: answer }
        : { outcome: answer > 0 ? 'accepted' : 'duplicate', cursor: { epoch: this.#epoch, seq: Math.abs(answer) } },
    );
  }

  async tryToWrite(): Promise<void> {
    await this.#queue.do({ kind: 'tryToWrite' });
  }

  async naming(): Promise<Naming> {
    return this.#naming;
  }

  async read(request: ReadRequest): Promise<Page> {
    const options = { reader: this.#reader, epoch: this.#epoch, parsing: this.#parsing, keys: this.#keys };
    return this.#reader.snapshot(() => readPage(options, request));
  }

  async find(
    keys: readonly EventKey[],
    { parts = ALL_PARTS, bytes = Infinity, tenants }: FindOptions = {},
  ): Promise<readonly (RecordedEvent | null)[]> {
    const sql = selectByKey(parts);
    let left = bytes;
    return this.#reader.snapshot(() =>
      keys.map(({ source, eventId }) => {
        const texts = [toUtf8Text(source), toUtf8Text(eventId)] as const;
        const key = [hashOfKey(...texts), ...texts] as const;
        if (tenants) {
          const [of] = this.#reader.all(FIND_TENANT, ...key);
          if (!of || !tenants.has(fromUtf8Text(String(of[0])))) return null;
        }
        const [row] = this.#reader.all(sql, ...key);
        if (!row) return null;
        left -= bytesOf(row);
        if (left < 0) throw tooLarge(bytes);
        const event = fromRow(this.#epoch, RECORDED.decode(row), parts, this.#parsing);
        if (event.source !== source || event.eventId !== eventId) throw new Damage('an index is wrong');
        return event;
      }),
    );
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
    return this.#watchers.watch(listener);
  }

  erase(request: ErasureRequest, order: ErasureOrder): Promise<ErasureReceipt> {
    return this.#erasing.erase(request, order);
  }

  previewErasure(request: ErasureRequest): Promise<ErasurePreview> {
    return this.#erasing.preview(request);
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
      await makeRoom(began);
    }
  }

  async measure(): Promise<LogMeasure> {
    const { head, floor } = this.#reader.snapshot(() => this.#extent());
    const waiting = Number(this.#reader.snapshot(() => this.#reader.one(COUNT_WAITING)));
    const file = await sizeOf(this.#path).catch(unreadable);
    // The first process that writes makes the -wal.
    const walBytes = await sizeOf(`${this.#path}-wal`).catch(() => 0);
    return { head, floor, waiting, bytes: file + walBytes, walBytes };
  }

  /** The actual settings of the writer's connection. */
  durability(): Promise<Durability> {
    return this.#queue.do({ kind: 'durability' });
  }

  async close(): Promise<void> {
    this.#watchers.close();
    // The checkpointer closes first, so that the writer can empty the write-ahead log.
    await this.#checkpoints.close();
    await this.#queue.close();
    this.#reader.close();
  }

  #extent(): Extent {
    return readExtent(this.#reader, this.#epoch);
  }

  /** The naming of events. Once retention has deleted all events that an older hookcast named, no search for them is needed. */
  #nameAnew(): Naming {
    const floor = this.#reader.snapshot(() => this.#extent().floor.seq);
    return { secret: this.#marker.salt, hasFormer: this.#formerUpTo > floor };
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

function unreadable(cause: unknown): never {
  throw new HookcastError('LOG_UNAVAILABLE', "The log can't be read just now. Try again later.", { cause });
}
