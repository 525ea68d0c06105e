import type { PeopleIndex } from './about.ts';
import type { ActivityIndex } from './activity.ts';
import type { AnswerStore } from './answer-count.ts';
import type { AuditRecord } from './audit.ts';
import type { ReceivedSecretStore } from './received-secret.ts';
import type { Cursor, Extent } from './cursor.ts';
import type { EventKey, NewEvent, Parts, RecordedEvent } from './event.ts';
import type { FieldRecord } from './drift.ts';
import type { Erasure, ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from './erasure.ts';
import type { EventFilter } from './filter.ts';
import type { Naming } from './naming.ts';
import type { PausedRecord } from './paused.ts';
import type { Quarantine } from './quarantine.ts';
import type { ReconciliationRecord } from './reconciliation.ts';
import type { RefusedRecord } from './refused.ts';
import type { Revision, Revisions } from './revision.ts';
import type { TypesRecord } from './served.ts';
import type { TokenRecord } from './token.ts';
import type { SilenceRecord } from './told-silence.ts';
import type { Memory } from './tombstone.ts';
import type { WordIndex } from './word-index.ts';

/**
 * The log: the durable, totally ordered sequence of events. The rest of the gateway knows nothing else of storage. Every
 * adapter passes `test/contract/event-log.contract.ts`.
 *
 * - **Order is the order of commit.** A reader that has seen position n never later finds an event at or below n that it had
 *   not seen. Positions may have holes.
 * - **Durable means durable.** Once `append` has answered, its events survive a crash of the process and a power failure of the
 *   machine.
 * - **One event, once.** (source, eventId) is unique for as long as the event is retained, also when two deliveries of it
 *   arrive at the same moment, in one process or in several.
 * - **An epoch identifies the log.** A log that continues another one, as after a failover, has an epoch of its own. It knows
 *   up to which position the other's cursors are valid (`Extent.lineage`). `gapAfter` tells which cursors can be read on from.
 *
 * If storage fails, a method throws HookcastError LOG_UNAVAILABLE. It is safe to call it again later, since a repeated append
 * answers `duplicate`.
 */
export interface EventLog extends LogRecords {
  /**
   * Records events. Resolves once they are durable, with one answer for each event in the same order. If storage refuses an
   * event for its content, the answer is `refused`, and the other events are recorded. If storage would refuse any event,
   * `append` throws LOG_UNAVAILABLE: a `refused` event is acknowledged to the sender, who then never sends it again.
   */
  append(events: readonly NewEvent[]): Promise<readonly Appended[]>;

  /**
   * Does the same as an append, down to the disk, but without an event. Only a write shows that a right is missing, that the
   * disk is full, or that the server has no connection left. It costs as much as an append.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE when the log can't record events.
   */
  tryToWrite(): Promise<void>;

  /** What hookcast makes ids with for events of this log. Each delivery asks for it, so adapters keep it in memory. */
  naming(): Promise<Naming>;

  /**
   * One page and the log's extent at the same moment. The events come in log order, in both directions. The work for one page
   * is bounded: if hardly any event fits the filter, a page may have no events and `hasMore` nevertheless.
   */
  read(request: ReadRequest): Promise<Page>;

  /**
   * The events with these keys, in the order of the keys; null where there is none.
   *
   * @throws {HookcastError} ANSWER_TOO_LARGE when they have more bytes together than were allowed.
   */
  find(keys: readonly EventKey[], options?: FindOptions): Promise<readonly (RecordedEvent | null)[]>;

  /** The position of the newest committed event. */
  head(): Promise<Cursor>;

  /** The position just before the oldest event that is retained: reading on from here leaves nothing out. */
  oldest(): Promise<Cursor>;

  /**
   * Calls the listener when the head may have moved, by this process or another. The call carries no data. Calls may come late,
   * merged or without need, but within two seconds after a commit there is one. Returns the function that stops it.
   */
  watch(listener: () => void): () => void;

  /**
   * Erases what is known of people: `personal` and `raw` become null, and payloads in quarantine lose what they say about
   * people.
   *
   * - By subject: the subject's events and those of its contacts, as far as they are of the same tenant.
   * - By e-mail address: every event that holds the address anywhere. If it is the address of a person whom the event is about,
   *   also the other events of that subject and contact.
   *
   * An event about several people loses what it says of all of them, but the events of the others are not searched for. A
   * payload in quarantine is found by addresses, and by ids of eight characters or more: shorter ones occur everywhere. An id
   * of one account finds only payloads that are of this account or of an unknown one. Ids that stand for nobody, or that more
   * deliveries hold than one person's would, find none, and the receipt counts them as passed over.
   *
   * Deliveries about these people that arrive later are recorded without personal data, so that a provider's retry doesn't
   * bring it back. For a subject this lasts as long as the erasure is remembered. For a contact or an address it lasts just as
   * long for what happened before the erasure or has no time of its own, and 72 hours for everything else. The promise resolves
   * once the erasure is durable, and once no trace of the data is left in the storage's own files or rows. The erasure takes a
   * position of its own for each subject that lost data. An erasure by subject with an account always has one: if nothing was
   * left to erase, it is the earlier one.
   */
  erase(request: ErasureRequest, order: ErasureOrder): Promise<ErasureReceipt>;

  /** What `erase` would do now. It changes nothing and blocks no writer. */
  previewErasure(request: ErasureRequest): Promise<ErasurePreview>;

  /** Deletes the events received before the moment (milliseconds since 1970), oldest first. Returns how many. */
  trim(receivedBefore: number): Promise<number>;

  /**
   * Resolves if events can be recorded, as far as that can be known without writing.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE otherwise; also when another gateway has migrated the log's schema to a newer
   *   version than this gateway writes. This gateway can still read then.
   */
  assertWritable(): Promise<void>;

  /**
   * The size of the log. It is cheap enough for a call every second: deliveries that wait in quarantine are counted up to
   * 100,000.
   */
  measure(): Promise<LogMeasure>;

  /** Finishes the work under way and closes the storage. */
  close(): Promise<void>;
}

/**
 * What a log keeps besides its events. Each record is a port of its own, so that a part of the gateway gets only what it uses,
 * and an adapter has an object for each.
 */
export interface LogRecords {
  readonly activity: ActivityIndex;
  readonly answers: AnswerStore;
  readonly audit: AuditRecord;
  readonly fields: FieldRecord;
  readonly memory: Memory;
  readonly pauses: PausedRecord;
  readonly people: PeopleIndex;
  readonly quarantine: Quarantine;
  readonly receivedSecrets: ReceivedSecretStore;
  readonly reconciliations: ReconciliationRecord;
  readonly refused: RefusedRecord;
  readonly revisions: Revisions;
  readonly silences: SilenceRecord;
  readonly tokens: TokenRecord;
  readonly types: TypesRecord;
  readonly words: WordIndex;
}

/** What an operator wants to know of a log. */
export interface LogMeasure extends Pick<Extent, 'head' | 'floor'> {
  /** Deliveries that wait in quarantine. */
  readonly waiting: number;
  /** All the space that the log takes in its storage. */
  readonly bytes: number;
  /** The size of the write-ahead log, if the storage has one of its own; otherwise null. */
  readonly walBytes: number | null;
}

export type Appended =
  | { readonly outcome: 'accepted' | 'duplicate'; readonly cursor: Cursor }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The bytes of stored events after which a page ends. Sixty events of the usual size have a fifth of it. */
export const PAGE_BYTES = 1024 * 1024;

export interface FindOptions {
  /** If it is left out, all parts are read. */
  readonly parts?: Parts;
  /** How many bytes the events may have together, as they are stored. If it is left out, there is no limit. */
  readonly bytes?: number;
  /**
   * Only events of these tenants are found. Another event is not read and its bytes don't count: otherwise a caller who may not
   * see it would learn from the limit that it exists. If it is left out, events of every tenant are found.
   */
  readonly tenants?: ReadonlySet<string>;
}

export interface ReadRequest {
  /** `forward` reads the first events after `after`; `backward` the last ones before `before`. */
  readonly direction: 'forward' | 'backward';
  /** Exclusive. The caller must compare its epoch: the log does not. */
  readonly after?: Cursor | undefined;
  /** Exclusive. */
  readonly before?: Cursor | undefined;
  readonly limit: number;
  readonly filter: EventFilter;
  /** If it is left out, all parts are read. */
  readonly parts?: Parts;
  /**
   * The page ends when its events have this many bytes, as they are stored. It always has at least one event. The default is
   * `PAGE_BYTES`.
   */
  readonly bytes?: number;
  /** Leaves out erasures and revisions. Lists need none, since they show events as they are now. */
  readonly eventsOnly?: boolean;
}

export interface Page extends Extent {
  /**
   * Whether another item is at `after` or `before` now than when these cursors were made. Only cursors with a mark can tell.
   */
  readonly isReplaced: boolean;
  readonly events: readonly RecordedEvent[];
  /**
   * The erasures in the part of the log that a page read forward covers, up to `end`, if the filter wants their tenant, source,
   * provider and subject.
   */
  readonly erasures: readonly Erasure[];
  /** The revisions in the same part of the log, if the filter wants the event as it is now or wanted it as it was before. */
  readonly revisions: readonly Revision[];
  /**
   * How far the page reaches. It holds everything that the filter wants from its beginning up to here. Read on after it; or
   * before it, if the page was read backward.
   */
  readonly end: Cursor;
  /** Whether the page ended before the end of the requested range. If not, `end` of a page read forward is `head`. */
  readonly hasMore: boolean;
  /**
   * Whether the page ended because it reached the requested number of events or bytes. If it reached the bytes, at least one
   * more event follows. If it is not full and `hasMore` is true, nobody knows whether more follow.
   */
  readonly isFull: boolean;
}
