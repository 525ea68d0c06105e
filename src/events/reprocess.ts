import type { Cursor } from './cursor.ts';
import type { Issue } from './quarantine.ts';

/**
 * What became of an event when the present code ran over it: it has another form now (in a dry run: it would have), it came out
 * as it is kept, it does not fit any more and stays as it was, its payload is gone, or it turned out to be a request for privacy.
 */
export type Outcome = 'REVISED' | 'SAME' | 'UNFIT' | 'WITHOUT_RAW' | 'ERASING';

/** Which events, and how. */
export interface ReprocessRequest {
  readonly source: string | null;
  /** The provider's own name. */
  readonly type: string | null;
  /** Events that occurred at this moment or later, in milliseconds since 1970. */
  readonly since: number | null;
  /** Only looks what would become of them. */
  readonly dryRun: boolean;
  /** Where to go on. */
  readonly after?: Cursor;
  /** After how many milliseconds to pause, to go on from there; never when it is left out. */
  readonly within?: number;
  /** Told again and again how far it is, and at which position it will end. */
  readonly progress?: (done: Reprocessed, last: number) => void;
}

/** Events of one source and type that had the same outcome. */
export interface ReprocessedEvents {
  readonly source: string;
  readonly type: string;
  readonly outcome: Outcome;
  /** The name of our type that they had, and of those that were revised the one that they have now. */
  readonly typename: string;
  readonly becomes: string | null;
  /** Of those that don't fit: where, and what was expected. Never what stood there. */
  readonly issues: readonly Issue[];
  readonly count: number;
}

export interface Reprocessed {
  readonly events: readonly ReprocessedEvents[];
  /** Everything up to here was looked at. */
  readonly end: Cursor;
  /** Whether that was all that there was when it began. */
  readonly isDone: boolean;
}

/** Runs the present code over what is kept. */
export interface Reprocessor {
  /** @throws {HookcastError} OVERLOADED while somebody else is at it, CURSOR_EXPIRED, or LOG_UNAVAILABLE. */
  run(request: ReprocessRequest): Promise<Reprocessed>;
}
