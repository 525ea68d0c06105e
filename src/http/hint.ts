import type { Logger } from 'pino';

/** How long a hint is not given again, in milliseconds: strangers can cause it as often as they like. */
const AGAIN = 3_600_000;

/** Tells the operator of something that only the operator can mend: at once, and then at most once an hour. */
export class Hint {
  readonly #logger: Logger;
  #given = -Infinity;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  give(fields: Readonly<Record<string, unknown>>, message: string): void {
    const now = performance.now();
    if (now - this.#given < AGAIN) return;
    this.#given = now;
    this.#logger.warn(fields, message);
  }
}
