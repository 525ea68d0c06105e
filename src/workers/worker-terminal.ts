import type { MessagePort } from 'node:worker_threads';
import { LineWriter } from '../commands/line-writer.ts';
import type { GatewayTerminal } from '../commands/terminal.ts';
import type { Measured, Metrics } from '../telemetry/metrics.ts';
import { lineOf } from '../visible.ts';
import type { Environment, FromWorker, ToWorker } from './messages.ts';

type Scraped = Awaited<ReturnType<Metrics['text']>>;

/** A worker's terminal: it sends everything to the thread that started the workers. */
export class WorkerTerminal implements GatewayTerminal {
  readonly env: Record<string, string | undefined>;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  readonly #port: MessagePort;
  #end!: () => void;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));
  #nextEnv: Environment | null = null;
  #reload: (() => Promise<boolean>) | null = null;
  #measure: (() => Promise<Measured>) | null = null;
  readonly #scrapes = new Map<number, (scraped: Scraped) => void>();
  #lastScrape = 0;

  /** @param env the thread's own environment, which the user's configuration file reads as well. */
  constructor(port: MessagePort, env: Record<string, string | undefined>) {
    this.#port = port;
    this.env = env;
    const write = (text: string) => this.#tell({ kind: 'lines', text });
    const sink = {
      write: (text: string, done: () => void) => {
        write(text);
        done();
      },
      last: write,
    };
    this.stdout = new LineWriter(sink);
    this.stderr = this.stdout;
    port.on('message', (message: ToWorker) => void this.#hear(message));
  }

  readonly print = (...columns: readonly string[]): void => this.stdout.write(`${lineOf(columns)}\n`);

  readonly interrupted = (): Promise<void> => this.#ended;

  readonly onReload = (listener: () => Promise<boolean>): void => void (this.#reload = listener);

  readonly rereadEnv = (): void => {
    const next = this.#nextEnv;
    if (!next) return;
    for (const name of Object.keys(this.env)) if (!Object.hasOwn(next, name)) delete this.env[name];
    for (const [name, value] of Object.entries(next)) if (value !== undefined) this.env[name] = value;
  };

  readonly onMeasure = (measure: () => Promise<Measured>): void => void (this.#measure = measure);

  /** The metrics of all workers. */
  scrape(): Promise<Scraped> {
    const id = (this.#lastScrape += 1);
    return new Promise((resolve) => {
      this.#scrapes.set(id, resolve);
      this.#tell({ kind: 'scrape', id });
    });
  }

  async #hear(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case 'drain':
        return this.#end();
      case 'reload':
        this.#nextEnv = message.env;
        return this.#tell({ kind: 'reloaded', areTaken: (await this.#reload?.()) ?? false });
      case 'measure':
        return this.#tell({ kind: 'measured', measured: (await this.#measure?.()) ?? [] });
      case 'scraped':
        this.#scrapes.get(message.id)?.(message.scraped);
        this.#scrapes.delete(message.id);
    }
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}
