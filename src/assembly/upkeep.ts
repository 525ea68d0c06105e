import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Reconciler } from '../ingest/reconciler.ts';
import { Indexing } from '../live/indexing.ts';
import { retain } from '../live/retention.ts';
import type { Provider } from '../providers/provider.ts';
import type { Core } from './core.ts';

interface UpkeepOptions {
  readonly sources: ReadonlyMap<string, Provider>;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Work that only one of several gateways of a machine does: retention, the index of words, and reconciliation with providers' APIs. */
export class Upkeep {
  readonly #reconciler: Reconciler;
  readonly #indexing: Indexing;
  readonly #stops: readonly (() => void)[];

  constructor(config: Config, { log, onLimit, metrics }: Core, { sources, logger, now }: UpkeepOptions) {
    const entries = { what: 'entries of the audit', trim: (before: number) => log.audit.trim(before) };
    this.#reconciler = new Reconciler({
      sources,
      log,
      logger,
      mostValues: config.limits.webhooks.values,
      onLimit,
      now,
      onReconcile: metrics.onReconcile,
      onReconcileFailure: metrics.onReconcileFailure,
    });
    this.#indexing = new Indexing(log, logger);
    this.#stops = [
      retain({ trim: (before) => log.trim(before) }, config.retentionDays, { now, logger }),
      retain(entries, config.auditRetentionDays, { now, logger }),
    ];
  }

  stopForgetting(): void {
    for (const stop of this.#stops) stop();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    await Promise.all([this.#reconciler.stop(), this.#indexing.stop()]);
  }
}
