import { AggregatorRegistry, Counter, Registry } from 'prom-client';
import { readVersion } from '../version.ts';
import { type Measured, REPLACED } from './metrics.ts';
import { measureProcess } from './process-metrics.ts';

/** Metrics of the process, which has all workers as threads. They are measured once. */
const OF_THE_PROCESS = /^process_/;
/** Types of metrics that must not go down when a worker ends: Prometheus would take that for a restart, and count all again. */
const LASTING: readonly string[] = ['counter', 'histogram'];

/** The metrics of all workers as one scrape. */
export class Gathered {
  readonly #own = new Registry();
  readonly #replaced = new Counter({ ...REPLACED, registers: [this.#own] });
  /** The last metrics of each worker. */
  readonly #last = new Map<number, Measured>();
  /** The counts of workers that have ended. */
  #departed: Measured = [];
  #measuresProcess = false;

  said(worker: number, measured: Measured): void {
    this.#last.set(worker, measured);
  }

  /** Called when a worker has ended by itself. Its last known counts stay. */
  async departed(worker: number): Promise<void> {
    this.#replaced.inc();
    const last = this.#last.get(worker);
    this.#last.delete(worker);
    if (!last) return;
    const lasting = last.filter(({ type }) => LASTING.includes(String(type)));
    this.#departed = await together([this.#departed, lasting]).getMetricsAsJSON();
  }

  async text(): Promise<{ contentType: string; body: string }> {
    if (!this.#measuresProcess) measureProcess(this.#own, readVersion());
    this.#measuresProcess = true;
    const own = (await this.#own.getMetricsAsJSON()).filter(({ name }) => !name.startsWith('nodejs_'));
    const theirs = [...this.#last.values()].map((measured) =>
      measured.filter(({ name }) => !OF_THE_PROCESS.test(name) && name !== 'hookcast_build_info'),
    );
    const all = together([own, ...theirs, this.#departed]);
    return { contentType: all.contentType, body: await all.metrics() };
  }
}

function together(several: readonly Measured[]): Registry {
  return AggregatorRegistry.aggregate(several.map((measured) => [...measured]));
}
