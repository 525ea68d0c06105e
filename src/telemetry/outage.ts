import type { Logger } from 'pino';

/** How often a failure that goes on is spoken of, in milliseconds. */
const EVERY = 3_000;

export interface OutageOptions {
  readonly logger: Logger;
  /** What a line says while it fails, and when it works again. */
  readonly failing: string;
  readonly works: string;
  /** Tries whether it works, where that can be tried. */
  readonly probe?: () => Promise<unknown>;
  readonly every?: number;
}

/**
 * Speaks of a failure that everybody meets: when it begins, how often it was met every few seconds while it goes on, and
 * when it is over. A line for each of thousands who wait for the log would bury all others.
 */
export class Outage {
  readonly #options: OutageOptions;
  #timer: NodeJS.Timeout | null = null;
  #began = 0;
  /** When it worked for the first time since it failed last. */
  #over: number | null = null;
  #times = 0;
  #unsaid = 0;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** Somebody met it. The first line has these fields. */
  failed(fields: () => Record<string, unknown>): void {
    const { logger, failing, every = EVERY } = this.#options;
    this.#over = null;
    this.#times += 1;
    if (this.#timer) return void (this.#unsaid += 1);
    this.#began = performance.now();
    logger.error(fields(), failing);
    this.#timer = setInterval(() => this.#tick(), every).unref();
  }

  /** Somebody did not. */
  worked(): void {
    if (this.#timer) this.#over ??= performance.now();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Not at once when it works again: what fails now and then would be over at every other moment. */
  #tick(): void {
    const { logger, failing, works, probe } = this.#options;
    const seconds = Math.round(((this.#over ?? performance.now()) - this.#began) / 100) / 10;
    if (this.#unsaid > 0) logger.error({ more: this.#unsaid, seconds }, failing);
    this.#unsaid = 0;
    if (this.#over === null) {
      probe?.().then(
        () => this.worked(),
        () => {},
      );
      return;
    }
    logger.info({ times: this.#times, seconds }, works);
    this.#over = null;
    this.#times = 0;
    this.close();
  }
}
