import type { Logger } from 'pino';

/** How long a source is not logged again, in milliseconds: anybody can send bodies that are too large, as often as they like. */
const EVERY = 60_000;

/** Logs, once a minute for each source, that a delivery was too large and is lost although it was answered 200. */
export class Dropped {
  readonly #logger: Logger;
  readonly #clock: () => number;
  readonly #saidAt = new Map<string, number>();

  /** @param clock milliseconds of a clock that only goes forward. */
  constructor(logger: Logger, clock: () => number) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** @param line the fields of the delivery's own line. */
  say(source: string, line: Readonly<Record<string, unknown>>, most: number): void {
    const now = this.#clock();
    const saidAt = this.#saidAt.get(source);
    if (saidAt !== undefined && now - saidAt < EVERY) return;
    this.#saidAt.set(source, now);
    this.#logger.warn(
      { ...line, most },
      'a delivery was larger than its source takes, and is lost; it was answered 200, since its sender would otherwise stop ' +
        'all deliveries. Raise MAX_BODY_BYTES for the next ones, and ask the provider for the lost event',
    );
  }
}
