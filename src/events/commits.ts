/** Told of what becomes of appends, for the metrics. */
export interface Commits {
  /** So many events went into one transaction, and how long that took from its beginning to its answer. */
  committed(events: number, seconds: number): void;
  /** So many events could not be recorded in time. */
  failed(events: number): void;
}
