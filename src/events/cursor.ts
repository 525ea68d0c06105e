import { HookcastError } from '../errors.ts';

/** A position in the log. Clients only ever see it encoded, and must not look inside. */
export interface Cursor {
  /** The identity of the log: a position means nothing in another log. */
  readonly epoch: string;
  /** The position itself; 0 is before the first event. */
  readonly seq: number;
  /**
   * Identifies the item at the position: the checksum of an event, or the moment of an erasure. A log that was put back to an
   * earlier state may since have given the position to another event. There is no mark if no item is at the position (as at the
   * floor), and in cursors of an older hookcast.
   */
  readonly mark?: number;
}

/**
 * Makes a cursor from the values of a log's row. If there is no item at the position, `mark` is null or another value that is
 * no number.
 */
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

/** Where a stream goes on. */
export interface Resumption {
  readonly after: Cursor | null;
  /** Where it goes on if the log no longer has the item at `after`. */
  readonly instead: Cursor | null;
}

/**
 * Where an event stream goes on if its request names two places. At each retry, clients of event streams send their original
 * body again, together with the id of the last event that they got. So the id counts, unless the body's cursor is further on in
 * the same log. If a log was put back under its former epoch, then the body's cursor may be of an item that the log has lost.
 */
export function furtherOn(after: Cursor | null, lastEventId: Cursor | null): Resumption {
  if (!after || !lastEventId) return { after: after ?? lastEventId, instead: null };
  return after.epoch === lastEventId.epoch && after.seq > lastEventId.seq
    ? { after, instead: lastEventId }
    : { after: lastEventId, instead: null };
}

/** The range of a log at one moment: its newest position, and the oldest from which reading is complete. */
export interface Extent {
  readonly head: Cursor;
  readonly floor: Cursor;
  /**
   * Where each earlier epoch that this log continues ended. A position of such an epoch up to its end is the same in this log.
   * Anything beyond the end was lost, for example in a failover.
   */
  readonly lineage: readonly Cursor[];
}

export type GapReason = 'RETENTION' | 'LOG_REPLACED';

/**
 * Why reading on from `cursor` would be incomplete, or null if it is complete. A position beyond the end of its epoch can only
 * come from a log that was put back to an earlier state, so it counts as replaced.
 *
 * @param isReplaced the answer of `isOther` for this cursor.
 */
export function gapAfter(cursor: Cursor, { head, floor, lineage }: Extent, isReplaced: boolean): GapReason | null {
  const end = [head, ...lineage].find(({ epoch }) => epoch === cursor.epoch);
  if (!end || cursor.seq > end.seq || isReplaced) return 'LOG_REPLACED';
  return cursor.seq < floor.seq ? 'RETENTION' : null;
}

/**
 * Whether another item is at the cursor's position now than when the cursor was made.
 *
 * @param mark the mark of the item that is there now, if there is one. Above the floor a log loses nothing.
 */
export function isOther(cursor: Cursor | undefined, mark: unknown, floor: Cursor): boolean {
  return cursor?.mark !== undefined && cursor.seq > floor.seq && cursor.mark !== mark;
}
