import { HookcastError, toHookcastError } from '../errors.ts';

/** How long one failure to record counts as a sign for later deliveries, in milliseconds. */
const SPEAKS_FOR = 3_000;

/** The deliveries that wait for the log. Only authentic ones come here, so nobody else can fill the places. */
export class Backlog {
  readonly #most: number;
  #waiting = 0;
  #failedAt = -Infinity;

  /** @param most how many deliveries may wait at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Whether deliveries can't be recorded, judging by the last ones. It is true for three seconds at most: senders that stay
   * away because of it could not find out that the failure has passed.
   */
  get isFailing(): boolean {
    // The clock can't be set back: otherwise this could stay true for an hour.
    return performance.now() - this.#failedAt < SPEAKS_FOR;
  }

  /** Does the work that records a delivery. @throws {HookcastError} OVERLOADED, LOG_UNAVAILABLE, or another code of the work's own. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most) {
      throw new HookcastError('OVERLOADED', 'Too many deliveries wait for the log. Send this one again later.');
    }
    this.#waiting += 1;
    try {
      const done = await work();
      this.#failedAt = -Infinity;
      return done;
    } catch (error) {
      this.#failedAt = performance.now();
      const known = toHookcastError(error);
      // After any error here, the provider is asked to send the delivery again: after a 500 it may give up.
      if (known.code !== 'INTERNAL') throw known;
      throw new HookcastError('LOG_UNAVAILABLE', 'The delivery could not be recorded. Send it again later.', {
        cause: known,
      });
    } finally {
      this.#waiting -= 1;
    }
  }
}
