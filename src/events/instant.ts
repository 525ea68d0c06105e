/** A moment, and how the provider wrote it: providers send microseconds and offsets that a number would lose. */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly at: number;
  /** As received. */
  readonly text: string;
}
