import type { RecordedEvent } from './event.ts';

/** One item of the log, handed on to those who are live. */
export interface Publication {
  /** Null for an erasure and for a revision. */
  readonly event: RecordedEvent | null;
  /** How many cohorts and subscribers took it. */
  readonly cohorts: number;
  readonly subscribers: number;
  /** When it began and ended, as `performance.now` has it. */
  readonly began: number;
  readonly ended: number;
  /** Not when the log is read again from an earlier place. */
  readonly isFresh: boolean;
}
