import { setImmediate } from 'node:timers/promises';

/** How many work at once. Each has at most one page of the log in memory. */
const LANES = 8;
/** For how long they may keep the event loop, in milliseconds, before everybody else has a turn. */
const SPELL = 5;

/**
 * Where subscribers queue for the work of catching up. Thousands that come back at once would otherwise each read
 * their page in the same turn, with all pages in memory and no delivery or query answered until they are done.
 */
export class Lanes {
  readonly #waiting: (() => Promise<void> | void)[] = [];
  #next = 0;
  #free = LANES;
  #began = 0;
  #pause: Promise<void> | null = null;

  /** Does the work when its turn comes. It must not throw. */
  take(work: () => Promise<void> | void): void {
    this.#waiting.push(work);
    if (this.#free > 0) void this.#run();
  }

  async #run(): Promise<void> {
    this.#free -= 1;
    for (;;) {
      // All of them together, and in the next turn again: each by itself would make eight spells of one.
      while (performance.now() - this.#began > SPELL) await (this.#pause ??= this.#breathe());
      const work = this.#shift();
      if (!work) break;
      await work();
    }
    this.#free += 1;
  }

  async #breathe(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
    this.#pause = null;
  }

  #shift(): (() => Promise<void> | void) | undefined {
    const work = this.#waiting[this.#next];
    this.#next += 1;
    if (this.#next < this.#waiting.length) return work;
    this.#waiting.length = 0;
    this.#next = 0;
    return work;
  }
}
