import type { RecordedEvent } from './event.ts';

/** One item of the log that was published to live subscribers. */
export interface Publication {
  /** Null for an erasure and for a revision. */
  readonly event: RecordedEvent | null;
  /** How many cohorts and subscribers took it. */
  readonly cohorts: number;
  readonly subscribers: number;
  /** When publishing began and ended, by `performance.now()`. */
  readonly began: number;
  readonly ended: number;
  /** False if the log is read again from an earlier position. */
  readonly isFresh: boolean;
}
