import { setImmediate } from 'node:timers/promises';

/** For how long work may be begun, in milliseconds, before everybody else has a turn. */
const SPELL = 5;

/**
 * Begins so much in a turn of the event loop and no more, and keeps only so much under way. When thousands come back at
 * once, all that they ask is there to be read in one turn, and all their tokens to be checked by four threads: a query
 * between them would wait for the lot.
 */
export class Pace {
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  #underWay = 0;
  #running = false;

  /** @param most how much may be under way. */
  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#running) void this.#begin();
    });
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (!this.#running) void this.#begin();
    }
  }

  async #begin(): Promise<void> {
    this.#running = true;
    let began = performance.now();
    let next = 0;
    for (; next < this.#waiting.length && this.#underWay < this.#most; next += 1) {
      this.#underWay += 1;
      this.#waiting[next]!();
      // It begins now, and goes on as far as it gets by itself.
      await Promise.resolve();
      if (performance.now() - began < SPELL) continue;
      await setImmediate();
      began = performance.now();
    }
    this.#waiting.splice(0, next);
    this.#running = false;
  }
}
