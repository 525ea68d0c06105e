import { Allowance } from './allowance.ts';
import type { Rates, Tallies, Tally, Variety } from './tallies.ts';

/** How often full allowances are forgotten, in milliseconds. */
const SWEEP = 10_000;

/** The counts of one gateway that shares them with no other. */
export class OwnTallies implements Tallies {
  readonly #clock: () => number;

  /** @param clock milliseconds of a clock that only goes forward. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  tally(_name: string, most: number): Tally {
    return new OwnTally(most);
  }

  variety(_name: string, most: number): Variety {
    return new OwnVariety(most);
  }

  rates(_name: string, rate: number): Rates {
    return new OwnRates(rate, this.#clock);
  }
}

/** A key whose count is 0 is not kept. */
class OwnTally implements Tally {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  add(key: string): boolean {
    if (this.#most === 0) return true;
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  remove(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

class OwnVariety implements Variety {
  readonly #most: number;
  readonly #owners = new Map<string, Map<string, number>>();

  constructor(most: number) {
    this.#most = most;
  }

  add(owner: string, thing: string): boolean {
    if (this.#most === 0) return true;
    const things = this.#owners.get(owner) ?? new Map<string, number>();
    const count = things.get(thing) ?? 0;
    if (count === 0 && things.size >= this.#most) return false;
    things.set(thing, count + 1);
    this.#owners.set(owner, things);
    return true;
  }

  remove(owner: string, thing: string): void {
    const things = this.#owners.get(owner);
    if (!things) return;
    const count = things.get(thing) ?? 0;
    if (count > 1) things.set(thing, count - 1);
    else things.delete(thing);
    if (things.size === 0) this.#owners.delete(owner);
  }
}

class OwnRates implements Rates {
  readonly #rate: number;
  readonly #clock: () => number;
  readonly #allowances = new Map<string, Allowance>();
  #swept: number;

  constructor(rate: number, clock: () => number) {
    this.#rate = rate;
    this.#clock = clock;
    this.#swept = clock();
  }

  isLeft(key: string): boolean {
    return this.#rate === 0 || this.#of(key).isLeft;
  }

  take(key: string): boolean {
    return this.#rate === 0 || this.#of(key).take();
  }

  #of(key: string): Allowance {
    if (this.#clock() - this.#swept > SWEEP) this.#sweep();
    let allowance = this.#allowances.get(key);
    if (!allowance) {
      allowance = new Allowance({ rate: this.#rate, burst: this.#rate, clock: this.#clock });
      this.#allowances.set(key, allowance);
    }
    return allowance;
  }

  #sweep(): void {
    this.#swept = this.#clock();
    for (const [key, allowance] of this.#allowances) if (allowance.isFull) this.#allowances.delete(key);
  }
}
