export interface AllowanceOptions {
  /** How many a second. */
  readonly rate: number;
  /** How many at once, after a pause. */
  readonly burst: number;
  /** How many refused ones count as well, if the client goes on asking. */
  readonly debt?: number;
  /** Milliseconds that only ever grow: a clock that is set back would stop everybody. */
  readonly clock: () => number;
}

/** So many a second: a bucket that fills up with time and is emptied one by one. */
export class Allowance {
  readonly #rate: number;
  readonly #burst: number;
  readonly #debt: number;
  readonly #clock: () => number;
  #left: number;
  #filled: number;

  constructor({ rate, burst, debt = 0, clock }: AllowanceOptions) {
    this.#rate = rate;
    this.#burst = burst;
    this.#debt = debt;
    this.#clock = clock;
    this.#left = burst;
    this.#filled = clock();
  }

  /** Whether one would be granted. */
  get isLeft(): boolean {
    this.#fill();
    return this.#left >= 1;
  }

  /** Whether nothing of it is used up. */
  get isFull(): boolean {
    this.#fill();
    return this.#left >= this.#burst;
  }

  /** Whether so much was asked for in vain that asking itself is the trouble. */
  get isOverdrawn(): boolean {
    return this.#left < 1 - this.#debt;
  }

  /** Takes one. Says whether there was one. */
  take(): boolean {
    const granted = this.isLeft;
    // Not below the debt: what is refused without one takes nothing, or a client that asks all the time would get none.
    if (this.#left - 1 >= -this.#debt) this.#left -= 1;
    return granted;
  }

  #fill(): void {
    const now = this.#clock();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#filled) * this.#rate) / 1000);
    this.#filled = now;
  }
}
