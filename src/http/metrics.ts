import type { Issue } from '../events/quarantine.ts';
import type { Limit } from '../limits.ts';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is measured when it is asked for. */
export interface Measure {
  readonly head: () => Promise<number>;
  readonly subscribers: () => { readonly live: number; readonly behind: number; readonly cohorts: number };
  /** Bytes of frames that wait for slow sockets. */
  readonly buffered: () => number;
}

/** Paths of issues that are counted apart. */
const MOST_PATHS = 500;

/** The gateway's counters, in a registry of their own, so that two gateways in one process don't share them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #seconds: Histogram;
  readonly #quarantined: Counter;
  readonly #drifted: Counter;
  readonly #limited: Counter;
  readonly #wsCloses: Counter;
  /** The paths that have a count of their own: a payload may make up any number. */
  readonly #paths = new Set<string>();

  /** @param measure asked at each scrape. */
  constructor(measure: Measure) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'hookcast_webhook_requests_total',
      help: 'Deliveries, by source and by how they were answered.',
      labelNames: ['source', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'hookcast_webhook_ack_seconds',
      help: 'Time from the first byte of a delivery to its answer.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.25, 2.5],
      registers,
    });
    this.#quarantined = new Counter({
      name: 'hookcast_quarantined_total',
      help: 'Places in deliveries that did not fit, by source and by path.',
      labelNames: ['source', 'path'],
      registers,
    });
    this.#drifted = new Counter({
      name: 'hookcast_drift_total',
      help: 'Fields and nulls in deliveries that nobody expected.',
      labelNames: ['source', 'type', 'change'],
      registers,
    });
    this.#limited = new Counter({
      name: 'hookcast_limited_total',
      help: 'Times that somebody asked for more than a limit allows.',
      labelNames: ['limit'],
      registers,
    });
    this.#wsCloses = new Counter({
      name: 'hookcast_ws_closes_total',
      help: 'WebSockets that ended, by close code.',
      labelNames: ['code'],
      registers,
    });
    this.#registry.registerMetric(
      new Gauge({
        name: 'hookcast_log_head',
        help: 'Position of the newest committed event.',
        registers: [],
        async collect() {
          // Not while the log can't be read: the other numbers are then wanted all the more.
          this.set(await measure.head().catch(() => Number.NaN));
        },
      }),
    );
    this.#registry.registerMetric(
      new Gauge({
        name: 'hookcast_subscribers',
        help: 'Subscriptions that run: live, or behind and catching up.',
        labelNames: ['state'],
        registers: [],
        collect() {
          const { live, behind } = measure.subscribers();
          this.set({ state: 'live' }, live);
          this.set({ state: 'behind' }, behind);
        },
      }),
    );
    this.#gauge('hookcast_cohorts', 'Subscriptions that differ: each is executed once for all its subscribers.', () => {
      return measure.subscribers().cohorts;
    });
    this.#gauge('hookcast_ws_buffered_bytes', 'Bytes that wait for slow sockets.', measure.buffered);
  }

  delivery(source: string, outcome: string, seconds: number): void {
    this.#requests.inc({ source, outcome });
    this.#seconds.observe(seconds);
  }

  /** A delivery that went to quarantine, and where in it. */
  quarantined(source: string, issues: readonly Issue[]): void {
    const paths = new Set(issues.map(({ path }) => path.replaceAll(/(^|\.)\d+(?=\.|$)/g, '$1[]')));
    for (const path of paths) {
      const key = `${source} ${path}`;
      if (this.#paths.size < MOST_PATHS) this.#paths.add(key);
      this.#quarantined.inc({ source, path: this.#paths.has(key) ? path : 'other' });
    }
  }

  drifted(source: string, type: string, change: string): void {
    this.#drifted.inc({ source, type, change: change.toLowerCase() });
  }

  limited(limit: Limit): void {
    this.#limited.inc({ limit });
  }

  /** A WebSocket ended, with this code. */
  webSocketClosed(code: number): void {
    this.#wsCloses.inc({ code: String(code) });
  }

  #gauge(name: string, help: string, measure: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(measure());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  /** In Prometheus' text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
