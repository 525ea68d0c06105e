import { Gauge, type Registry } from 'prom-client';
import type { EventLog } from '../events/event-log.ts';

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
  registry.registerMetric(
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
  gauge('hookcast_cohorts', 'Different subscriptions. Each is executed once for all its subscribers.', () => {
    return measure.subscribers().cohorts;
  });
  // Of each of several workers; together they are as many as there are.
  gauge('hookcast_workers', 'Workers that serve: 1 without workers.', () => 1);
  const differ = 'Gateways on the same log that serve other types of events than this one.';
  gauge('hookcast_gateways_with_other_types', differ, measure.otherTypes, 'max');
  gauge('hookcast_ws_buffered_bytes', 'Bytes that wait for slow sockets.', measure.buffered);
}

/** @param aggregator what the number of several workers is. */
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
