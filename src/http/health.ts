import { setTimeout } from 'node:timers/promises';
import type { EventLog } from '../events/event-log.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** How long the log may take to answer, in milliseconds: whoever asks here waits no longer than that. */
const PATIENCE = 900;

/** What operators' machines ask: may traffic come here, and how is it going. */
export class Health {
  readonly #log: EventLog;
  readonly #ingest: Ingest;
  readonly #metrics: Metrics;
  readonly #draining: AbortSignal;

  constructor(log: EventLog, ingest: Ingest, metrics: Metrics, draining: AbortSignal) {
    this.#log = log;
    this.#ingest = ingest;
    this.#metrics = metrics;
    this.#draining = draining;
  }

  /** Why no traffic should come, or null. */
  async unready(): Promise<string | null> {
    if (this.#draining.aborted) return 'draining';
    if (this.#ingest.isFailing) return 'deliveries could not be recorded';
    const answered = this.#log.head().then(
      () => true,
      () => false,
    );
    return (await Promise.race([answered, setTimeout(PATIENCE, false, { ref: false })]))
      ? null
      : 'the log is unreachable';
  }

  metrics(): Promise<{ contentType: string; body: string }> {
    return this.#metrics.text();
  }
}
