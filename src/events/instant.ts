/** A moment, and the provider's text for it. Providers send microseconds and offsets, which a number would lose. */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly at: number;
  readonly text: string;
}
