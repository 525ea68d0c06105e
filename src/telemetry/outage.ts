import type { Logger } from 'pino';

/** How often a failure that goes on is logged, in milliseconds. */
const EVERY = 3_000;

export interface OutageOptions {
  readonly logger: Logger;
  /** The texts of the lines while it fails, and when it works again. */
  readonly failing: string;
  readonly works: string;
  /** Tries whether it works, if that can be tried. */
  readonly probe?: () => Promise<unknown>;
  readonly every?: number;
}

/**
 * Logs a failure that many requests meet: when it begins, every few seconds how often it was met, and when it is over. If each
 * of thousands that wait for the log had its own line, these would bury all others.
 */
export class Outage {
  readonly #options: OutageOptions;
  #timer: NodeJS.Timeout | null = null;
  #began = 0;
  /** When it first worked since the last failure. Null if it has not. */
  #over: number | null = null;
  #times = 0;
  #unsaid = 0;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** Called when a request met the failure. The first line has these fields. */
  failed(fields: () => Record<string, unknown>): void {
    const { logger, failing, every = EVERY } = this.#options;
    this.#over = null;
    this.#times += 1;
    if (this.#timer) return void (this.#unsaid += 1);
    this.#began = performance.now();
    logger.error(fields(), failing);
    this.#timer = setInterval(() => this.#tick(), every).unref();
  }

  /** Called when a request did not meet the failure. */
  worked(): void {
    if (this.#timer) this.#over ??= performance.now();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Logs how it stands. A failure is over only at a tick: one that comes and goes would otherwise end again and again. */
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
