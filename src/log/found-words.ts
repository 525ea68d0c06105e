/** The positions of events that fit a search, in the order of the request. */
export interface FoundWords {
  readonly seqs: readonly number[];
  /** The position that the search has reached; null if it has come to the end, or found as many events as were asked for. */
  readonly reach: number | null;
}
