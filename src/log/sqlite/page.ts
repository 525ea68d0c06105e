import { type Cursor, type Extent, cursorAt, isOther } from '../../events/cursor.ts';
import { PAGE_BYTES, type Page, type ReadRequest } from '../../events/event-log.ts';
import type { RecordedEvent } from '../../events/event.ts';
import type { Revision } from '../../events/revision.ts';
import { type Wanted, wantedIn } from '../../events/words.ts';
import { MARKS, REVISION_COLUMNS, bytesOf, fromErasureRow, fromRevisionRow, fromRow } from '../row.ts';
import type { Parsing } from '../stored-event.ts';
import { type FoundRevisions, MOST_REVISIONS, withRevisions } from '../told.ts';
import type { WordKeys } from '../word-keys.ts';
import { findWords } from './find-words.ts';
import type { Reader } from './reader.ts';
import { SELECT_REVISED, selectErasures, selectRevisions } from './select-told.ts';
import { SELECT_EXTENT, SELECT_MARK, selectAt } from './select-stored.ts';
import { type Search, type SqlQuery, isExact, otherWays, selectPage, selectReach } from './select.ts';
import { assertFits } from './sound.ts';
import { ERASURES, RECORDED, REVISIONS } from './texts.ts';

/**
 * The most rows that one page examines if not every row fits the filter. This takes a few milliseconds, during which everybody
 * else waits. The reader continues after these rows in another turn of the event loop.
 */
const ROWS = 1_000;
/** The most erasures on one page. */
const MOST_ERASURES = 500;

export interface PageOptions {
  readonly reader: Reader;
  readonly epoch: string;
  readonly parsing: Parsing;
  readonly keys: WordKeys;
}

/** Reads one page. Call it within a snapshot, so that all of it is from one state of the file. */
export function readPage(options: PageOptions, request: ReadRequest): Page {
  const { reader, epoch, parsing } = options;
  const { direction, after, before, limit, parts, bytes = PAGE_BYTES } = request;
  const extent = readExtent(reader, epoch);
  const { head, floor } = extent;
  const markAt = (seq: number) => reader.all(SELECT_MARK, seq)[0]?.[0];
  const select = ({ sql, parameters }: SqlQuery) => {
    const events: RecordedEvent[] = [];
    let left = bytes;
    for (const row of reader.each(sql, ...parameters)) {
      // There is no room left, and this row exists: so `hasMore` is true.
      if (left <= 0) return { events, isFull: true };
      left -= bytesOf(row);
      events.push(fromRow(epoch, RECORDED.decode(row), parts, parsing));
    }
    return { events, isFull: events.length === limit };
  };
  const byWords = (wanted: Wanted) => {
    const { seqs, reach } = findWords(reader, options.keys, request, wanted, extent);
    return { ...select(selectAt(seqs, direction, parts)), reach };
  };
  const byIndex = () => {
    const reach = reachOf(reader, request, extent);
    const found = select(selectPage(request, { reach, by: null }));
    const by = reach !== null && !found.isFull ? rareWay(reader, request) : null;
    return by ? { ...select(selectPage(request, { reach: null, by })), reach: null } : { ...found, reach };
  };
  const wanted = wantedIn(request.filter.search?.text ?? '');
  let { events, isFull, reach } = wanted ? byWords(wanted) : byIndex();
  const isForward = direction === 'forward';
  const last = events.at(-1)?.cursor;
  if (!isForward) events.reverse();
  assertFits(request, events);
  let hasMore = isFull || reach !== null;
  let end: Cursor = isForward ? head : floor;
  if (isFull) end = last!;
  else if (reach !== null) end = cursorAt(epoch, reach, markAt(reach));
  const isTold = isForward && !request.eventsOnly;
  const erased = isTold ? selectErasures(request, end.seq, MOST_ERASURES) : null;
  const erasures = erased
    ? reader.all(erased.sql, ...erased.parameters).map((row) => fromErasureRow(epoch, ERASURES.decode(row)))
    : [];
  if (erasures.length === MOST_ERASURES && erasures.at(-1)!.cursor.seq < end.seq) {
    end = erasures.at(-1)!.cursor;
    [hasMore, isFull] = [true, false];
    events = events.filter(({ cursor }) => cursor.seq < end.seq);
  }
  const isReplaced = [after, before].some(
    (cursor) => cursor?.mark !== undefined && isOther(cursor, markAt(cursor.seq), floor),
  );
  const page = { events, erasures, revisions: [], isReplaced, end, hasMore, isFull, ...extent };
  return isTold ? withRevisions(page, readRevisions(options, request, page)) : page;
}

/** The revisions of the page's stretch: at most the page's limit, and no more than fit in bytes beside its events. */
function readRevisions({ reader, epoch, parsing }: PageOptions, request: ReadRequest, page: Page): FoundRevisions {
  const { after, limit, parts, bytes = PAGE_BYTES } = request;
  const stretch = [after?.seq ?? 0, page.end.seq] as const;
  const isEmpty = stretch[0] >= stretch[1] || reader.all(SELECT_REVISED, ...stretch, 0).length === 0;
  if (isEmpty) return { revisions: [], reach: null };
  const [[lookedTo = null, at = null] = []] = reader.all(SELECT_REVISED, ...stretch, MOST_REVISIONS - 1);
  let left = page.events.reduce((rest, event) => rest - event.bytes, bytes);
  const revisions: Revision[] = [];
  const { sql, parameters } = selectRevisions(request, lookedTo === null ? page.end.seq : Number(lookedTo));
  for (const row of reader.each(sql, ...parameters)) {
    if (revisions.length > 0 && (left <= 0 || revisions.length >= limit)) {
      return { revisions, reach: revisions.at(-1)!.cursor };
    }
    const [said, recorded] = [row.slice(0, REVISION_COLUMNS.length), row.slice(REVISION_COLUMNS.length)];
    left -= bytesOf(recorded);
    const event = fromRow(epoch, RECORDED.decode(recorded), parts, parsing);
    revisions.push(fromRevisionRow(epoch, REVISIONS.decode(said), event));
  }
  return { revisions, reach: lookedTo === null ? null : cursorAt(epoch, lookedTo, Number(at) % MARKS) };
}

/** Both ends of the log. */
export function readExtent(reader: Reader, epoch: string): Extent {
  const [[floor, head, mark] = []] = reader.all(SELECT_EXTENT);
  return { head: cursorAt(epoch, head, mark), floor: { epoch, seq: Number(floor) }, lineage: [] };
}

/** The position up to which one page may be searched; null if it may be searched to the end. */
function reachOf(reader: Reader, request: ReadRequest, { head, floor }: Extent): number | null {
  const { direction, after, before, filter } = request;
  if (isExact(filter)) return null;
  const asked = selectReach(request, ROWS);
  if (asked) {
    const reach = reader.all(asked.sql, ...asked.parameters)[0]?.[0] ?? null;
    return reach === null ? null : Number(reach);
  }
  // Without an index, the reach counts positions of the log. These may have holes, so the search may examine fewer rows.
  const lowest = Math.max(after?.seq ?? 0, floor.seq);
  const highest = Math.min(before?.seq ?? Infinity, head.seq + 1);
  const reach = direction === 'forward' ? lowest + ROWS : highest - ROWS;
  return reach > lowest && reach < highest ? reach : null;
}

/** Another way to search that examines few rows. It is asked for if the first way examined many and found too few. */
function rareWay(reader: Reader, request: ReadRequest): Search['by'] {
  for (const { by, count } of otherWays(request, ROWS)) {
    if (Number(reader.all(count.sql, ...count.parameters)[0]?.[0]) < ROWS) return by;
  }
  return null;
}
