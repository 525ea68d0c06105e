import { setImmediate } from 'node:timers/promises';
import {
  type DisclosedDelivery,
  type DisclosedEvent,
  type Viewer,
  disclose,
  discloseDelivery,
  isOperator,
  narrow,
  requireOperator,
  requireScope,
  visibleTo,
} from '../auth/viewer.ts';
import type { AnswerCount } from '../events/answer-count.ts';
import type { AuditAction } from '../events/audit.ts';
import { PAGE_BYTES } from '../events/event-log.ts';
import { ALL_PARTS } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import { requireSource } from '../events/known-source.ts';
import type { Quarantined } from '../events/quarantine.ts';
import type { Reconciliation } from '../events/reconciliation.ts';
import type { Reprocessed } from '../events/reprocess.ts';
import type { Who } from '../operator/asker.ts';
import type { Operator } from '../operator/operator.ts';
import type { Backing, Context, ContextOptions } from './context.ts';
import { within } from './disclosed.ts';
import { Share } from './memory-share.ts';
import { readDeliveries, readExcerpt } from './reading.ts';

/** For how long one call reprocesses, in milliseconds: a fifth of what a document may take. */
const REPROCESSING = 2_000;

/** How far back the answers to deliveries are reported, in milliseconds. */
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

/** The context of one operation, or of one message. */
export function createContext(
  backing: Backing,
  viewer: Viewer,
  { parts: asked = ALL_PARTS, most = Infinity, onDisclosure, who = NOBODY, onAction, onLasting }: ContextOptions = {},
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
  /** Counts the items that are shown with personal data. Lists read one item more than they show. */
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
  // SQLite reads in the gateway's own thread: thirty fields of one document would block everything else until all are read.
  let turn: Promise<void> | null = null;
  const nextTurn = () => (turn = turn === null ? Promise.resolve() : turn.then(() => setImmediate()));
  // Each source is read once, however many fields ask for it.
  const lastEvents = new Map<string, Promise<number | null>>();
  const newestAt = async (filter: EventFilter) => {
    await nextTurn();
    const request = { direction: 'backward', limit: 1, filter, parts: { people: false, raw: false } } as const;
    const { events } = await readExcerpt(log, request, () => memory.isOver);
    return events[0]?.receivedAt ?? null;
  };
  // These are read once, however many sources there are.
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
      const { tenants } = viewer;
      const events = await log.find(keys, { parts, bytes, ...(tenants && { tenants }) });
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
      const keys = await log.people.find({ ...request, ...(narrowed.tenants && { tenants: narrowed.tenants }) });
      const events = await this.find(keys);
      // An event that was deleted or erased meanwhile is about nobody any more.
      return events.flatMap((event) => (event?.personalData === 'AVAILABLE' ? event : []));
    },

    head: () => log.head(),

    async activity({ edges, filter }) {
      const narrowed = narrow(viewer, filter);
      await nextTurn();
      return log.activity.count({ edges, filter: narrowed });
    },

    async sources() {
      requireScope(viewer, 'events:read');
      const all = [...backing.sources].map(([name, { name: provider, unsigned, reconcile }]) => {
        return { name, provider, isSigned: !unsigned, isReconciled: reconcile !== undefined };
      });
      if (viewer.tenants === null) return all;
      // The name of another source may tell whose it is, such as `tickets-olinda`.
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
      return (answers ??= backing.answers.list(now() - THIRTY_DAYS));
    },

    silence(source) {
      return isOperator(viewer) ? (backing.silences?.of(source) ?? null) : null;
    },

    async reconciliations() {
      if (!isOperator(viewer)) return null;
      return (reconciliations ??= log.reconciliations.list());
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
      const kept = await log.quarantine.find(id);
      if (!kept) return null;
      return counted([discloseDelivery(viewer, kept)], hasPayload, 1, `quarantine/${id}`)[0]!;
    },
    release: (id) => decide('RELEASE', id, () => review.release(id)),
    discard: (id) => decide('DISCARD', id, () => review.discard(id)),

    async audit(request) {
      requireOperator(viewer, 'The audit has the actions of all tokens');
      await nextTurn();
      return log.audit.list(request);
    },

    async reprocess(request) {
      requireOperator(viewer, 'Reprocessing changes events of every tenant');
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

/** The viewer's tenants at the provider; null for all of them. */
function tenantsOf({ tenants }: Viewer, provider: string): readonly string[] | null {
  return tenants && [...tenants].filter((tenant) => tenant.startsWith(`${provider}:`));
}

const NOBODY: Who = { osUser: null, tokenId: null, holder: null };
