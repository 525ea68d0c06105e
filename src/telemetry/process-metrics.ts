import { Gauge, type Registry, collectDefaultMetrics } from 'prom-client';

/**
 * Gauges with the ending of a counter, and each of them makes a list of all sockets at every scrape, which of thousands
 * takes milliseconds.
 */
const UNWANTED = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/** What prom-client measures of the process: event loop, memory, processor, open files; and which hookcast it is. */
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
