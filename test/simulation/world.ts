import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Dice } from '../faults/dice.ts';

export interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** How often a task is held back, and for how many milliseconds at most. */
export interface Holding {
  readonly share: number;
  readonly most: number;
}

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
  /**
   * To choose anew at each step finds what depends on one order of two tasks that are due together. Many mistakes need that one task waits
   * while some dozens of others go on; so some tasks are held back from the beginning.
   */
  holding: Holding = { share: 0, most: 0 };
  readonly #tasks: Task[] = [];

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
    const { share, most } = this.holding;
    const held = share > 0 && this.dice.chance(share) ? this.dice.below(most) : 0;
    const task = { at: this.now + Math.max(delay, 0) + held, run };
    this.#tasks.push(task);
    return task;
  }

  cancel(task: Task): void {
    const index = this.#tasks.indexOf(task);
    if (index !== -1) this.#take(index);
  }

  /** Lets time go by, up to so many tasks. Says whether it came to the end of that time. */
  async run(milliseconds: number, mostSteps = Infinity): Promise<boolean> {
    const until = this.now + milliseconds;
    // For what was done since the last time.
    await turn();
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const task = this.#next(until);
      if (!task) {
        this.now = Math.max(this.now, until);
        return true;
      }
      this.now = Math.max(this.now, task.at);
      this.steps += 1;
      task.run();
      await turn();
    }
    return false;
  }

  /** One of those that are due first, each with the same chance. */
  #next(until: number): Task | null {
    let earliest = Infinity;
    let chosen = -1;
    let due = 0;
    for (let index = 0; index < this.#tasks.length; index += 1) {
      const at = Math.max(this.#tasks[index]!.at, this.now);
      if (at > until || at > earliest) continue;
      due = at < earliest ? 1 : due + 1;
      earliest = at;
      if (due === 1 || this.dice.below(due) === 0) chosen = index;
    }
    return chosen === -1 ? null : this.#take(chosen);
  }

  #take(index: number): Task {
    const task = this.#tasks[index]!;
    const last = this.#tasks.pop()!;
    if (last !== task) this.#tasks[index] = last;
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

/** Resolves when everything is done that follows without waiting: Node calls a tick once there are no microtasks left. */
function turn(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
