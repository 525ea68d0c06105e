import type { Cursor } from './cursor.ts';
import type { NewEvent, RecordedEvent } from './event.ts';

/** What filters find an event by and what a revision may change. */
export type Former = Pick<NewEvent, 'type' | 'shape' | 'kind' | 'subject'>;

/**
 * That the present code has made something else of an event than was kept of it, at a position of the log: followers are told
 * in order, like of any event. The event itself stays where it is.
 */
export interface Revision {
  readonly cursor: Cursor;
  /** As it is now, with the cursor that it always had. It may have been revised again, or erased, since. */
  readonly event: RecordedEvent;
  /** What it was before. */
  readonly former: Former;
  /** Whether it is counted in another way than before. */
  readonly isRecounted: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An event that is to be kept in another form: what it should become, and its position. */
export interface NewRevision {
  readonly seq: number;
  /** With the source, id, tenant and times of the event that is there. */
  readonly event: NewEvent;
}

/** `gone` is an event that was forgotten or erased meanwhile. It is left as it is, and so is one that storage refuses. */
export type Revised =
  | { readonly outcome: 'revised' | 'gone' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Keeps events in their new form, in one transaction, with one answer for each in the same order. */
export type Revise = (revisions: readonly NewRevision[], at: number) => Promise<readonly Revised[]>;

/** The part of a log's port by which kept events get another form. */
export interface Revisions {
  /**
   * Has the work revise events. One such work is done at a time, in however many processes, and what a process that was
   * killed had begun is nobody's hindrance for longer than some seconds.
   *
   * A revision keeps the position and the cursor of its event, takes a position of its own, and changes the counts of
   * activity in the same transaction. It never brings back anybody who was erased: an event without `raw` is `gone`, and
   * what is found about people only now is held back by earlier erasures, as if it arrived late.
   *
   * @throws {HookcastError} OVERLOADED while another one is at it, LOG_UNAVAILABLE.
   */
  run<T>(work: (revise: Revise) => Promise<T>): Promise<T>;
}
