import { setImmediate } from 'node:timers/promises';

/** How long the lanes may keep the event loop, in milliseconds, before other work gets a turn. */
const SPELL = 5;
/** How many places of finished work may stay in the queue before they are cut off. */
const DONE = 1_000;

/**
 * A queue for work that thousands may want at the same moment: catching up, handshakes, checking tokens. Without it, such
 * work would fill every turn until all of it is done, with all that it needs in memory at once, and a delivery or a query
 * would wait for all of it.
 */
export class Lanes {
  readonly #waiting: ((() => Promise<void>) | null)[] = [];
  #next = 0;
  #free: number;
  #began = 0;
  #pause: Promise<void> | null = null;

  /** @param count how many pieces of work may be under way at once. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Does the work when its turn comes, and answers with its outcome. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      }
    });
    if (this.#free > 0) void this.#open();
    return promise;
  }

  async #open(): Promise<void> {
    this.#free -= 1;
    for (;;) {
      // All lanes pause together. If each paused by itself, there would be as many spells as there are lanes.
      while (performance.now() - this.#began > SPELL) await (this.#pause ??= this.#breathe());
      const work = this.#waiting[this.#next];
      if (!work) break;
      // The work may hold a whole request, which must not stay in memory until the queue is cut off.
      this.#waiting[this.#next] = null;
      this.#next += 1;
      if (this.#next >= DONE) this.#cut();
      await work();
    }
    this.#cut();
    this.#free += 1;
  }

  async #breathe(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
    this.#pause = null;
  }

  #cut(): void {
    this.#waiting.splice(0, this.#next);
    this.#next = 0;
  }
}
