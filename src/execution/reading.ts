import { setImmediate } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import { type Cursor, gapAfter } from '../events/cursor.ts';
import { type EventLog, PAGE_BYTES, type Page, type ReadRequest } from '../events/event-log.ts';
import type { RecordedEvent } from '../events/event.ts';
import type { Quarantine, Quarantined } from '../events/quarantine.ts';

/** The part of the log that a query gets. */
export interface Excerpt {
  readonly events: readonly RecordedEvent[];
  readonly head: Cursor;
  /** Whether it ended because of its bytes, so that there are fewer events than requested although more follow. */
  readonly isCut: boolean;
}

/**
 * Reads until it has the requested number of events, as many bytes as a page may have, or no more events. If hardly any event
 * fits a filter, this takes many reads of the log; between two of them, other work has a turn.
 *
 * @param isOver whether nobody waits for the answer any more.
 * @throws {HookcastError} CURSOR_EXPIRED, or LOG_UNAVAILABLE.
 */
export async function readExcerpt(log: EventLog, request: ReadRequest, isOver: () => boolean): Promise<Excerpt> {
  const isForward = request.direction === 'forward';
  let { after, before } = request;
  let events: readonly RecordedEvent[] = [];
  let first: Page | null = null;
  let bytes = PAGE_BYTES;
  for (;;) {
    const limit = request.limit - events.length;
    const page = await log.read({ ...request, after, before, limit, bytes, eventsOnly: true });
    assertHas(page, [after, before], first !== null);
    first ??= page;
    events = isForward ? [...events, ...page.events] : [...page.events, ...events];
    // A page read backward begins at the head of the first read: a subscription after that head gets the events that came
    // meanwhile.
    const head = isForward ? page.head : first.head;
    if (page.isFull) return { events, head, isCut: events.length < request.limit };
    if (!page.hasMore || isOver()) return { events, head, isCut: false };
    if (isForward) after = page.end;
    else before = page.end;
    for (const event of page.events) bytes -= event.bytes;
    if (bytes <= 0) bytes = 1;
    await setImmediate();
  }
}

export type QuarantineRequest = Parameters<Quarantine['list']>[0];

/** How many deliveries are read at once: as many of the largest bodies as a page has bytes for. */
const DELIVERIES = 4;

/**
 * Reads deliveries in quarantine until it has the requested number, as many bytes as a page may have, or no more deliveries.
 */
export async function readDeliveries(
  log: EventLog,
  request: QuarantineRequest,
  isOver: () => boolean,
): Promise<{ readonly deliveries: readonly Quarantined[]; readonly isCut: boolean }> {
  let deliveries: readonly Quarantined[] = [];
  const isForward = request.direction !== 'backward';
  const next = (limit: number) =>
    log.quarantine.list(
      isForward
        ? { ...request, after: deliveries.at(-1)?.id ?? request.after, limit }
        : { ...request, before: deliveries.at(0)?.id ?? request.before, limit },
    );
  let bytes = PAGE_BYTES;
  while (deliveries.length < request.limit && !isOver()) {
    const limit = Math.min(DELIVERIES, request.limit - deliveries.length);
    const read = await next(limit);
    deliveries = isForward ? [...deliveries, ...read] : [...read, ...deliveries];
    for (const { payload } of read) bytes -= payload?.length ?? 0;
    if (read.length < limit) break;
    if (bytes <= 0) return { deliveries, isCut: deliveries.length < request.limit && (await next(1)).length > 0 };
    await setImmediate();
  }
  return { deliveries, isCut: false };
}

/** @param goesOn whether an earlier read found that the log has the events at the request's cursor. */
function assertHas(page: Page, cursors: readonly (Cursor | undefined)[], goesOn: boolean): void {
  for (const cursor of cursors) {
    const gap = cursor && gapAfter(cursor, page, page.isReplaced);
    // Nobody misses the events that retention deletes between two reads.
    if (!gap || (goesOn && gap === 'RETENTION')) continue;
    throw new HookcastError(
      'CURSOR_EXPIRED',
      'The log no longer has the events at this cursor. Read again without a cursor, from the oldest or the newest event.',
    );
  }
}
