import { HookcastError } from '../../errors.ts';
import { type Extent, cursorAt, isOther } from '../../events/cursor.ts';
import type { Parts, RecordedEvent } from '../../events/event.ts';
import type { Page, ReadRequest } from '../../events/event-log.ts';
import type { Quarantined } from '../../events/quarantine.ts';
import { QUARANTINE_COLUMNS, fromQuarantineRow } from '../quarantine-row.ts';
import { AlteredRow } from '../altered-row.ts';
import {
  ERASURE_COLUMNS,
  MARKS,
  RECORDED_COLUMNS,
  REVISION_COLUMNS,
  fromErasureRow,
  fromRevisionRow,
  fromRow,
} from '../row.ts';
import type { Row, Value } from '../value.ts';
import type { Parsing } from '../stored-event.ts';
import { type FoundRevisions, MOST_REVISIONS } from '../told.ts';
import { reasonOf } from './refusal.ts';
import { decode } from './row.ts';
import { MOST_ERASURES } from './select.ts';

/**
 * Makes a page of the rows of `selectPage`: the first says how far the log and the search go, the others are events. Also says whether
 * the page's stretch may have revisions.
 */
export function pageOf(
  request: ReadRequest,
  [first, ...rows]: readonly Row[],
  parsing: Parsing,
): { readonly page: Page; readonly mayBeRevised: boolean } {
  const { direction, after, before, limit, parts } = request;
  const [epoch, floor, head, mark, lineage, atAfter, atBefore, reach, atReach, found, told, revised] = JSON.parse(
    String(first?.[0]),
  ) as [
    ...Parameters<typeof extentOf>,
    atAfter: number | null,
    atBefore: number | null,
    reach: number | null,
    atReach: number | null,
    found: number,
    told: readonly Row[] | null,
    revised: number | null,
  ];
  const extent = extentOf(epoch, floor, head, mark, lineage);
  let events = rows.map((row) => eventOf(epoch, row.slice(1), parts, parsing));
  const erasures = erasuresOf(epoch, told ?? []);
  let isFull = found === limit || events.length < found;
  let hasMore = isFull || reach !== null;
  let end = direction === 'forward' ? extent.head : extent.floor;
  if (isFull) end = events.at(direction === 'forward' ? -1 : 0)!.cursor;
  else if (reach !== null) end = cursorAt(epoch, reach, atReach);
  const lastErasure = erasures.at(-1)?.cursor;
  if (erasures.length === MOST_ERASURES && lastErasure && lastErasure.seq < end.seq) {
    end = lastErasure;
    [hasMore, isFull] = [true, false];
    events = events.filter(({ cursor }) => cursor.seq < lastErasure.seq);
  }
  const isReplaced = isOther(after, atAfter, extent.floor) || isOther(before, atBefore, extent.floor);
  const page = { events, erasures, revisions: [], isReplaced, end, hasMore, isFull, ...extent };
  return { page, mayBeRevised: (revised ?? 0) > (after?.seq ?? 0) };
}

/** Reads the rows of `selectRevisions`. */
export function revisionsOf(
  epoch: string,
  { parts, limit }: ReadRequest,
  [first, ...rows]: readonly Row[],
  parsing: Parsing,
): FoundRevisions {
  const [looked, found, last] = JSON.parse(String(first?.[0])) as [number, number, [seq: number, at: number] | null];
  const revisions = rows.map(([, ...row]) => {
    const event = eventOf(epoch, row.slice(REVISION_COLUMNS.length), parts, parsing);
    return fromRevisionRow(epoch, decode(REVISION_COLUMNS, row.slice(0, REVISION_COLUMNS.length)), event);
  });
  // The limit of bytes or of rows has cut the list off.
  const isCut = revisions.length > 0 && (revisions.length < found || found === limit);
  if (isCut) return { revisions, reach: revisions.at(-1)!.cursor };
  const isWhole = looked < MOST_REVISIONS || last === null;
  return { revisions, reach: isWhole ? null : cursorAt(epoch, last[0], last[1] % MARKS) };
}

/** Makes the extent of columns of `hookcast.extent`, in this order. */
export function extentOf(
  epoch: string,
  floor: Value | undefined,
  head: Value | undefined,
  mark: Value | undefined,
  lineage: readonly [string, number][],
): Extent {
  return {
    head: cursorAt(epoch, head, mark),
    floor: { epoch, seq: Number(floor) },
    lineage: lineage.map(([epoch, seq]) => ({ epoch, seq })),
  };
}

export function eventOf(epoch: string, row: Row, parts?: Parts, parsing?: Parsing): RecordedEvent {
  return fromRow(epoch, decode(RECORDED_COLUMNS, row), parts, parsing);
}

export function erasuresOf(epoch: string, rows: readonly Row[]): Page['erasures'] {
  return rows.map((row) => fromErasureRow(epoch, decode(ERASURE_COLUMNS, row)));
}

export function deliveriesOf(rows: readonly Row[]): readonly Quarantined[] {
  return rows.map(quarantinedOf);
}

export function quarantinedOf(row: Row): Quarantined {
  return fromQuarantineRow(decode(QUARANTINE_COLUMNS, row));
}

/** Every failure of the server is LOG_UNAVAILABLE to the caller. */
export async function available<T>(what: 'read' | 'written', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    if (error instanceof AlteredRow) {
      const reason = `the log's database is damaged (${error.message}): keep a copy of it, and restore a backup (docs/RELIABILITY.md)`;
      throw new HookcastError('LOG_UNAVAILABLE', `The log can't be ${what} just now. Try again later.`, {
        cause: new Error(reason),
      });
    }
    // The error itself must not be the cause: it carries the statement's parameters.
    const cause = new Error(reasonOf(error));
    throw new HookcastError('LOG_UNAVAILABLE', `The log can't be ${what} just now. Try again later.`, { cause });
  }
}
