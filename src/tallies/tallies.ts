/** Counts by key, such as the connections of an address, or the queries under way of a token's holder. */
export interface Tally {
  /** Adds one if there may be one more. Returns whether it did. */
  add(key: string): boolean;
  /** Takes back one that was added here. */
  remove(key: string): void;
}

/** Counts how many different things each owner has, however often it has each of them. */
export interface Variety {
  /** Adds one if the owner has this thing already or may have another one. Returns whether it did. */
  add(owner: string, thing: string): boolean;
  remove(owner: string, thing: string): void;
}

/** Grants each key so many requests in a second, and as many at once after a pause. */
export interface Rates {
  /** Whether a request would be granted. */
  isLeft(key: string): boolean;
  /** Takes one. Returns whether it is granted. */
  take(key: string): boolean;
}

/** The counts behind limits: of this gateway alone, or of all workers of a process together. */
export interface Tallies {
  /**
   * @param name tallies with the same name are the same, in all workers.
   * @param most 0 means any number. Then nothing is counted.
   */
  tally(name: string, most: number): Tally;
  variety(name: string, most: number): Variety;
  /** @param rate how many in a second; 0 means any number. */
  rates(name: string, rate: number): Rates;
}
