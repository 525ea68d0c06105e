import type { Cursor } from './cursor.ts';
import type { Issue } from './quarantine.ts';

/**
 * What happened to an event when the present code ran over it. REVISED: it has another form now, or in a dry run it would have.
 * SAME: it has not changed. UNFIT: it does not fit any more and stays as it was. WITHOUT_RAW: its payload is gone. ERASING: it
 * turned out to be a request for privacy.
 */
export type Outcome = 'REVISED' | 'SAME' | 'UNFIT' | 'WITHOUT_RAW' | 'ERASING';

export interface ReprocessRequest {
  readonly source: string | null;
  /** The provider's own name. */
  readonly type: string | null;
  /** Events that occurred at this moment or later, in milliseconds since 1970. */
  readonly since: number | null;
  /** Only reports what would happen to the events. */
  readonly dryRun: boolean;
  /** The cursor after which to continue. */
  readonly after?: Cursor;
  /** After how many milliseconds to stop, so that a later call can continue. If it is left out, the call doesn't stop early. */
  readonly within?: number;
  /** Called repeatedly with the progress so far and the position at which the work will end. */
  readonly progress?: (done: Reprocessed, last: number) => void;
}

/** Events of one source and type that had the same outcome. */
export interface ReprocessedEvents {
  readonly source: string;
  readonly type: string;
  readonly outcome: Outcome;
  /** The name of the GraphQL type that the events had. `becomes` is the one that revised events have now. */
  readonly typename: string;
  readonly becomes: string | null;
  /** The issues of events that don't fit: the place, and what was expected there. Never the value. */
  readonly issues: readonly Issue[];
  readonly count: number;
}

export interface Reprocessed {
  readonly events: readonly ReprocessedEvents[];
  /** All events up to here were examined. */
  readonly end: Cursor;
  /** Whether all events that the log had at the beginning were examined. */
  readonly isDone: boolean;
}

/** Runs the present code over recorded events. */
export interface Reprocessor {
  /** @throws {HookcastError} OVERLOADED while another reprocessing runs, CURSOR_EXPIRED, or LOG_UNAVAILABLE. */
  run(request: ReprocessRequest): Promise<Reprocessed>;
}
