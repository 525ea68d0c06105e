import { Gauge, type Registry } from 'prom-client';
import type { EventLog } from '../events/event-log.ts';

/** The measurements that each scrape asks for. */
export interface Measure {
  readonly log: EventLog['measure'];
  readonly subscribers: () => { readonly live: number; readonly behind: number; readonly cohorts: number };
  /** Bytes of frames that wait for slow sockets. */
  readonly buffered: () => number;
  /** How many gateways on the same log serve other types of events. */
  readonly otherTypes: () => number;
  /** The configured sources, and whether each is silent for longer than usual. */
  readonly silent: () => Iterable<readonly [source: string, isSilent: boolean]>;
  /** The same sources, and whether the provider of each says that its webhook is off. */
  readonly switchedOff: () => Iterable<readonly [source: string, isOff: boolean]>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Measures a gateway each time that it is asked for. */
export function measureGateway(registry: Registry, measure: Measure): void {
  const gauge = gaugeIn(registry);
  registry.registerMetric(
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
  const silent = 'Whether a source has been silent for longer than usual: 1 or 0.';
  ofSources(registry, 'hookcast_source_silent', silent, measure.silent);
  const off = 'Whether the provider says that the webhook of a source is off: 1 or 0.';
  ofSources(registry, 'hookcast_source_webhook_off', off, measure.switchedOff);
  gauge('hookcast_cohorts', 'Different subscriptions. Each is executed once for all its subscribers.', () => {
    return measure.subscribers().cohorts;
  });
  // Of each of several workers; together they are as many as there are.
  gauge('hookcast_workers', 'Running workers; 1 if the gateway has no workers.', () => 1);
  const differ = 'Gateways on the same log that serve other types of events than this one.';
  gauge('hookcast_gateways_with_other_types', differ, measure.otherTypes, 'max');
  gauge('hookcast_ws_buffered_bytes', 'Bytes that wait for slow sockets.', measure.buffered);
}

/** 1 or 0 for each source. All workers give the same answer. */
function ofSources(
  registry: Registry,
  name: string,
  help: string,
  measure: () => Iterable<readonly [source: string, is: boolean]>,
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: ['source'],
    aggregator: 'max',
    registers: [],
    collect() {
      this.reset();
      for (const [source, is] of measure()) this.set({ source }, is ? 1 : 0);
    },
  });
  registry.registerMetric(gauge);
}

/** @param aggregator how the numbers of several workers become one. */
function gaugeIn(registry: Registry) {
  return (name: string, help: string, measure: () => number, aggregator: 'sum' | 'max' = 'sum'): void => {
    const gauge = new Gauge({
      name,
      help,
      aggregator,
      registers: [],
      collect() {
        this.set(measure());
      },
    });
    registry.registerMetric(gauge);
  };
}
