/** How many of something each one has: connections of an address, queries under way of a token's holder. */
export interface Tally {
  /** Adds one, if there may be one more. Says whether. */
  add(key: string): boolean;
  /** Takes back one that was added here. */
  remove(key: string): void;
}

/** How many different things each one has, however often each of them. */
export interface Variety {
  /** Adds one, if the owner has such a thing already or may have one more. Says whether. */
  add(owner: string, thing: string): boolean;
  remove(owner: string, thing: string): void;
}

/** How many each one may do in a second, and as many at once after a pause. */
export interface Rates {
  /** Whether one would be granted. */
  isLeft(key: string): boolean;
  /** Takes one. Says whether there was one. */
  take(key: string): boolean;
}

/** What limits are held to: counts of this gateway alone, or of all workers of a machine together. */
export interface Tallies {
  /**
   * @param name two with one name are the same tally, in whichever worker.
   * @param most 0 is any number, and not counted.
   */
  tally(name: string, most: number): Tally;
  variety(name: string, most: number): Variety;
  /** @param rate how many a second; 0 is any number. */
  rates(name: string, rate: number): Rates;
}
