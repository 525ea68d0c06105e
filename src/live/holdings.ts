import { HookcastError } from '../errors.ts';
import type { HolderLimits, Limit, OnLimit } from '../limits.ts';
import type { Tallies, Tally, Variety } from '../tallies/tallies.ts';

export type HoldingLimits = Pick<HolderLimits, 'subscriptions' | 'different' | 'allDifferent'>;

/**
 * Counts the subscriptions of each token's holder, and how many of them differ. Equal subscriptions are executed once for each
 * event, however many there are, and each costs only a frame. Each different one costs time and memory.
 */
export class Holdings {
  readonly #limits: HoldingLimits;
  readonly #onLimit: OnLimit;
  readonly #subscriptions: Tally;
  readonly #different: Variety;

  constructor(limits: HoldingLimits, tallies: Tallies, onLimit: OnLimit) {
    this.#limits = limits;
    this.#onLimit = onLimit;
    this.#subscriptions = tallies.tally('subscriptions of', limits.subscriptions);
    this.#different = tallies.variety('different subscriptions of', limits.different);
  }

  /**
   * Counts one more subscriber.
   *
   * @param others how many different subscriptions there are; null if this one is the same as one of them.
   * @throws {HookcastError} TOO_MANY_REQUESTS when it would be one too many.
   */
  enter(holder: string, key: string, others: number | null): void {
    const { subscriptions, different, allDifferent } = this.#limits;
    if (!this.#subscriptions.add(holder)) {
      throw this.#tooMany(
        'subscriptions_per_token',
        `A token's holder may run ${subscriptions} subscriptions. End another one first.`,
      );
    }
    if (!this.#different.add(holder, key)) {
      this.#subscriptions.remove(holder);
      throw this.#tooMany(
        'different_per_token',
        `A token's holder may run ${different} different subscriptions. Use one that you run already, or end another one first.`,
      );
    }
    if (others !== null && allDifferent > 0 && others >= allDifferent) {
      this.leave(holder, key);
      const message = 'This gateway has reached its limit of different subscriptions. Try again later.';
      throw this.#tooMany('different', message);
    }
  }

  leave(holder: string, key: string): void {
    this.#subscriptions.remove(holder);
    this.#different.remove(holder, key);
  }

  #tooMany(limit: Limit, message: string): HookcastError {
    this.#onLimit(limit);
    return new HookcastError('TOO_MANY_REQUESTS', message);
  }
}
