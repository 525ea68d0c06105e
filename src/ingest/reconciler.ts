import { forLog } from '../errors.ts';
import type { LogRecords } from '../events/event-log.ts';
import type { Observer } from '../events/observer.ts';
import { Reconciling, type ReconcilingOptions } from './reconciliation.ts';

/** How often due sources are looked for, in milliseconds. */
const EVERY = 30_000;

export type ReconcilerOptions = ReconcilingOptions & {
  readonly log: Pick<LogRecords, 'pauses'>;
  /** Called for each failed try. */
  readonly onReconcileFailure?: Observer['onReconcileFailure'];
};

/** Reconciles the sources whose providers have an API for it, each when it is due. Only one of several gateways does so. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #reconciling: Reconciling;
  readonly #stopping = new AbortController();
  /** The last message logged about each source, so that it is logged once. */
  readonly #told = new Map<string, string>();
  #looking: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#reconciling = new Reconciling({ ...options, onSwitch: (source, webhook) => this.#switched(source, webhook) });
    this.#timer = setInterval(() => void this.look(), EVERY).unref();
  }

  /** Reconciles the due sources one after the other. Only one such run is under way at a time. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
  }

  /** Stops the work under way: another gateway, or the next start, continues it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
  }

  #switched(source: string, webhook: 'ON' | 'OFF'): void {
    const { logger } = this.#options;
    if (webhook === 'ON') return logger.info({ source }, 'the webhook of a source is on again at its provider');
    logger.warn({ source }, 'the webhook of a source is off at its provider, so nothing is sent: switch it on there');
  }

  async #look(): Promise<void> {
    const { log, logger, sources } = this.#options;
    const due = [...sources].filter(([, { reconcile }]) => reconcile).map(([source]) => source);
    if (due.length === 0) return;
    try {
      const paused = new Set((await log.pauses.list()).map(({ source }) => source));
      for (const source of due) if (!paused.has(source)) await this.#reconcile(source);
    } catch (error) {
      // Other parts report that the log can't be read or written. An end of the gateway is no failure of a source.
      if (!this.#stopping.signal.aborted)
        logger.debug(
          forLog(error),
          'could not look which sources are due for reconciliation; trying again in half a minute',
        );
    }
  }

  async #reconcile(source: string): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#stopping;
    const run = await this.#reconciling.run(source, { signal });
    if (run.outcome === 'not now') return;
    const missed = [...run.missed.values()].reduce((sum, count) => sum + count, 0);
    const { pages, seen, unfit } = run;
    if (missed > 0)
      logger.warn({ source, missed, seen }, 'webhooks were missed: the events were recorded from the API');
    if (unfit > 0) logger.warn({ source, unfit, seen }, 'some items of the API fit no event: they were not recorded');
    if (run.outcome === 'failed') this.#options.onReconcileFailure?.(source, run.error.trouble);
    const told = run.outcome === 'failed' ? run.error.message : '';
    if (told !== (this.#told.get(source) ?? '')) {
      if (run.outcome === 'failed') {
        const { trouble, message: reason } = run.error;
        logger.warn({ source, trouble, reason }, 'a source could not be reconciled: it is tried again later');
      } else logger.info({ source }, 'a source can be reconciled again');
    }
    this.#told.set(source, told);
    logger.debug({ source, outcome: run.outcome, pages, seen, missed }, 'reconciled');
  }
}
