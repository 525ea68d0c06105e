import { HookcastError } from '../errors.ts';

/** A position in the log. Clients only ever see it encoded, and must not look inside. */
export interface Cursor {
  /** Names the log: a position means nothing in another one. */
  readonly epoch: string;
  /** The position itself; 0 is before the first event. */
  readonly seq: number;
  /**
   * Tells what stands at the position from anything else that might: of an event its checksum, of an erasure its moment. A log
   * that was put back to an earlier state may have given the position to another event since. There is none where nothing
   * stands, as at the floor, and in cursors of an older hookcast.
   */
  readonly mark?: number;
}

/** A cursor as a log makes it: `mark` is null, or anything else that is none, where nothing stands. */
export function cursorAt(epoch: string, seq: unknown, mark: unknown): Cursor {
  return { epoch, seq: Number(seq), ...(typeof mark === 'number' && { mark }) };
}

const FORM = /^([A-Za-z0-9_-]{8,64}):(0|[1-9]\d{0,15})(?::(0|[1-9a-z][0-9a-z]{0,6}))?$/;

/** The one value that queries, subscriptions and SSE ids carry. */
export function encodeCursor(cursor: Cursor): string {
  const { epoch, seq, mark } = cursor;
  const marked = mark === undefined ? '' : `:${mark.toString(36)}`;
  return Buffer.from(`${epoch}:${seq}${marked}`, 'latin1').toString('base64url');
}

/** @throws {HookcastError} INVALID_CURSOR for anything that `encodeCursor` can't have made. */
export function decodeCursor(text: string): Cursor {
  const parts = text.length <= 128 ? FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) : null;
  const mark = parts?.[3] === undefined ? null : Number.parseInt(parts[3], 36);
  const cursor = cursorAt(parts?.[1] ?? '', parts?.[2], mark);
  // Buffer ignores characters that are not base64url, so only a text that encodes back to itself is a cursor of ours.
  if (!parts || !Number.isSafeInteger(cursor.seq) || encodeCursor(cursor) !== text) {
    throw new HookcastError(
      'INVALID_CURSOR',
      'This is not a cursor of this gateway. Pass a cursor exactly as you received it, or leave it out.',
    );
  }
  return cursor;
}

/**
 * Where an event stream goes on when its request names two places. Clients of event streams send the body that they began with
 * again at each try, and beside it the id of the last event that they got: so the id counts, unless the body's cursor is
 * further on in the same log.
 */
export function furtherOn(after: Cursor | null, lastEventId: Cursor | null): Cursor | null {
  if (!after || !lastEventId) return after ?? lastEventId;
  return after.epoch === lastEventId.epoch && after.seq > lastEventId.seq ? after : lastEventId;
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
 *
 * @param isReplaced what `isOther` says of it.
 */
export function gapAfter(cursor: Cursor, { head, floor, lineage }: Extent, isReplaced: boolean): GapReason | null {
  const end = [head, ...lineage].find(({ epoch }) => epoch === cursor.epoch);
  if (!end || cursor.seq > end.seq || isReplaced) return 'LOG_REPLACED';
  return cursor.seq < floor.seq ? 'RETENTION' : null;
}

/**
 * Whether something else stands at the position of a cursor than when the cursor was made.
 *
 * @param mark of what stands there, if anything does. Above the floor a log loses nothing.
 */
export function isOther(cursor: Cursor | undefined, mark: unknown, floor: Cursor): boolean {
  return cursor?.mark !== undefined && cursor.seq > floor.seq && cursor.mark !== mark;
}
