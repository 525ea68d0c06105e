import type { DisclosedDelivery, DisclosedEvent, Viewer } from '../auth/viewer.ts';
import type { AboutRequest } from '../events/about.ts';
import type { Activity, ActivityRequest } from '../events/activity.ts';
import type { AnswerCount, AnswerStore } from '../events/answer-count.ts';
import type { AuditAction, AuditEntry, AuditRequest } from '../events/audit.ts';
import type { Cursor } from '../events/cursor.ts';
import type { EventLog, ReadRequest } from '../events/event-log.ts';
import type { EventKey, Parts } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import type { QuarantineReview } from '../events/quarantine.ts';
import type { Reconciliation } from '../events/reconciliation.ts';
import type { ReprocessRequest, Reprocessed, Reprocessor } from '../events/reprocess.ts';
import type { Silence } from '../events/told-silence.ts';
import type { Ration } from '../live/ration.ts';
import type { Who } from '../operator/asker.ts';
import type { OpenOperator, Operator } from '../operator/operator.ts';
import type { DisclosedDeliveries, DisclosedPage } from './disclosed.ts';
import type { QuarantineRequest } from './reading.ts';

/** The parts of the gateway that a context gives access to. */
export interface Backing {
  readonly log: EventLog;
  readonly review: QuarantineReview;
  readonly reprocessor: Reprocessor;
  /** The configured sources by name. */
  readonly sources: ReadonlyMap<
    string,
    { readonly name: string; readonly unsigned?: string | null; readonly reconcile?: object }
  >;
  /** The memory that all readers share. If it is left out, reading is not limited. */
  readonly ration?: Ration;
  /** It also knows answers of this process that are not recorded yet. */
  readonly answers: Pick<AnswerStore, 'list'>;
  /** Tells which sources are silent for longer than usual. It is left out if nobody watches them. */
  readonly silences?: { of(source: string): Silence | null };
  /** Opens the operator's functions, for a viewer who is an operator of every tenant. */
  readonly operator: OpenOperator;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A configured source. */
export interface Source {
  readonly name: string;
  readonly provider: string;
  readonly isSigned: boolean;
  /** Whether reconciliation compares the source with its provider's API. */
  readonly isReconciled: boolean;
}

/**
 * What resolvers get instead of the log. Every access to an event applies the viewer's tenants and scopes, so no resolver can
 * forget them.
 */
export interface Context {
  readonly viewer: Viewer;
  /** Releases the memory of what was read, and stops reading: nobody waits for the answer any more. */
  end(): void;
  read(request: Range, filter: EventFilter): Promise<DisclosedPage>;
  /** The events with these keys; null where there is none, or none that this viewer may see. */
  find(keys: readonly EventKey[]): Promise<readonly (DisclosedEvent | null)[]>;
  /** The newest events about a person, in log order. It needs `pii:read`, since the answer tells whether there are any. */
  about(request: AboutRequest): Promise<readonly DisclosedEvent[]>;
  /** The position of the newest event. */
  head(): Promise<Cursor>;
  /** How many events of each sort occurred when. */
  activity(request: ActivityRequest): Promise<Activity>;
  /** All sources; for a viewer of some tenants, only those that have events of these tenants. */
  sources(): Promise<readonly Source[]>;
  /** When the newest event of the source was received, among those that this viewer may see. */
  lastEventAt(source: Source): Promise<number | null>;
  /** How deliveries of all sources were answered in the last thirty days; null if the viewer is no operator. */
  answers(): Promise<readonly AnswerCount[] | null>;
  /** Since when a source is silent for longer than usual; null if it is not, or if the viewer is no operator. */
  silence(source: string): Silence | null;
  /** How far each source is reconciled with its provider's API; null if the viewer is no operator. */
  reconciliations(): Promise<readonly Reconciliation[] | null>;
  now(): number;
  /** Deliveries in quarantine. This method and the next three need the scope `ops` and a token for every tenant. */
  quarantined(request: QuarantineRequest): Promise<DisclosedDeliveries>;
  /** One delivery; null if there is none. */
  findQuarantined(id: number): Promise<DisclosedDelivery | null>;
  /** Returns the delivery as it is afterwards; null if there is none. */
  release(id: number): Promise<DisclosedDelivery | null>;
  discard(id: number): Promise<DisclosedDelivery | null>;
  /** Who did what, and who read personal data. It needs the scope `ops` and a token for every tenant. */
  audit(request: AuditRequest): Promise<readonly AuditEntry[]>;
  /** Reprocesses for a limited time. It needs the scope `ops` and a token for every tenant. */
  reprocess(request: Omit<ReprocessRequest, 'within' | 'progress'>): Promise<Reprocessing>;
  /**
   * The functions of an operator of the whole gateway.
   *
   * @param what the thing of every tenant that is asked for, as the beginning of a sentence.
   * @throws {HookcastError} FORBIDDEN if the viewer is no operator of every tenant.
   */
  operator(what: string): Operator;
  /** The same; null if the viewer is no such operator. */
  operatorOrNull(): Operator | null;
}

/** What one call reprocessed, and its progress from 0 to 1. */
export type Reprocessing = Reprocessed & { readonly progress: number };

export type Range = Omit<ReadRequest, 'filter'>;

export interface ContextOptions {
  /** The parts of events that the document asks for. If they are left out, all parts. */
  readonly parts?: Parts;
  /** How many bytes the events of one `find` may have together. */
  readonly most?: number;
  /** Called with the number of events or deliveries whose personal data was disclosed. */
  readonly onDisclosure?: (count: number, parts: Parts, target: string | null) => void;
  /** Who asks. Records of an operator's actions may keep it. */
  readonly who?: Who;
  /** Notes an action before it is done. */
  readonly onAction?: (action: AuditAction, target: string | null) => Promise<void>;
  /** See `Asker.lasts`. */
  readonly onLasting?: () => void;
}
