import { Worker } from 'node:worker_threads';
import { ConfigError } from '../config-error.ts';
import type { AskForThread } from '../log/sharing.ts';
import type { Measured, Metrics } from '../telemetry/metrics.ts';
import type { Environment, FromWorker, Orders, ToWorker } from './messages.ts';

/** How long a worker's thread may go on after its last message, in milliseconds. */
const LAST = 500;

export interface WorkerHandleOptions {
  readonly write: (line: string) => void;
  readonly openThread: AskForThread;
  readonly scrape: Metrics['text'];
}

type Listening = Extract<FromWorker, { readonly kind: 'listening' }>;

/** One worker, as the thread that started it sees it. */
export class WorkerHandle {
  /** Resolves when it listens. Rejects with a ConfigError if it can't. */
  readonly listening: Promise<Listening>;
  /** Resolves when its thread is gone, with the reason. */
  readonly ended: Promise<string>;
  readonly #worker: Worker;
  readonly #options: WorkerHandleOptions;
  readonly #began = performance.now();
  #state: 'starting' | 'serving' | 'ended' = 'starting';
  #wasServing = false;
  #reason = 'its thread ended';
  #listens!: (said: Listening) => void;
  #fails!: (error: Error) => void;
  #reloaded: ((areTaken: boolean) => void)[] = [];
  #measured: ((measured: Measured | null) => void)[] = [];

  constructor(orders: Orders, env: Environment, options: WorkerHandleOptions) {
    this.#options = options;
    this.listening = new Promise((resolve, reject) => {
      this.#listens = resolve;
      this.#fails = reject;
    });
    // The extension is this module's own, so that the worker is found beside it before and after compilation.
    const file = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
    // In the worker, a variable whose value is undefined would be the text "undefined".
    const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
    this.#worker = new Worker(file, { workerData: orders, env: set, name: `worker ${orders.number}` });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error: unknown) => {
      this.#reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#state = 'ended';
        this.#fails(new ConfigError([`A worker ended before it listened: ${this.#reason}.`]));
        for (const reloaded of this.#reloaded.splice(0)) reloaded(false);
        for (const measured of this.#measured.splice(0)) measured(null);
        resolve(this.#reason);
      });
    });
  }

  get isServing(): boolean {
    return this.#state === 'serving';
  }

  /** Whether it has ever served. */
  get wasServing(): boolean {
    return this.#wasServing;
  }

  /** How long ago it was started, in milliseconds. */
  get served(): number {
    return performance.now() - this.#began;
  }

  /** Gives it new settings. Resolves to whether it took them; false if it ends meanwhile. */
  reload(env: Environment): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#state === 'ended') return resolve(false);
      this.#reloaded.push(resolve);
      this.#tell({ kind: 'reload', env });
    });
  }

  /** Its metrics. Null if it ends meanwhile. */
  measure(): Promise<Measured | null> {
    return new Promise((resolve) => {
      if (this.#state === 'ended') return resolve(null);
      this.#measured.push(resolve);
      this.#tell({ kind: 'measure' });
    });
  }

  async drain(): Promise<void> {
    this.#tell({ kind: 'drain' });
    await this.ended;
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'listening':
        this.#state = 'serving';
        this.#wasServing = true;
        return this.#listens(message);
      case 'failed':
        this.#reason = message.lines.join('; ');
        return this.#fails(new ConfigError(message.lines));
      case 'reloaded':
        return this.#reloaded.shift()?.(message.areTaken);
      case 'measured':
        return this.#measured.shift()?.(message.measured);
      case 'scrape':
        return void this.#options.scrape().then((scraped) => this.#tell({ kind: 'scraped', id: message.id, scraped }));
      case 'thread':
        return this.#options.openThread(message.name, message.file, message.port);
      case 'lines':
        for (const line of message.text.split(/(?<=\n)/)) this.#options.write(line);
        return;
      case 'ended':
        // The operator's telemetry exporter may still be sending.
        setTimeout(() => void this.#worker.terminate(), LAST).unref();
    }
  }
}
