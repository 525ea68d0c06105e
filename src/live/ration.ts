/** Memory that somebody has until it is given back. */
export interface Portion {
  /** Gives back all of it, or what is beyond what was really needed. */
  giveBack(keeping?: number): void;
}

interface Waiting {
  readonly bytes: number;
  readonly begin: (portion: Portion) => void;
}

/**
 * The memory that all who read the log have together, so that many at once wait for each other instead of filling it. A reader
 * takes beforehand all that it may need: two who each had a part, and waited for the rest, would wait for ever.
 */
export class Ration {
  readonly #bytes: number;
  readonly #waited: () => void;
  readonly #waiting: Waiting[] = [];
  #left: number;

  /** @param waited told of each who has to wait. */
  constructor(bytes: number, waited: () => void = () => {}) {
    this.#bytes = bytes;
    this.#left = bytes;
    this.#waited = waited;
  }

  /** How much is taken. */
  get taken(): number {
    return this.#bytes - this.#left;
  }

  /** In the order of asking. A reader that asks for more than there is gets all of it. */
  take(bytes: number): Promise<Portion> {
    return new Promise((begin) => {
      this.#waiting.push({ bytes: Math.min(bytes, this.#bytes), begin });
      this.#serve();
      if (this.#waiting.length > 0) this.#waited();
    });
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#left; next = this.#waiting[0]) {
      this.#waiting.shift();
      next.begin(this.#portion(next.bytes));
    }
  }

  #portion(bytes: number): Portion {
    let has = bytes;
    this.#left -= bytes;
    return {
      giveBack: (keeping = 0) => {
        const back = Math.max(has - keeping, 0);
        has -= back;
        this.#left += back;
        this.#serve();
      },
    };
  }
}
