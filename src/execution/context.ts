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

/** What a context opens the ways to. */
export interface Backing {
  readonly log: EventLog;
  readonly review: QuarantineReview;
  readonly reprocessor: Reprocessor;
  /** By name: those that are configured. */
  readonly sources: ReadonlyMap<
    string,
    { readonly name: string; readonly unsigned?: string | null; readonly reconcile?: object }
  >;
  /** What reading may take of the memory, with everybody else who reads; any amount when it is left out. */
  readonly ration?: Ration;
  /** Knows of what this process has answered before it is recorded. */
  readonly answers: Pick<AnswerStore, 'list'>;
  /** Which sources are silent for longer than usual; none, where nobody watches them. */
  readonly silences?: { of(source: string): Silence | null };
  /** For a viewer who is an operator of every tenant. */
  readonly operator: OpenOperator;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A configured source. */
export interface Source {
  readonly name: string;
  readonly provider: string;
  readonly isSigned: boolean;
  /** Whether it is compared with its provider's API. */
  readonly isReconciled: boolean;
}

/**
 * What resolvers are given instead of the log: every way to an event goes through the viewer's tenants and scopes, so
 * no resolver can forget them.
 */
export interface Context {
  readonly viewer: Viewer;
  /** Lets go of what was read, and reads no further: nobody waits for it any more. */
  end(): void;
  read(request: Range, filter: EventFilter): Promise<DisclosedPage>;
  /** The events of these keys; null where there is none, or none that this viewer may see. */
  find(keys: readonly EventKey[]): Promise<readonly (DisclosedEvent | null)[]>;
  /** The newest events that are about somebody, in log order; for `pii:read`, since the answer tells whether there are any. */
  about(request: AboutRequest): Promise<readonly DisclosedEvent[]>;
  /** The position of the newest event. */
  head(): Promise<Cursor>;
  /** How many cancellations occurred when. */
  activity(request: ActivityRequest): Promise<Activity>;
  /** All of them; for a viewer of some tenants those that have events of these. */
  sources(): Promise<readonly Source[]>;
  /** When the newest event of the source that this viewer may see was received. */
  lastEventAt(source: Source): Promise<number | null>;
  /** How deliveries of all sources were answered in the last thirty days; null if the viewer is no operator. */
  answers(): Promise<readonly AnswerCount[] | null>;
  /** Since when a source is silent for longer than usual; null where it is not, and if the viewer is no operator. */
  silence(source: string): Silence | null;
  /** How far sources were compared with their providers' APIs; null if the viewer is no operator. */
  reconciliations(): Promise<readonly Reconciliation[] | null>;
  now(): number;
  /** Deliveries in quarantine. These four are for the scope `ops` and a token for every tenant. */
  quarantined(request: QuarantineRequest): Promise<DisclosedDeliveries>;
  /** One of them; null when there is none. */
  findQuarantined(id: number): Promise<DisclosedDelivery | null>;
  /** What the delivery is afterwards; null when there is none. */
  release(id: number): Promise<DisclosedDelivery | null>;
  discard(id: number): Promise<DisclosedDelivery | null>;
  /** Who did what, and who read personal data; for the scope `ops` and a token for every tenant. */
  audit(request: AuditRequest): Promise<readonly AuditEntry[]>;
  /** For a while, and for the scope `ops` and a token for every tenant. */
  reprocess(request: Omit<ReprocessRequest, 'within' | 'progress'>): Promise<Reprocessing>;
  /**
   * What can be done for the whole gateway.
   *
   * @param what what of every tenant is asked for, as the beginning of a sentence.
   * @throws {HookcastError} FORBIDDEN if the viewer is no operator of every tenant.
   */
  operator(what: string): Operator;
  /** The same; null if the viewer is none. */
  operatorOrNull(): Operator | null;
}

/** What one call reprocessed, and how far it came: from 0 to 1. */
export type Reprocessing = Reprocessed & { readonly progress: number };

export type Range = Omit<ReadRequest, 'filter'>;

export interface ContextOptions {
  /** What the document asks for of events; all of it when it is left out. */
  readonly parts?: Parts;
  /** How many bytes events may have together that are asked for by their ids. */
  readonly most?: number;
  /** Told of how many events, or deliveries, personal data was handed out. */
  readonly onDisclosure?: (count: number, parts: Parts, target: string | null) => void;
  /** Who asks: what an operator does may be kept with it. */
  readonly who?: Who;
  /** Notes what is about to be done, before it is. */
  readonly onAction?: (action: AuditAction, target: string | null) => Promise<void>;
  /** See `Asker.lasts`. */
  readonly onLasting?: () => void;
}
