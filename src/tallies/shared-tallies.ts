import type { Ledger } from './ledger.ts';
import type { Rates, Tallies, Tally, Variety } from './tallies.ts';

const ANY_NUMBER = { add: () => true, remove: () => {} };

/** The counts that a worker shares with all others. */
export class SharedTallies implements Tallies {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  tally(name: string, most: number): Tally {
    if (most === 0) return ANY_NUMBER;
    const ledger = this.#ledger;
    return {
      add: (key) => ledger.add(`${name} ${key}`, most),
      remove: (key) => ledger.remove(`${name} ${key}`),
    };
  }

  variety(name: string, most: number): Variety {
    if (most === 0) return ANY_NUMBER;
    const ledger = this.#ledger;
    return {
      add: (owner, thing) => ledger.addPart(`${name} ${owner}`, thing, most),
      remove: (owner, thing) => ledger.removePart(`${name} ${owner}`, thing),
    };
  }

  rates(name: string, rate: number): Rates {
    const ledger = this.#ledger;
    return {
      isLeft: (key) => rate === 0 || ledger.take(`${name} ${key}`, rate, 0),
      take: (key) => rate === 0 || ledger.take(`${name} ${key}`, rate, 1),
    };
  }
}
