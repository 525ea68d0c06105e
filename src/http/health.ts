import type { EventLog } from '../events/event-log.ts';
import type { Metrics } from './metrics.ts';

/** What operators' machines ask: may traffic come here, and how is it going. */
export class Health {
  readonly #log: EventLog;
  readonly #metrics: Metrics;
  readonly #draining: AbortSignal;

  constructor(log: EventLog, metrics: Metrics, draining: AbortSignal) {
    this.#log = log;
    this.#metrics = metrics;
    this.#draining = draining;
  }

  /** Why no traffic should come, or null. */
  async unready(): Promise<string | null> {
    if (this.#draining.aborted) return 'draining';
    try {
      await this.#log.head();
      return null;
    } catch {
      return 'the log is unreachable';
    }
  }

  metrics(): Promise<{ contentType: string; body: string }> {
    return this.#metrics.text();
  }
}
