import type { Cursor } from './cursor.ts';
import type { NewEvent, RecordedEvent } from './event.ts';

/** The members that filters use and that a revision may change. */
export type Former = Pick<NewEvent, 'type' | 'shape' | 'kind' | 'subject'>;

/**
 * The record, at a position of the log, that the present code gave an event another form. Subscribers get it in order, like an
 * event. The event itself stays at its position.
 */
export interface Revision {
  readonly cursor: Cursor;
  /** The event as it is now, with its original cursor. Since then it may have been revised again, or erased. */
  readonly event: RecordedEvent;
  /** The former form of the event. */
  readonly former: Former;
  /** Whether the event is counted differently now. */
  readonly isRecounted: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An event that should get another form: the new form, and its position. */
export interface NewRevision {
  readonly seq: number;
  /** It has the source, id, tenant and times of the recorded event. */
  readonly event: NewEvent;
}

/** `gone` is an event that was deleted or erased meanwhile. It stays as it is, and so does one that storage refuses. */
export type Revised =
  | { readonly outcome: 'revised' | 'gone' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Saves events in their new form, in one transaction. Returns one answer for each in the same order. */
export type Revise = (revisions: readonly NewRevision[], at: number) => Promise<readonly Revised[]>;

/** The part of the log's port that gives recorded events another form. */
export interface Revisions {
  /**
   * Runs the work, which revises events. Only one such work runs at a time, in all processes together. If its process is
   * killed, others are blocked for some seconds at most.
   *
   * A revision keeps the position and the cursor of its event, takes a position of its own, and changes the counts of activity
   * in the same transaction. It never restores erased data: an event without `raw` is `gone`. If the new form finds people for
   * the first time, earlier erasures hold their data back, as if the event arrived late.
   *
   * @throws {HookcastError} OVERLOADED while another one runs, LOG_UNAVAILABLE.
   */
  run<T>(work: (revise: Revise) => Promise<T>): Promise<T>;
}
