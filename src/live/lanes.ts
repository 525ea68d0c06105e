import { setImmediate } from 'node:timers/promises';

/** For how long they may keep the event loop, in milliseconds, before everybody else has a turn. */
const SPELL = 5;
/** How much that is done may stay in the queue before it is cut off. */
const DONE = 1_000;

/**
 * Where work queues that thousands may want done at the same moment: catching up, handshakes, checking tokens. Done as
 * it comes, it would have every turn to itself until all of it is done, with all that it needs in memory at once, and a
 * delivery or a query between them would wait for the lot.
 */
export class Lanes {
  readonly #waiting: ((() => Promise<void>) | null)[] = [];
  #next = 0;
  #free: number;
  #began = 0;
  #pause: Promise<void> | null = null;

  /** @param count how much may be under way at once. */
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
      // All of them together, and in the next turn again: each by itself would make as many spells as there are lanes.
      while (performance.now() - this.#began > SPELL) await (this.#pause ??= this.#breathe());
      const work = this.#waiting[this.#next];
      if (!work) break;
      // What it holds may be a whole request, which must not stay until the queue is cut off.
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
