import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openThreads } from '../open-log.ts';
import { Ledger } from '../tallies/ledger.ts';
import { Gathered } from '../telemetry/gathered.ts';
import { WorkerHandle } from './worker-handle.ts';
import type { Environment } from './messages.ts';
import { monotonic } from './monotonic.ts';

/** How long until a worker is replaced, in milliseconds. The time doubles each time that a worker ends before it has served a while. */
const AGAIN = { first: 50, longest: 5_000 };
const A_WHILE = 10_000;
/** How long a scrape waits for a worker, in milliseconds. After that, its metrics of the scrape before count. */
const PATIENCE = 1_500;

export interface WorkerPoolOptions {
  readonly workers: number;
  readonly env: Environment;
  readonly logger: Logger;
  /** Takes lines of the workers' logs. */
  readonly write: (line: string) => void;
}

/** The workers of one gateway. Each is a whole gateway in a thread of its own. All share one port and one log. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #ledger: Ledger;
  readonly #channel = `hookcast ${randomUUID()}`;
  readonly #threads;
  readonly #gathered = new Gathered();
  /** The workers by their numbers, from 1. */
  readonly #handles = new Map<number, WorkerHandle>();
  readonly #failures = new Map<number, number>();
  /** The environment of new workers: refused settings must not reach a worker that replaces another. */
  #env: Environment;
  #port: number | null = null;
  readonly #draining = new AbortController();

  constructor(options: WorkerPoolOptions) {
    const { workers, env, logger } = options;
    this.#options = options;
    this.#env = { ...env };
    this.#ledger = new Ledger(Ledger.memory(workers), workers, monotonic);
    this.#threads = openThreads((name, reason) =>
      logger.error({ thread: name, reason }, 'a thread of the log ended, and is started again'),
    );
  }

  /**
   * Resolves when all workers listen. The first one starts alone: it migrates the log, and finds the port.
   *
   * @throws {ConfigError} if one of them can't start.
   */
  async start(): Promise<{ readonly url: string; readonly sources: readonly string[] }> {
    try {
      const first = await this.#begin(1).listening;
      this.#port = Number(new URL(first.url).port || 80);
      const others = Array.from({ length: this.#options.workers - 1 }, (_, index) => this.#begin(index + 2).listening);
      await Promise.all(others);
      return first;
    } catch (error) {
      await this.drain();
      throw error;
    }
  }

  /** Gives new settings to the first worker and then to the others. If the first refuses them, no worker takes them. */
  async reload(env: Environment): Promise<boolean> {
    const next = { ...env };
    const handles = [...this.#handles.values()].filter(({ isServing }) => isServing);
    for (const [index, handle] of handles.entries()) {
      const areTaken = await handle.reload(next);
      if (index === 0 && !areTaken) return false;
      this.#env = next;
    }
    return true;
  }

  /** Drains all workers at the same time, and ends the threads that they share. */
  async drain(): Promise<void> {
    this.#draining.abort();
    await Promise.all([...this.#handles.values()].map((handle) => handle.drain()));
    await this.#threads.close();
  }

  #begin(number: number): WorkerHandle {
    const { workers, write } = this.#options;
    const orders = { number, workers, port: this.#port, ledger: this.#ledger.memory, channel: this.#channel };
    const env = this.#env;
    const handle = new WorkerHandle(orders, env, {
      write,
      openThread: this.#threads.open,
      scrape: () => this.#scrape(),
    });
    this.#handles.set(number, handle);
    void handle.ended.then((reason) => this.#ended(number, handle, reason));
    // A reload reaches only the workers that serve, and this one may have begun with the settings before.
    const catchUp = () => (this.#env === env ? null : handle.reload(this.#env));
    handle.listening.then(catchUp, () => {});
    return handle;
  }

  #ended(number: number, handle: WorkerHandle, reason: string): void {
    this.#ledger.forget(number - 1);
    this.#handles.delete(number);
    // If the first worker never listened, then the start fails, and the operator is told there.
    if (this.#draining.signal.aborted || (this.#port === null && !handle.wasServing)) return;
    void this.#replace(number, handle, reason);
  }

  async #replace(number: number, { served }: WorkerHandle, reason: string): Promise<void> {
    await this.#gathered.departed(number);
    const failures = served > A_WHILE ? 0 : (this.#failures.get(number) ?? 0);
    this.#failures.set(number, failures + 1);
    const wait = Math.min(AGAIN.first * 2 ** failures, AGAIN.longest);
    this.#options.logger.error({ worker: number, reason, wait }, 'a worker failed, and another one takes its place');
    const { signal } = this.#draining;
    await setTimeout(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    // If it can't start, then the reason is logged when it has ended.
    this.#begin(number).listening.catch(() => {});
  }

  async #scrape() {
    const serving = [...this.#handles].filter(([, { isServing }]) => isServing);
    await Promise.all(
      serving.map(async ([number, handle]) => {
        const late = setTimeout(PATIENCE, null, { ref: false });
        const measured = await Promise.race([handle.measure(), late]);
        // A worker that ended meanwhile is counted among the departed.
        if (measured && this.#handles.get(number) === handle) this.#gathered.said(number, measured);
      }),
    );
    return this.#gathered.text();
  }
}
