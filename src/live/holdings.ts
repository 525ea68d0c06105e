import { HookcastError } from '../errors.ts';
import type { HolderLimits, Limit, Limited } from '../limits.ts';

export type HoldingLimits = Pick<HolderLimits, 'subscriptions' | 'different' | 'allDifferent'>;

/** What one holder has: how many subscribers, and how many of each subscription, by its key. */
interface Holding {
  subscribers: number;
  readonly keys: Map<string, number>;
}

/**
 * How many subscriptions each token's holder has, and how many that differ. Those that are the same are executed once for
 * each event, however many they are, and each is written a frame; of those that differ, each takes its time and its room.
 */
export class Holdings {
  readonly #limits: HoldingLimits;
  readonly #limited: Limited;
  readonly #holders = new Map<string, Holding>();

  constructor(limits: HoldingLimits, limited: Limited) {
    this.#limits = limits;
    this.#limited = limited;
  }

  /**
   * Counts one more subscriber.
   *
   * @param others how many different subscriptions there are; null when this one is the same as one of them.
   * @throws {HookcastError} TOO_MANY_REQUESTS when it would be one too many.
   */
  enter(holder: string, key: string, others: number | null): void {
    const { subscriptions, different, allDifferent } = this.#limits;
    const { subscribers, keys } = this.#holders.get(holder) ?? { subscribers: 0, keys: new Map<string, number>() };
    if (isReached(subscriptions, subscribers)) {
      throw this.#tooMany(
        'subscriptions_per_token',
        `A token's holder may run ${subscriptions} subscriptions. End another one first.`,
      );
    }
    if (!keys.has(key) && isReached(different, keys.size)) {
      throw this.#tooMany(
        'different_per_token',
        `A token's holder may run ${different} different subscriptions. Use one that you run already, or end another one first.`,
      );
    }
    if (others !== null && isReached(allDifferent, others)) {
      const message = 'This gateway runs all the different subscriptions that it may. Try again later.';
      throw this.#tooMany('different', message);
    }
    keys.set(key, (keys.get(key) ?? 0) + 1);
    this.#holders.set(holder, { subscribers: subscribers + 1, keys });
  }

  leave(holder: string, key: string): void {
    const holding = this.#holders.get(holder);
    if (!holding) return;
    holding.subscribers -= 1;
    const count = holding.keys.get(key) ?? 0;
    if (count > 1) holding.keys.set(key, count - 1);
    else holding.keys.delete(key);
    if (holding.subscribers === 0) this.#holders.delete(holder);
  }

  #tooMany(limit: Limit, message: string): HookcastError {
    this.#limited(limit);
    return new HookcastError('TOO_MANY_REQUESTS', message);
  }
}

/** @param most 0 is any number. */
function isReached(most: number, count: number): boolean {
  return most > 0 && count >= most;
}
