import { setImmediate } from 'node:timers/promises';
import {
  type DisclosedDelivery,
  type DisclosedEvent,
  SCOPES,
  type Scope,
  type Viewer,
  disclose,
  discloseDelivery,
  isOperator,
  narrow,
  requireOperator,
  requireScope,
  visibleTo,
} from '../auth/viewer.ts';
import type { AboutRequest } from '../events/about.ts';
import type { Activity, ActivityRequest } from '../events/activity.ts';
import type { AnswerCount, AnswerStore } from '../events/answer-count.ts';
import type { AuditAction, AuditEntry, AuditRequest } from '../events/audit.ts';
import { type Cursor, decodeCursor } from '../events/cursor.ts';
import { type EventLog, PAGE_BYTES, type ReadRequest } from '../events/event-log.ts';
import { ALL_PARTS, type EventKey, type Parts } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import { requireSource } from '../events/known-source.ts';
import type { Quarantined, QuarantineReview } from '../events/quarantine.ts';
import type { Reconciliation } from '../events/reconciliation.ts';
import type { ReprocessRequest, Reprocessed, Reprocessor } from '../events/reprocess.ts';
import type { Silence } from '../events/told-silence.ts';
import type { Message } from '../live/message.ts';
import type { Ration } from '../live/ration.ts';
import type { Who } from '../operator/asker.ts';
import type { OpenOperator, Operator } from '../operator/operator.ts';
import { type QuarantineRequest, readDeliveries, readExcerpt } from './reading.ts';
import { Share } from './memory-share.ts';

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
  readonly answers: Pick<AnswerStore, 'listAnswers'>;
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

/** For how long one call reprocesses, in milliseconds: a fifth of what a document may take. */
const REPROCESSING = 2_000;

/** How far back it is told how deliveries were answered, in milliseconds. */
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

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
  /**
   * Asks to follow, from after the cursor or from now on. The messages don't come from here: `openStream` takes note of
   * what was asked, and each message is then executed once for a whole cohort.
   */
  follow(after: Cursor | null, filter: EventFilter, interest?: Interest): AsyncIterable<DisclosedMessage>;
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

/** What of its viewer and of the log the messages of a subscription are made of. */
export interface Interest {
  /** The scopes that change what is said: viewers who differ in others share a cohort. */
  readonly scopes: readonly Scope[];
  /** Whether it is told of a message, of those that its filter wants. */
  readonly isTold: (message: Message) => boolean;
}

/** What a subscription asks for; its filter is narrowed to what the viewer may see. */
export interface SubscriptionRequest {
  readonly after: Cursor | null;
  readonly filter: EventFilter;
  readonly interest: Interest;
  readonly parts: Parts;
}

export type Range = Omit<ReadRequest, 'filter'>;

export interface DisclosedPage {
  readonly events: readonly DisclosedEvent[];
  readonly head: Cursor;
  /** Whether more events follow, though they are fewer than were asked for: as many bytes as a page may have. */
  readonly isCut: boolean;
}

export interface DisclosedDeliveries {
  readonly deliveries: readonly DisclosedDelivery[];
  /** As in `DisclosedPage`. */
  readonly isCut: boolean;
}

export interface ContextOptions {
  /** What the document asks for of events; all of it when it is left out. */
  readonly parts?: Parts;
  /** How many bytes events may have together that are asked for by their ids. */
  readonly most?: number;
  /** Told what a subscription asks to follow. */
  readonly onSubscribe?: (request: SubscriptionRequest) => void;
  /** Told of how many events, or deliveries, personal data was handed out. */
  readonly onDisclosure?: (count: number, parts: Parts, target: string | null) => void;
  /** Who asks: what an operator does may be kept with it. */
  readonly who?: Who;
  /** Notes what is about to be done, before it is. */
  readonly onAction?: (action: AuditAction, target: string | null) => Promise<void>;
  /** See `Asker.lasts`. */
  readonly onLasting?: () => void;
}

export type DisclosedMessage =
  | Exclude<Message, { kind: 'event' | 'revision' }>
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: DisclosedEvent }
  | { readonly kind: 'revision'; readonly cursor: Cursor; readonly event: DisclosedEvent };

export function createContext(
  backing: Backing,
  viewer: Viewer,
  {
    parts: asked = ALL_PARTS,
    most = Infinity,
    onSubscribe,
    onDisclosure,
    who = NOBODY,
    onAction,
    onLasting,
  }: ContextOptions = {},
): Context {
  const { log, review, now } = backing;
  const parts = within(asked, visibleTo(viewer));
  const memory = new Share(backing.ration);
  const decide = async (action: AuditAction, id: number, decision: () => Promise<Quarantined | null>) => {
    requireOperator(viewer);
    await onAction?.(action, `quarantine/${id}`);
    const delivery = await decision();
    return delivery && counted([discloseDelivery(viewer, delivery)], hasPayload)[0]!;
  };
  /** Counts those that are shown with what is personal: of a list, one more is read than is shown. */
  const counted = <T>(
    all: readonly T[],
    isPersonal: (one: T) => boolean,
    shown = all.length,
    target: string | null = null,
  ): readonly T[] => {
    const isCounted = onDisclosure !== undefined && (parts.people || parts.raw);
    const count = isCounted ? Math.min(all.filter(isPersonal).length, shown) : 0;
    if (count > 0) onDisclosure?.(count, parts, target);
    return all;
  };
  const hasPayload = ({ payload }: DisclosedDelivery) => parts.raw && payload !== null;
  // SQLite reads in the gateway's own thread: thirty fields of one document would keep everybody waiting for all of them.
  let turn: Promise<void> | null = null;
  const nextTurn = () => (turn = turn === null ? Promise.resolve() : turn.then(() => setImmediate()));
  // Read once for each source, by its name, for all fields that ask.
  const lastEvents = new Map<string, Promise<number | null>>();
  const newestAt = async (filter: EventFilter) => {
    await nextTurn();
    const request = { direction: 'backward', limit: 1, filter, parts: { people: false, raw: false } } as const;
    const { events } = await readExcerpt(log, request, () => memory.isOver);
    return events[0]?.receivedAt ?? null;
  };
  // Asked for once, however many sources there are.
  let answers: Promise<readonly AnswerCount[]> | null = null;
  let reconciliations: Promise<readonly Reconciliation[]> | null = null;
  let operator: Operator | null = null;
  const openOperator = () =>
    (operator ??= backing.operator({
      scopes: viewer.scopes,
      who,
      noted: async (action, target) => onAction?.(action, target),
      lasts: () => onLasting?.(),
    }));
  return {
    viewer,
    now,
    end: () => memory.end(),

    async read(range, filter) {
      const narrowed = narrow(viewer, filter);
      await memory.take(PAGE_BYTES);
      await nextTurn();
      const { events, head, isCut } = await readExcerpt(
        log,
        { ...range, filter: narrowed, parts },
        () => memory.isOver,
      );
      memory.used(PAGE_BYTES, events);
      return {
        head,
        isCut,
        events: counted(
          events.flatMap((event) => disclose(viewer, event) ?? []),
          isAvailable,
          range.limit - 1,
        ),
      };
    },

    async find(keys) {
      requireScope(viewer, 'events:read');
      const bytes = Math.min(most, Number.MAX_SAFE_INTEGER);
      await memory.take(bytes);
      await nextTurn();
      const events = await log.find(keys, { parts, bytes });
      memory.used(bytes, events);
      return counted(
        events.map((event) => event && disclose(viewer, event)),
        isAvailable,
      );
    },

    async about({ tenants, ...request }) {
      requireScope(viewer, 'pii:read');
      const narrowed = narrow(viewer, tenants ? { tenants } : {});
      await nextTurn();
      const keys = await log.findAbout({ ...request, ...(narrowed.tenants && { tenants: narrowed.tenants }) });
      const events = await this.find(keys);
      // One that was trimmed or erased meanwhile is nobody's any more.
      return events.flatMap((event) => (event?.personalData === 'AVAILABLE' ? event : []));
    },

    head: () => log.head(),

    async activity({ edges, filter }) {
      const narrowed = narrow(viewer, filter);
      await nextTurn();
      return log.activity({ edges, filter: narrowed });
    },

    async sources() {
      requireScope(viewer, 'events:read');
      const all = [...backing.sources].map(([name, { name: provider, unsigned, reconcile }]) => {
        return { name, provider, isSigned: !unsigned, isReconciled: reconcile !== undefined };
      });
      if (viewer.tenants === null) return all;
      // Its name may tell whose another source is, `tickets-olinda`.
      const last = await Promise.all(all.map((source) => this.lastEventAt(source)));
      return all.filter((_source, index) => last[index] !== null);
    },

    lastEventAt({ name, provider }) {
      let known = lastEvents.get(name);
      if (!known) {
        const tenants = tenantsOf(viewer, provider);
        known = newestAt(narrow(viewer, { sources: [name], ...(tenants && { tenants }) }));
        lastEvents.set(name, known);
      }
      return known;
    },

    async answers() {
      if (!isOperator(viewer)) return null;
      return (answers ??= backing.answers.listAnswers(now() - THIRTY_DAYS));
    },

    silence(source) {
      return isOperator(viewer) ? (backing.silences?.of(source) ?? null) : null;
    },

    async reconciliations() {
      if (!isOperator(viewer)) return null;
      return (reconciliations ??= log.listReconciliations());
    },

    follow(after, filter, interest = EVERYTHING) {
      onSubscribe?.({ after, filter: narrow(viewer, filter), interest, parts });
      return NOTHING;
    },

    async quarantined(request) {
      requireOperator(viewer);
      await memory.take(PAGE_BYTES);
      await nextTurn();
      const { deliveries, isCut } = await readDeliveries(log, request, () => memory.isOver);
      const shown = deliveries.map((delivery) => discloseDelivery(viewer, delivery));
      return { isCut, deliveries: counted(shown, hasPayload, request.limit - 1) };
    },
    async findQuarantined(id) {
      requireOperator(viewer);
      const kept = await log.findQuarantined(id);
      if (!kept) return null;
      return counted([discloseDelivery(viewer, kept)], hasPayload, 1, `quarantine/${id}`)[0]!;
    },
    release: (id) => decide('RELEASE', id, () => review.release(id)),
    discard: (id) => decide('DISCARD', id, () => review.discard(id)),

    async audit(request) {
      requireOperator(viewer, 'The audit is of what was done with tokens');
      await nextTurn();
      return log.listAudit(request);
    },

    async reprocess(request) {
      requireOperator(viewer, 'Reprocessing is of events');
      // A mistyped source would find nothing, and look as if there were nothing to do.
      if (request.source !== null && !backing.sources.has(request.source)) await requireSource(log, request.source);
      if (!request.dryRun) await onAction?.('REPROCESS', request.source);
      let end = 0;
      const progress = (_done: Reprocessed, last: number) => (end = last);
      const done = await backing.reprocessor.run({ ...request, within: REPROCESSING, progress });
      return { ...done, progress: done.isDone || end === 0 ? 1 : Math.min(done.end.seq / end, 1) };
    },

    operatorOrNull: () => (isOperator(viewer) ? openOperator() : null),

    operator(what) {
      requireOperator(viewer, what);
      return openOperator();
    },
  };
}

function isAvailable(event: DisclosedEvent | null): boolean {
  return event?.personalData === 'AVAILABLE';
}

function within(asked: Parts, visible: Parts): Parts {
  return { people: asked.people && visible.people, raw: asked.raw && visible.raw };
}

/** A message as the viewer may see it; null when it is about a foreign tenant's event. */
export function discloseMessage(viewer: Viewer, message: Message): DisclosedMessage | null {
  if (message.kind === 'revision') {
    const event = disclose(viewer, message.revision.event);
    return event && { kind: 'revision', cursor: message.cursor, event };
  }
  if (message.kind !== 'event') return message;
  const event = disclose(viewer, message.event);
  return event && { ...message, event };
}

/** A cursor argument. @throws {HookcastError} INVALID_CURSOR. */
export function cursorArgument(text: string | null | undefined): Cursor | undefined {
  return text === null || text === undefined ? undefined : decodeCursor(text);
}

/** The viewer's tenants at the provider; null for all of them. */
function tenantsOf({ tenants }: Viewer, provider: string): readonly string[] | null {
  return tenants && [...tenants].filter((tenant) => tenant.startsWith(`${provider}:`));
}

const NOBODY: Who = { osUser: null, tokenId: null, holder: null };

const EVERYTHING: Interest = { scopes: SCOPES, isTold: () => true };

const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};
