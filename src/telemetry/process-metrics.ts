import { Gauge, type Registry, collectDefaultMetrics } from 'prom-client';

/**
 * Metrics that are left out. They are gauges with names of counters, and each lists all sockets at every scrape, which takes
 * milliseconds if there are thousands.
 */
const UNWANTED = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/** Adds prom-client's metrics of the process (event loop, memory, processor, open files), and hookcast's version. */
export function measureProcess(registry: Registry, version: string): void {
  collectDefaultMetrics({ register: registry });
  for (const name of UNWANTED) {
    for (const metric of [name, `${name}_total`]) registry.removeSingleMetric(metric);
  }
  new Gauge({
    name: 'hookcast_build_info',
    help: 'Always 1. The label says which version runs.',
    labelNames: ['version'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version }, 1);
}
