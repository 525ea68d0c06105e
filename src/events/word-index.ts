/** How far the index of words has come. */
export interface WordProgress {
  /** How many events were indexed now. */
  readonly indexed: number;
  /** About how many events are left that can be indexed now. If it is 0, there is nothing to do before the head moves. */
  readonly left: number;
}

/**
 * The log's index of the words of its events, for searches. It is behind the head: a search looks through the events that are not
 * indexed yet. So it is never incomplete, and an append costs nothing more.
 */
export interface WordIndex {
  /**
   * Indexes some of the events that are not indexed yet. If several gateways do so at the same time, each event is still indexed
   * once, and no erased word comes back.
   */
  advance(): Promise<WordProgress>;
}
