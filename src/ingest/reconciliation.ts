import { randomUUID } from 'node:crypto';
import type { Observer } from '../events/observer.ts';
import type { Reconciliation } from '../events/reconciliation.ts';
import { Namer } from '../providers/namer.ts';
import { ApiError } from '../providers/provider-api.ts';
import type { Provider } from '../providers/provider.ts';
import { type Reconcile, listState, settleOf } from '../providers/reconcile.ts';
import { type CompareOptions, compare } from './compare.ts';

export interface ReconcilingOptions extends CompareOptions {
  readonly sources: ReadonlyMap<string, Provider>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called for each page, with the events that the log did not know. */
  readonly onReconcile?: Observer['onReconcile'];
  /** Called when the provider first says that the webhook of a source is off, and when it is on again. */
  readonly onSwitch?: (source: string, webhook: 'ON' | 'OFF') => void;
}

export interface RunRequest {
  readonly signal: AbortSignal;
  /**
   * Begins a new run from this moment, whether or not it is due. If it is left out, the present run continues, or a new one
   * begins when it is due.
   */
  readonly since?: number;
  /** Continues the present run, whether or not it is due. */
  readonly goesOn?: boolean;
  /** Records no event, and doesn't save the progress. */
  readonly dryRun?: boolean;
  readonly progress?: (page: Progress) => void;
}

export interface Progress {
  readonly pages: number;
  /** How many items the API has listed. */
  readonly seen: number;
  readonly missed: ReadonlyMap<string, number>;
  readonly unfit: number;
  /** Whether the provider says that it sends deliveries to the source; null if it doesn't say. */
  readonly webhook: Reconciliation['webhook'];
}

export type RunOutcome =
  /** Another gateway has the turn, or it is not due yet. */
  | { readonly outcome: 'not now' }
  /** `done`: the run came to its end. `to go on`: its turn is over, and it continues in the next one. */
  | ({ readonly outcome: 'done' | 'to go on' } & Progress)
  | ({ readonly outcome: 'failed'; readonly error: ApiError } & Progress);

/** The most pages of one turn. Then it is the turn of other sources. */
const MOST_PAGES = 100;
/** The longest run, in milliseconds. A longer one would never end: an API may always name a next page. */
const LONGEST_RUN = 24 * 60 * 60 * 1000;
/** When to continue a run whose turn is over, and when to try again after the API failed, in milliseconds. */
const SOON = 1_000;
const AFTER_FAILURE = 5 * 60 * 1000;

/** Compares sources with the APIs of their providers. The events of a page are durable before the page counts as compared. */
export class Reconciling {
  readonly #options: ReconcilingOptions;

  constructor(options: ReconcilingOptions) {
    this.#options = options;
  }

  /** @throws {HookcastError} LOG_UNAVAILABLE; @throws the signal's reason, once it is aborted. */
  async run(source: string, request: RunRequest): Promise<RunOutcome> {
    const { log } = this.#options;
    const provider = this.#options.sources.get(source);
    if (!provider?.reconcile) return { outcome: 'not now' };
    if (request.dryRun)
      return this.#go(
        provider,
        provider.reconcile,
        this.#begin(nothing(source), provider.reconcile, request),
        request,
        null,
      );
    const holder = randomUUID();
    const known = await log.reconciliations.take(source, holder);
    if (known === null) return { outcome: 'not now' };
    try {
      const isForced = request.since !== undefined;
      if (!isForced && !request.goesOn && known.dueAt > this.#options.now()) return { outcome: 'not now' };
      const isNew = isForced || known.since === null || this.#isTooOld(known);
      const state = isNew ? this.#begin(known, provider.reconcile, request) : known;
      return await this.#go(provider, provider.reconcile, state, request, holder);
    } finally {
      // If this fails, the turn expires by itself.
      await log.reconciliations.end(source, holder).catch(() => {});
    }
  }

  /** Two runs overlap, so that nothing between them is left out. */
  #begin(known: Reconciliation, reconcile: Reconcile, { since: asked }: RunRequest): Reconciliation {
    const now = this.#options.now();
    const { lookBack, longest = Infinity } = reconcile;
    const last = known.completedAt === null ? now : known.completedAt - settleOf(reconcile);
    const since = Math.max(asked ?? Math.min(now - lookBack, last), now - longest);
    return { ...known, since, cursor: null, runAt: now, trouble: null };
  }

  async #go(
    provider: Provider,
    reconcile: Reconcile,
    from: Reconciliation,
    { signal, dryRun = false, progress }: RunRequest,
    holder: string | null,
  ): Promise<RunOutcome> {
    const { log, now, onReconcile, onSwitch } = this.#options;
    const { source } = from;
    const namer = new Namer(await log.naming());
    let state = from;
    let sum: Progress = { pages: 0, seen: 0, missed: new Map(), unfit: 0, webhook: from.webhook };
    const keep = async () => holder === null || (await log.reconciliations.keep(state, holder));
    try {
      // A dry run needs no bound, since its user can stop it.
      const mostPages = dryRun ? Infinity : MOST_PAGES;
      while (sum.pages < mostPages) {
        signal.throwIfAborted();
        const { since, cursor, runAt } = state;
        const until = runAt! - settleOf(reconcile);
        const page = await listState(reconcile, { source, since: since!, until, cursor, signal });
        if (page.next !== null && page.next === cursor)
          throw new ApiError('NONSENSE', 'The API gives the same page again and again.');
        const comparing = { provider, source, namer, now: now(), dryRun, onlyKnown: page.onlyKnown ?? false };
        const { missed, unfit } = await compare(page.items, comparing, this.#options);
        sum = {
          pages: sum.pages + 1,
          seen: sum.seen + page.items.length,
          missed: added(sum.missed, missed),
          unfit: sum.unfit + unfit,
          webhook: page.webhook ?? sum.webhook,
        };
        const isOver = page.next === null;
        const before = state.webhook;
        state = {
          ...state,
          cursor: page.next,
          seen: state.seen + page.items.length,
          missed: Object.fromEntries(added(new Map(Object.entries(state.missed)), missed)),
          webhook: sum.webhook,
          trouble: null,
          dueAt: isOver ? now() + reconcile.every : now() + SOON,
          ...(isOver && { since: null, completedAt: runAt }),
        };
        if (!dryRun) onReconcile?.(source, missed);
        const isKept = await keep();
        // The saved state tells a starting gateway that this was reported already.
        const isNews = sum.webhook !== before && (before !== null || sum.webhook === 'OFF');
        if (isKept && !dryRun && isNews) onSwitch?.(source, sum.webhook!);
        progress?.(sum);
        if (!isKept) return { outcome: 'not now' };
        if (isOver) return { outcome: 'done', ...sum };
      }
      return { outcome: 'to go on', ...sum };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error) || error.name !== 'ApiError') throw error;
      const failure = error as ApiError;
      state = { ...state, trouble: failure.trouble, dueAt: now() + restAfter(failure, reconcile) };
      // The cursor that led to a nonsensical answer may do so again: the next run begins where this one began.
      if (failure.trouble === 'NONSENSE') state = { ...state, since: null, cursor: null };
      await keep();
      return { outcome: 'failed', error: failure, ...sum };
    }
  }

  #isTooOld({ runAt }: Reconciliation): boolean {
    return runAt !== null && Math.abs(this.#options.now() - runAt) > LONGEST_RUN;
  }
}

function restAfter({ trouble, retryAfter }: ApiError, { every }: Reconcile): number {
  if (trouble === 'NONSENSE' || trouble === 'REFUSED') return every;
  return retryAfter ?? Math.min(AFTER_FAILURE, every);
}

function added(to: ReadonlyMap<string, number>, more: ReadonlyMap<string, number>): Map<string, number> {
  const sum = new Map(to);
  for (const [type, count] of more) sum.set(type, (sum.get(type) ?? 0) + count);
  return sum;
}

function nothing(source: string): Reconciliation {
  const never = { since: null, cursor: null, runAt: null, completedAt: null, trouble: null, webhook: null };
  return { source, ...never, dueAt: 0, seen: 0, missed: {} };
}
