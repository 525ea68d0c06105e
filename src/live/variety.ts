import { HookcastError } from '../errors.ts';
import type { HolderLimits, Limited } from '../limits.ts';

export type VarietyLimits = Pick<HolderLimits, 'subscriptions' | 'allSubscriptions'>;

/**
 * How many different subscriptions each token's holder has, and all have together. Those that are the same are executed
 * once for each event, however many they are; of those that differ, each takes its time and its room.
 */
export class Variety {
  readonly #limits: VarietyLimits;
  readonly #limited: Limited;
  /** How many subscribers each holder has of each subscription, by its key. */
  readonly #holders = new Map<string, Map<string, number>>();

  constructor(limits: VarietyLimits, limited: Limited) {
    this.#limits = limits;
    this.#limited = limited;
  }

  /**
   * Counts one more subscriber.
   *
   * @param others how many different ones there are; null when this one is the same as one of them.
   * @throws {HookcastError} TOO_MANY_REQUESTS when it would be one too many.
   */
  enter(holder: string, key: string, others: number | null): void {
    const { subscriptions, allSubscriptions } = this.#limits;
    const keys = this.#holders.get(holder);
    const count = keys?.get(key) ?? 0;
    if (count === 0 && subscriptions > 0 && (keys?.size ?? 0) >= subscriptions) {
      this.#limited('different_per_token');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `A token's holder may run ${subscriptions} different subscriptions. Use one that you run already, or end another one first.`,
      );
    }
    if (others !== null && allSubscriptions > 0 && others >= allSubscriptions) {
      this.#limited('different');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        'This gateway runs all the different subscriptions that it may. Try again later.',
      );
    }
    if (keys) keys.set(key, count + 1);
    else this.#holders.set(holder, new Map([[key, 1]]));
  }

  leave(holder: string, key: string): void {
    const keys = this.#holders.get(holder);
    const count = keys?.get(key) ?? 0;
    if (count > 1) return void keys?.set(key, count - 1);
    keys?.delete(key);
    if (keys?.size === 0) this.#holders.delete(holder);
  }
}
