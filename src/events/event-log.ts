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

/**
 * The log: the durable, totally ordered sequence of events. This is the whole of what the rest of the gateway knows of storage;
 * every adapter passes `test/contract/event-log.contract.ts`.
 *
 * - **Order is the order of commit.** A reader that has seen position n never later finds an event at or below n that it had not
 *   seen. Positions may have holes.
 * - **Durable means durable.** What `append` has answered survives the process and the machine losing power.
 * - **One event, once.** (source, eventId) is unique for as long as the event is retained, also when two deliveries of it arrive
 *   at the same moment, in one process or in several.
 * - **An epoch identifies the log.** A log that goes on from another one, as after a failover, has an epoch of its own and knows
 *   how far the other's positions are good (`Extent.lineage`). `gapAfter` tells which ones can be read on from.
 *
 * If storage fails, a method throws HookcastError LOG_UNAVAILABLE. Calling it again later is safe, since a repeated append
 * answers `duplicate`.
 */
export interface EventLog extends LogRecords {
  /**
   * Records events, resolved once they are durable, with one answer for each in the same order. An event that storage
   * refuses for what it is answers `refused` and leaves its neighbours alone. What storage would refuse of any event is
   * LOG_UNAVAILABLE: `refused` is acknowledged to the sender, who then never sends it again.
   */
  append(events: readonly NewEvent[]): Promise<readonly Appended[]>;

  /**
   * Does what an append does, down to the disk, with no event: what only shows by writing is a right that is missing, a full
   * disk, or a server that has no connection left. It costs what an append costs.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE when they can't.
   */
  tryToWrite(): Promise<void>;

  /** What ids are made with that hookcast gives to events of this log. Asked for at each delivery, so it is at hand. */
  naming(): Promise<Naming>;

  /**
   * One page and the log's extent, both of the same moment. The events come in log order, in both directions. The work for one
   * page is bounded: a filter that hardly anything fits may give a page without events that says `hasMore`.
   */
  read(request: ReadRequest): Promise<Page>;

  /**
   * The events of these keys, in the order asked; null where there is none.
   *
   * @throws {HookcastError} ANSWER_TOO_LARGE when they have more bytes together than were allowed.
   */
  find(keys: readonly EventKey[], options?: FindOptions): Promise<readonly (RecordedEvent | null)[]>;

  /** The position of the newest committed event. */
  head(): Promise<Cursor>;

  /** The position just before the oldest event that is retained: reading on from here leaves nothing out. */
  oldest(): Promise<Cursor>;

  /**
   * Calls the listener when the head may have moved, by this process or another. A hint without data: calls may come
   * late, merged or for nothing, but after a commit one comes within two seconds. Returns the way to stop it.
   */
  watch(listener: () => void): () => void;

  /**
   * Forgets what is known of people: `personal` and `raw` become null, and payloads in quarantine are left without their people.
   *
   * - By subject: its events and its contacts', as far as they are of the same tenant.
   * - By e-mail address: every event that holds the address anywhere; and where it is that of somebody whom the event is about,
   *   also the other events of that subject and contact.
   *
   * An event about several people loses what it says of all of them, and nobody else's events are found through it. A payload in
   * quarantine is found by addresses, and by ids of eight characters or more: shorter ones stand everywhere. By an id of one
   * account it is found only where it is that account's, or where nobody knows whose it is. Ids that stand for nobody, or in more
   * deliveries than one person's would, find none, and are told as passed over.
   *
   * What arrives late about them is recorded without personal data, so that a provider's retry doesn't bring it back: of a
   * subject for as long as the erasure is remembered; of a contact or an address for as long what happened before the erasure or
   * has no time of its own, and for 72 hours everything. Resolved once durable, and once nothing of it is left in the storage's
   * own files or rows. The erasure takes a position of its own for each subject that lost something. By subject with an account
   * there always is one: when nothing was left to erase, the earlier one.
   */
  erase(request: ErasureRequest, order: ErasureOrder): Promise<ErasureReceipt>;

  /** What `erase` would do now. It changes nothing and holds up nobody who writes. */
  previewErasure(request: ErasureRequest): Promise<ErasurePreview>;

  /** Forgets the events received before the moment (milliseconds since 1970), oldest first. Returns how many. */
  trim(receivedBefore: number): Promise<number>;

  /**
   * Resolves when events can be recorded, as far as that shows without writing.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE otherwise; also when the log's schema is no longer the one that this gateway
   * writes, as another one brought it to a newer version meanwhile. Such a gateway still reads.
   */
  assertWritable(): Promise<void>;

  /** How much there is. Cheap enough to be asked every second: what waits in quarantine is counted up to 100,000. */
  measure(): Promise<LogMeasure>;

  /** Finishes what was begun and lets go of the storage. */
  close(): Promise<void>;
}

/**
 * What a log keeps beside its events. Each of these is a port of its own, so that a part of the gateway is given no more of the log
 * than it uses, and an adapter has an object for each.
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
}

/** What an operator wants to know of a log. */
export interface LogMeasure extends Pick<Extent, 'head' | 'floor'> {
  /** Deliveries that wait in quarantine. */
  readonly waiting: number;
  /** What it takes in its storage, all of it. */
  readonly bytes: number;
  /** What waits in a write-ahead log of its own; null where there is none. */
  readonly walBytes: number | null;
}

export type Appended =
  | { readonly outcome: 'accepted' | 'duplicate'; readonly cursor: Cursor }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Bytes of stored events after which a page ends: sixty of the usual size are a fifth of it. */
export const PAGE_BYTES = 1024 * 1024;

export interface FindOptions {
  /** All of them when it is left out. */
  readonly parts?: Parts;
  /** How many bytes the events may have together, as they are stored; any number when it is left out. */
  readonly bytes?: number;
}

export interface ReadRequest {
  /** `forward` reads the first events after `after`; `backward` the last ones before `before`. */
  readonly direction: 'forward' | 'backward';
  /** Exclusive. Its epoch is the caller's to compare. */
  readonly after?: Cursor | undefined;
  /** Exclusive. */
  readonly before?: Cursor | undefined;
  readonly limit: number;
  readonly filter: EventFilter;
  /** All of them when it is left out. */
  readonly parts?: Parts;
  /** The page ends when its events have as many bytes, as they are stored; it has one event at least. `PAGE_BYTES` when left out. */
  readonly bytes?: number;
  /** Leaves out erasures and revisions, for a list: it shows events as they are now. */
  readonly eventsOnly?: boolean;
}

export interface Page extends Extent {
  /** Whether something else stands at `after` or at `before` than when these cursors were made, as far as they tell. */
  readonly isReplaced: boolean;
  readonly events: readonly RecordedEvent[];
  /**
   * The erasures in the stretch of the log that a page read forward covers, up to `end`. Those of tenants, sources, providers
   * and subjects that the filter wants.
   */
  readonly erasures: readonly Erasure[];
  /** The revisions in the same stretch, of events that the filter wants as they are now or wanted as they were before. */
  readonly revisions: readonly Revision[];
  /**
   * How far the page reaches. It holds everything that the filter wants from where it began up to here; read on after it, or
   * before it when the page was read backward.
   */
  readonly end: Cursor;
  /** Whether the page ended before it came to the end of what was asked for. If not, `end` of one read forward is `head`. */
  readonly hasMore: boolean;
  /**
   * Whether it ended since it has as many events as were asked for, or as many bytes as it may: then one more is there, unless
   * it was the limit. If it is not full and `hasMore`, nobody knows.
   */
  readonly isFull: boolean;
}
