/** Memory that a reader has until it gives it back. */
export interface Portion {
  /** Gives back all bytes, or all except those that were really needed. */
  giveBack(keeping?: number): void;
}

interface Waiting {
  readonly bytes: number;
  readonly begin: (portion: Portion) => void;
}

/**
 * The memory that all readers of the log share. If it is used up, they wait for each other. A reader takes beforehand all that it
 * may need: two readers that each had a part, and waited for the rest, would wait for ever.
 */
export class Ration {
  readonly #bytes: number;
  readonly #waited: () => void;
  readonly #waiting: Waiting[] = [];
  #left: number;

  /** @param waited called for each reader that has to wait. */
  constructor(bytes: number, waited: () => void = () => {}) {
    this.#bytes = bytes;
    this.#left = bytes;
    this.#waited = waited;
  }

  /** How many bytes are taken. */
  get taken(): number {
    return this.#bytes - this.#left;
  }

  /** Serves readers in the order in which they ask. A reader that asks for more than the whole ration gets the whole. */
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
