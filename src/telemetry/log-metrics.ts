import { setTimeout } from 'node:timers/promises';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Commits } from '../events/observer.ts';
import type { EventLog, LogMeasure } from '../events/event-log.ts';

/** How long a scrape waits for the log, in milliseconds: if the log is silent, the other numbers are needed even more. */
const PATIENCE = 800;
/** How long an answer is good, in milliseconds: several may scrape. */
const FRESH = 1_000;

/** The metrics of the log. If the log does not answer, its numbers stay as they were, and `hookcast_log_up` is 0. */
export class LogMetrics implements Commits {
  readonly #measure: EventLog['measure'];
  readonly #batch: Histogram;
  readonly #seconds: Histogram;
  readonly #failures: Counter;
  readonly #up: Gauge;
  readonly #gauges: readonly { readonly gauge: Gauge; readonly of: (measured: LogMeasure) => number | null }[];
  #asking: Promise<LogMeasure | null> | null = null;
  #answered = -Infinity;
  #last: LogMeasure | null = null;

  constructor(registry: Registry, measure: EventLog['measure']) {
    this.#measure = measure;
    const registers = [registry];
    this.#batch = new Histogram({
      name: 'hookcast_append_batch_size',
      help: 'Events in one commit.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'hookcast_append_seconds',
      help: 'Time that a commit of events takes.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.#failures = new Counter({
      name: 'hookcast_append_failures_total',
      help: 'Events that could not be recorded in time.',
      registers,
    });
    this.#up = new Gauge({
      name: 'hookcast_log_up',
      help: 'Whether the log can be read: 1 or 0.',
      aggregator: 'min',
      registers,
    });
    const gauge = (name: string, help: string, of: (measured: LogMeasure) => number | null) => {
      // All workers share one log.
      const gauge = new Gauge({ name, help, aggregator: 'max', registers });
      // A gauge without labels begins at 0, which is false until the log has been asked.
      gauge.remove();
      return { gauge, of };
    };
    this.#gauges = [
      gauge('hookcast_log_head', 'Position of the newest committed event.', ({ head }) => head.seq),
      gauge('hookcast_log_oldest', 'Position before the oldest event that the log keeps.', ({ floor }) => floor.seq),
      gauge('hookcast_log_size_bytes', 'Size of the log in its storage.', ({ bytes }) => bytes),
      gauge('hookcast_log_wal_bytes', 'Size of SQLite’s write-ahead log.', ({ walBytes }) => walBytes),
      gauge('hookcast_quarantine', 'Deliveries that wait in quarantine.', ({ waiting }) => waiting),
    ];
  }

  onCommit(events: number, seconds: number): void {
    this.#batch.observe(events);
    this.#seconds.observe(seconds);
  }

  onCommitFailure(events: number): void {
    this.#failures.inc(events);
  }

  /** Asks the log, and sets the gauges. It takes no longer than `PATIENCE`. */
  async look(): Promise<void> {
    const measured = await Promise.race([this.#ask(), setTimeout(PATIENCE, null, { ref: false })]);
    this.#up.set(measured ? 1 : 0);
    if (!measured) return;
    for (const { gauge, of } of this.#gauges) {
      const value = of(measured);
      if (value !== null) gauge.set(value);
    }
  }

  /** Null if the log can't be asked. One question runs at a time: if the log doesn't answer, further scrapes must not ask it again. */
  #ask(): Promise<LogMeasure | null> {
    if (this.#last && performance.now() - this.#answered < FRESH) return Promise.resolve(this.#last);
    this.#asking ??= this.#measure()
      .then(
        (measured) => {
          this.#answered = performance.now();
          return (this.#last = measured);
        },
        () => null,
      )
      .finally(() => (this.#asking = null));
    return this.#asking;
  }
}
