import { HookcastError } from '../errors.ts';

/** A position in the log. Clients only ever see it encoded, and must not look inside. */
export interface Cursor {
  /** Names the log: a position means nothing in another one. */
  readonly epoch: string;
  /** The position itself; 0 is before the first event. */
  readonly seq: number;
}

const FORM = /^([A-Za-z0-9_-]{8,64}):(0|[1-9]\d{0,15})$/;

/** The one value that queries, subscriptions and SSE ids carry. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(`${cursor.epoch}:${cursor.seq}`, 'latin1').toString('base64url');
}

/** @throws {HookcastError} INVALID_CURSOR for anything that `encodeCursor` can't have made. */
export function decodeCursor(text: string): Cursor {
  const parts = text.length <= 128 ? FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) : null;
  const cursor = { epoch: parts?.[1] ?? '', seq: Number(parts?.[2]) };
  // Buffer ignores what is not base64url, so only a text that encodes back to itself is ours.
  if (!parts || !Number.isSafeInteger(cursor.seq) || encodeCursor(cursor) !== text) {
    throw new HookcastError(
      'INVALID_CURSOR',
      'This is not a cursor of this gateway. Pass a cursor exactly as it was received, or leave it out.',
    );
  }
  return cursor;
}

/** What a log can say of itself at one moment: its newest position, and the oldest from which reading is complete. */
export interface Extent {
  readonly head: Cursor;
  readonly floor: Cursor;
  /**
   * Where the epochs that this log goes on from ended. A position of theirs up to there is the same in this one; what
   * they held beyond it was lost on the way, in a failover for one.
   */
  readonly lineage: readonly Cursor[];
}

export type GapReason = 'RETENTION' | 'LOG_REPLACED';

/**
 * Why reading on from `cursor` would be incomplete, or null when it is complete. A position beyond the end of its epoch
 * can only come from a log that was put back to an earlier state, so it counts as replaced.
 */
export function gapAfter(cursor: Cursor, { head, floor, lineage }: Extent): GapReason | null {
  const end = [head, ...lineage].find(({ epoch }) => epoch === cursor.epoch);
  if (!end || cursor.seq > end.seq) return 'LOG_REPLACED';
  return cursor.seq < floor.seq ? 'RETENTION' : null;
}
