import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Dice } from '../faults/dice.ts';

interface Task {
  readonly at: number;
  readonly run: () => void;
}

const realImmediate = setImmediate;
const require = createRequire(import.meta.url);

/**
 * A world without real time: one queue of what is due, a clock that only moves to the next task, and dice that choose between tasks that
 * are due at the same moment. Everything that the code under test can wait for is in the queue, so that a seed replays exactly.
 */
export class World {
  readonly dice: Dice;
  /** Milliseconds. */
  now = 1_000;
  steps = 0;
  #tasks: Task[] = [];

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** Puts this world's time in the place of the process's own, for good: a process simulates and does nothing else. */
  install(): void {
    const timer = (delay: number, run: () => void) => {
      const task = this.after(delay, run);
      const handle = { ref: () => handle, unref: () => handle, task };
      return handle;
    };
    const clear = (handle?: { readonly task: Task }) => handle && this.cancel(handle.task);
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delay = 1) => timer(delay, run),
      setImmediate: (run: () => void) => timer(0, run),
      clearTimeout: clear,
      clearImmediate: clear,
    });
    Object.assign(require('node:timers/promises'), {
      setTimeout: (delay: number, value: unknown, options?: { readonly signal?: AbortSignal }) =>
        this.#wait(delay, value, options?.signal),
      setImmediate: (value: unknown) => this.#wait(0, value),
    });
    syncBuiltinESMExports();
    // Work takes time, so that whatever pauses after a spell of it does so here and there.
    const now = () => (this.now += this.dice.chance(0.1) ? this.dice.below(4) : 0);
    Object.defineProperty(performance, 'now', { value: now, configurable: true });
    Date.now = () => Math.floor(this.now);
  }

  after(delay: number, run: () => void): Task {
    const task = { at: this.now + Math.max(delay, 0), run };
    this.#tasks.push(task);
    return task;
  }

  cancel(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
  }

  /** Lets time go by, up to so many tasks. Says whether it came to the end of that time. */
  async run(milliseconds: number, mostSteps = Infinity): Promise<boolean> {
    const until = this.now + milliseconds;
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const task = this.#next(until);
      if (!task) {
        this.now = Math.max(this.now, until);
        return true;
      }
      this.now = Math.max(this.now, task.at);
      this.steps += 1;
      task.run();
      // Everything that follows from it without waiting: a turn of the real event loop has emptied the queue of microtasks.
      await new Promise((resolve) => realImmediate(resolve));
    }
    return false;
  }

  #next(until: number): Task | null {
    let earliest = Infinity;
    for (const { at } of this.#tasks) earliest = Math.min(earliest, Math.max(at, this.now));
    if (earliest > until) return null;
    const due = this.#tasks.filter(({ at }) => Math.max(at, this.now) === earliest);
    const task = this.dice.pick(due);
    this.cancel(task);
    return task;
  }

  #wait<T>(delay: number, value: T, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const task = this.after(delay, () => resolve(value));
      signal?.addEventListener('abort', () => {
        this.cancel(task);
        reject(signal.reason as Error);
      });
    });
  }
}
