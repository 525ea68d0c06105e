import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { CLOSE } from '../errors.ts';
import type { Commits } from '../events/commits.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Publication } from '../events/publication.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Limit } from '../limits.ts';
import { readVersion } from '../version.ts';
import { visible } from '../visible.ts';
import { LogMetrics } from './log-metrics.ts';
import { measureProcess } from './process-metrics.ts';

/** What is measured when it is asked for. */
export interface Measure {
  readonly log: EventLog['measure'];
  readonly subscribers: () => { readonly live: number; readonly behind: number; readonly cohorts: number };
  /** Bytes of frames that wait for slow sockets. */
  readonly buffered: () => number;
  /** Gateways on the same log that serve other types of events. */
  readonly otherTypes: () => number;
  /** The sources that are configured, and whether each is silent for longer than usual. */
  readonly silent: () => Iterable<readonly [source: string, isSilent: boolean]>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** All counts of a gateway at one moment, as data that another thread can be sent. */
export type Measured = readonly MetricObjectWithValues<MetricValue<string>>[];

/** Counted by the code that replaces them. */
export const REPLACED = {
  name: 'hookcast_workers_replaced_total',
  help: 'Workers that ended by themselves, and were replaced.',
};

const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Paths of issues, and types that drift, that are counted apart. */
const MOST_PATHS = 500;
const MOST_TYPES = 500;
/** Close codes that are counted apart: those of RFC 6455, of graphql-ws and ours. A peer may make up any other. */
const KNOWN = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013];
const OF_GRAPHQL_WS = [4004, 4005, 4400, 4406, 4408, 4409, 4429, 4500, 4504];
const CODES = new Set([...KNOWN, ...OF_GRAPHQL_WS, ...Object.values(CLOSE).map(({ code }) => code)]);

/** The gateway's counters, in a registry of their own, so that two gateways in one process don't share them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #log: LogMetrics;
  readonly #now: () => number;
  readonly #requests = this.#counter('hookcast_webhook_requests_total', 'Deliveries, by their answer.', [
    'source',
    'outcome',
  ]);
  readonly #events = this.#counter(
    'hookcast_webhook_events_total',
    'Events in deliveries that contain several, by outcome.',
    ['source', 'outcome'],
  );
  readonly #seconds = this.#histogram(
    'hookcast_webhook_ack_seconds',
    'Time from the headers of a delivery to its answer.',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.25, 2.5],
  );
  readonly #quarantined = this.#counter('hookcast_quarantined_total', 'Places in deliveries that did not fit.', [
    'source',
    'path',
  ]);
  readonly #drifted = this.#counter('hookcast_drift_total', 'Unexpected fields and nulls in deliveries.', [
    'source',
    'type',
    'change',
  ]);
  readonly #reconciled = this.#counter(
    'hookcast_reconciled_total',
    'Events that webhooks had missed, and that were recorded from the API of the provider.',
    ['source', 'type'],
  );
  readonly #reconcileFailures = this.#counter(
    'hookcast_reconcile_failures_total',
    'Times that the API of a provider gave no answer that can be used.',
    ['source', 'trouble'],
  );
  readonly #messages = this.#counter(
    'hookcast_messages_total',
    'Messages handed to subscribers, live or catching up.',
    ['state'],
  );
  /** Dashboards have a release to follow. */
  readonly #formerly = this.#counter('hookcast_deliveries_total', 'The former name of hookcast_messages_total.', [
    'state',
  ]);
  readonly #live = [this.#messages.labels('live'), this.#formerly.labels('live')];
  readonly #behind = [this.#messages.labels('behind'), this.#formerly.labels('behind')];
  readonly #lag = this.#histogram(
    'hookcast_delivery_lag_seconds',
    'Time from the receipt of an event to when it is handed to its live subscribers; once for each event.',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  );
  readonly #onLimit = this.#counter('hookcast_limited_total', 'Requests that a limit refused.', ['limit']);
  readonly #signIns = this.#counter(
    'hookcast_sign_ins_total',
    'Sessions and exchanged tokens, by what for and outcome.',
    ['by', 'outcome'],
  );
  readonly #connections = new Gauge({
    name: 'hookcast_connections',
    help: 'Open WebSockets and streamed answers.',
    labelNames: ['transport'],
    registers: [this.#registry],
  });
  readonly #wsCloses = this.#counter('hookcast_ws_closes_total', 'Closed WebSockets, by close code.', ['code']);
  /** Those of `#requests` for each source and outcome, which are as many as are configured and known. */
  readonly #requestsOf = new Map<string, Counter.Internal>();
  /** What has a count of its own: a payload may make up any number. */
  readonly #paths = new Set<string>();
  readonly #types = new Set<string>();
  #measuresProcess = false;

  /** @param measure asked at each scrape. */
  constructor(measure: Measure) {
    this.#now = measure.now;
    this.#log = new LogMetrics(this.#registry, measure.log);
    for (const transport of TRANSPORTS) this.#connections.set({ transport }, 0);
    // Or what happens first would be no increase to Prometheus.
    for (const counter of [...this.#live, ...this.#behind]) counter.inc(0);
    this.#registry.registerMetric(
      new Gauge({
        name: 'hookcast_subscribers',
        help: 'Running subscriptions: live, or behind and catching up.',
        labelNames: ['state'],
        registers: [],
        collect() {
          const { live, behind } = measure.subscribers();
          this.set({ state: 'live' }, live);
          this.set({ state: 'behind' }, behind);
        },
      }),
    );
    this.#registry.registerMetric(
      new Gauge({
        name: 'hookcast_source_silent',
        help: 'Whether a source is silent for longer than its own rhythm lets expect: 1 or 0.',
        labelNames: ['source'],
        // Several workers come to the same answer.
        aggregator: 'max',
        registers: [],
        collect() {
          this.reset();
          for (const [source, isSilent] of measure.silent()) this.set({ source }, isSilent ? 1 : 0);
        },
      }),
    );
    this.#gauge('hookcast_cohorts', 'Different subscriptions. Each is executed once for all its subscribers.', () => {
      return measure.subscribers().cohorts;
    });
    // Of each of several workers; together they are as many as there are.
    this.#gauge('hookcast_workers', 'Workers that serve: 1 without workers.', () => 1);
    this.#counter(REPLACED.name, REPLACED.help, []).inc(0);
    const differ = 'Gateways on the same log that serve other types of events than this one.';
    this.#gauge('hookcast_gateways_with_other_types', differ, measure.otherTypes, 'max');
    this.#gauge('hookcast_ws_buffered_bytes', 'Bytes that wait for slow sockets.', measure.buffered);
  }

  /** To be told of what becomes of appends. */
  get commits(): Commits {
    return this.#log;
  }

  delivery(source: string, outcome: string, seconds: number): void {
    // No source has a blank in its name. To find a counter by its labels takes longer than to count.
    const key = `${source} ${outcome}`;
    const known = this.#requestsOf.get(key) ?? this.#requests.labels({ source, outcome });
    this.#requestsOf.set(key, known);
    known.inc();
    this.#seconds.observe(seconds);
  }

  /** The events of one delivery, by what became of them. */
  events(source: string, counts: Readonly<Record<string, number>>): void {
    for (const [outcome, count] of Object.entries(counts)) this.#events.inc({ source, outcome }, count);
  }

  /** A delivery that went to quarantine, and where in it. */
  quarantined(source: string, issues: readonly Issue[]): void {
    const paths = new Set(issues.map(({ path }) => path.replaceAll(/(^|\.)\d+(?=\.|$)/g, '$1[]')));
    for (const path of paths) {
      const isKnown = within(this.#paths, MOST_PATHS, `${source} ${path}`);
      this.#quarantined.inc({ source, path: isKnown ? visible(path) : 'other' });
    }
  }

  drifted(source: string, type: string, change: string): void {
    const isKnown = within(this.#types, MOST_TYPES, `${source} ${type}`);
    this.#drifted.inc({ source, type: isKnown ? visible(type) : 'other', change: change.toLowerCase() });
  }

  /** What the API of a provider knew and the log did not, by the types of the events. */
  reconciled(source: string, missed: ReadonlyMap<string, number>): void {
    for (const [type, count] of missed) {
      const isKnown = within(this.#types, MOST_TYPES, `${source} ${type}`);
      this.#reconciled.inc({ source, type: isKnown ? visible(type) : 'other' }, count);
    }
  }

  reconcileFailed(source: string, trouble: string): void {
    this.#reconcileFailures.inc({ source, trouble: trouble.toLowerCase() });
  }

  /** An item was handed on. Counted once for all its subscribers, since this is the way of every frame. */
  published({ event, subscribers, isFresh }: Publication): void {
    if (subscribers === 0) return;
    for (const counter of this.#live) counter.inc(subscribers);
    // Clocks of two machines may differ.
    if (event && isFresh) this.#lag.observe(Math.max(this.#now() - event.receivedAt, 0) / 1000);
  }

  /** A subscriber that is behind was given so many messages. */
  replayed(messages: number): void {
    for (const counter of this.#behind) counter.inc(messages);
  }

  limited(limit: Limit): void {
    this.#onLimit.inc({ limit });
  }

  /** Somebody signed in, or did not. Both are words of ours. */
  signedIn(by: string, outcome: string): void {
    this.#signIns.inc({ by, outcome });
  }

  connected(transport: Transport): void {
    this.#connections.inc({ transport });
  }

  disconnected(transport: Transport): void {
    this.#connections.dec({ transport });
  }

  /** A WebSocket ended, with this code. */
  webSocketClosed(code: number): void {
    this.#wsCloses.inc({ code: CODES.has(code) ? String(code) : 'other' });
  }

  /** In Prometheus' text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    await this.#look();
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** The same as data. */
  async measure(): Promise<Measured> {
    await this.#look();
    return this.#registry.getMetricsAsJSON();
  }

  async #look(): Promise<void> {
    // From the first scrape on: a process that is never scraped need not measure.
    if (!this.#measuresProcess) measureProcess(this.#registry, readVersion());
    this.#measuresProcess = true;
    await this.#log.look();
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.#registry] });
  }

  /** @param aggregator what the number of several workers is. */
  #gauge(name: string, help: string, measure: () => number, aggregator: 'sum' | 'max' = 'sum'): void {
    const gauge = new Gauge({
      name,
      help,
      aggregator,
      registers: [],
      collect() {
        this.set(measure());
      },
    });
    this.#registry.registerMetric(gauge);
  }
}

/** Whether it is one of the first so many. */
function within(known: Set<string>, most: number, one: string): boolean {
  if (known.size < most) known.add(one);
  return known.has(one);
}
