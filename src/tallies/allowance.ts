export interface AllowanceOptions {
  /** How many requests are granted in a second. */
  readonly rate: number;
  /** How many requests are granted at once after a pause. */
  readonly burst: number;
  /** How many refused requests count as well, if the client goes on asking. */
  readonly debt?: number;
  /** Milliseconds of a clock that only goes forward: one that is set back would stop everybody. */
  readonly clock: () => number;
}

/** Grants so many requests a second: a bucket that fills with time, and from which each request takes one. */
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

  /** Whether a request would be granted. */
  get isLeft(): boolean {
    this.#fill();
    return this.#left >= 1;
  }

  /** Whether nothing is used up. */
  get isFull(): boolean {
    this.#fill();
    return this.#left >= this.#burst;
  }

  /** Whether so many requests were refused that the client itself should be sent away. */
  get isOverdrawn(): boolean {
    return this.#left < 1 - this.#debt;
  }

  /** Takes one. Returns whether it is granted. */
  take(): boolean {
    const granted = this.isLeft;
    // It never falls below the debt. Without a debt, refused requests take nothing: a client that keeps on asking must get some.
    if (this.#left - 1 >= -this.#debt) this.#left -= 1;
    return granted;
  }

  #fill(): void {
    const now = this.#clock();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#filled) * this.#rate) / 1000);
    this.#filled = now;
  }
}
