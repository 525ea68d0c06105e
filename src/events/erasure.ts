import type { Cursor } from './cursor.ts';

/** Somebody's ticket or booking: everything that its events say about people goes together. */
export interface Subject {
  readonly provider: string;
  readonly source: string;
  readonly tenant: string;
  readonly subject: string;
}

/** That personal data was erased, at a position of the log, so that followers are told in order like of any event. */
export interface Erasure extends Subject {
  readonly cursor: Cursor;
  /** The events that lost something. */
  readonly eventIds: readonly string[];
}
