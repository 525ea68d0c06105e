import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { CLOSE } from '../errors.ts';
import { type Observer, type SignedInBy, TRANSPORTS, type Transport } from '../events/observer.ts';
import type { Publication } from '../events/publication.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Limit } from '../limits.ts';
import { readVersion } from '../version.ts';
import { visible } from '../visible.ts';
import { type Measure, measureGateway } from './gateway-metrics.ts';
import { LogMetrics } from './log-metrics.ts';
import { measureProcess } from './process-metrics.ts';

/** All counts of a gateway at one moment, as data that another thread can be sent. */
export type Measured = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The code that replaces workers counts this. */
export const REPLACED = {
  name: 'hookcast_workers_replaced_total',
  help: 'Workers that failed, and were replaced.',
};

/** Paths of issues, and types that drift, that are counted apart. */
const MOST_PATHS = 500;
const MOST_TYPES = 500;
/** Close codes with counts of their own: those of RFC 6455, of graphql-ws and of hookcast. A peer may make up any other. */
const KNOWN = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013];
const OF_GRAPHQL_WS = [4004, 4005, 4400, 4406, 4408, 4409, 4429, 4500, 4504];
const CODES = new Set([...KNOWN, ...OF_GRAPHQL_WS, ...Object.values(CLOSE).map(({ code }) => code)]);

/** The gateway's counters, in a registry of their own, so that two gateways in one process don't share them. */
export class Metrics implements Observer {
  readonly #registry = new Registry();
  readonly #log: LogMetrics;
  readonly #now: () => number;
  readonly #requests = this.#counter('hookcast_webhook_requests_total', 'Deliveries by outcome.', [
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
  readonly #quarantined = this.#counter('hookcast_quarantined_total', 'Fields of deliveries that did not fit.', [
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
    'Events that no webhook brought, and that were recorded from the API of the provider.',
    ['source', 'type'],
  );
  readonly #reconcileFailures = this.#counter(
    'hookcast_reconcile_failures_total',
    'Failed requests to the API of a provider.',
    ['source', 'trouble'],
  );
  readonly #messages = this.#counter(
    'hookcast_messages_total',
    'Messages handed to subscribers, live or catching up.',
    ['state'],
  );
  /** The former name stays for one release, so that dashboards can follow. */
  readonly #formerly = this.#counter('hookcast_deliveries_total', 'The former name of hookcast_messages_total.', [
    'state',
  ]);
  readonly #live = [this.#messages.labels('live'), this.#formerly.labels('live')];
  readonly #behind = [this.#messages.labels('behind'), this.#formerly.labels('behind')];
  readonly #lag = this.#histogram(
    'hookcast_delivery_lag_seconds',
    'Time from the receipt of an event until it is handed to its live subscribers. Each event counts once.',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  );
  readonly #limits = this.#counter('hookcast_limited_total', 'Requests that a limit refused.', ['limit']);
  readonly #signIns = this.#counter(
    'hookcast_sign_ins_total',
    'Sessions and exchanged tokens, by purpose and outcome.',
    ['by', 'outcome'],
  );
  readonly #connections = new Gauge({
    name: 'hookcast_connections',
    help: 'Open WebSockets and streamed answers.',
    labelNames: ['transport'],
    registers: [this.#registry],
  });
  readonly #wsCloses = this.#counter('hookcast_ws_closes_total', 'Closed WebSockets, by close code.', ['code']);
  /** The counters of `#requests` for each source and outcome. Configuration and code bound their number. */
  readonly #requestsOf = new Map<string, Counter.Internal>();
  /** The paths and types that have counts of their own. They are bounded, since payloads may contain any number. */
  readonly #paths = new Set<string>();
  readonly #types = new Set<string>();
  #measuresProcess = false;

  /** @param measure called at each scrape. */
  constructor(measure: Measure) {
    this.#now = measure.now;
    this.#log = new LogMetrics(this.#registry, measure.log);
    for (const transport of TRANSPORTS) this.#connections.set({ transport }, 0);
    // Without a first 0, Prometheus would not see the first count as an increase.
    for (const counter of [...this.#live, ...this.#behind]) counter.inc(0);
    measureGateway(this.#registry, measure);
    this.#counter(REPLACED.name, REPLACED.help, []).inc(0);
  }

  readonly onDelivery = (source: string, outcome: string, seconds: number): void => {
    // No source has a blank in its name. To find a counter by its labels takes longer than to count.
    const key = `${source} ${outcome}`;
    const known = this.#requestsOf.get(key) ?? this.#requests.labels({ source, outcome });
    this.#requestsOf.set(key, known);
    known.inc();
    this.#seconds.observe(seconds);
  };

  readonly onEvents = (source: string, counts: Readonly<Record<string, number>>): void => {
    for (const [outcome, count] of Object.entries(counts)) this.#events.inc({ source, outcome }, count);
  };

  readonly onQuarantine = (source: string, issues: readonly Issue[]): void => {
    const paths = new Set(issues.map(({ path }) => path.replaceAll(/(^|\.)\d+(?=\.|$)/g, '$1[]')));
    for (const path of paths) {
      const isKnown = within(this.#paths, MOST_PATHS, `${source} ${path}`);
      this.#quarantined.inc({ source, path: isKnown ? visible(path) : 'other' });
    }
  };

  readonly onDrift = (source: string, type: string, change: string): void => {
    const isKnown = within(this.#types, MOST_TYPES, `${source} ${type}`);
    this.#drifted.inc({ source, type: isKnown ? visible(type) : 'other', change: change.toLowerCase() });
  };

  readonly onReconcile = (source: string, missed: ReadonlyMap<string, number>): void => {
    for (const [type, count] of missed) {
      const isKnown = within(this.#types, MOST_TYPES, `${source} ${type}`);
      this.#reconciled.inc({ source, type: isKnown ? visible(type) : 'other' }, count);
    }
  };

  readonly onReconcileFailure = (source: string, trouble: string): void => {
    this.#reconcileFailures.inc({ source, trouble: trouble.toLowerCase() });
  };

  readonly onPublish = ({ event, subscribers, isFresh }: Publication): void => {
    if (subscribers === 0) return;
    for (const counter of this.#live) counter.inc(subscribers);
    // The clocks of two machines may differ, so the lag may seem negative.
    if (event && isFresh) this.#lag.observe(Math.max(this.#now() - event.receivedAt, 0) / 1000);
  };

  readonly onReplay = (messages: number): void => {
    for (const counter of this.#behind) counter.inc(messages);
  };

  readonly onLimit = (limit: Limit): void => {
    this.#limits.inc({ limit });
  };

  readonly onSignIn = (by: SignedInBy, outcome: string): void => {
    this.#signIns.inc({ by, outcome });
  };

  readonly onConnect = (transport: Transport): void => {
    this.#connections.inc({ transport });
  };

  readonly onDisconnect = (transport: Transport): void => {
    this.#connections.dec({ transport });
  };

  readonly onWebSocketClose = (code: number): void => {
    this.#wsCloses.inc({ code: CODES.has(code) ? String(code) : 'other' });
  };

  readonly onCommit = (events: number, seconds: number): void => this.#log.onCommit(events, seconds);

  readonly onCommitFailure = (events: number): void => this.#log.onCommitFailure(events);

  /** The metrics in Prometheus' text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    await this.#look();
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** The metrics as data. */
  async measure(): Promise<Measured> {
    await this.#look();
    return this.#registry.getMetricsAsJSON();
  }

  async #look(): Promise<void> {
    // Begins with the first scrape: a process that is never scraped need not measure.
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
}

/** Whether `one` is among the first `most` texts. */
function within(known: Set<string>, most: number, one: string): boolean {
  if (known.size < most) known.add(one);
  return known.has(one);
}
