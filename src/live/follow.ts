import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import { type Cursor, type GapReason, gapAfter } from '../events/cursor.ts';
import type { EventLog, Page } from '../events/event-log.ts';
import type { RecordedEvent } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Tail } from './tail.ts';

/** What a subscriber is told, in the order of the log. `cursor` is where to resume after this message. */
export type Message =
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: RecordedEvent }
  /** Personal data of earlier events was erased: whoever keeps a copy lets go of it. */
  | { readonly kind: 'erasure'; readonly cursor: Cursor; readonly eventIds: readonly string[] }
  /** Everything up to here has been sent; what follows is live. Sent once. */
  | { readonly kind: 'caughtUp'; readonly cursor: Cursor }
  /** What lay between `after` and `resumedAt` can no longer be had, or was of another log. */
  | {
      readonly kind: 'gap';
      readonly cursor: Cursor;
      readonly reason: GapReason;
      readonly after: Cursor;
      readonly resumedAt: Cursor;
    };

export interface Following {
  readonly log: EventLog;
  readonly tail: Tail;
  /** Where to resume; null is from now on. */
  readonly after: Cursor | null;
  readonly filter: EventFilter;
  readonly signal: AbortSignal;
  /** Told what is wrong with the log while it can't be read. */
  readonly report: (cause: unknown) => void;
}

/** Events read at a time: the most that a subscriber who stops reading keeps in memory. */
const PAGE = 100;
/** How long until a log that could not be read is tried again, in milliseconds. */
const AGAIN = 1_000;

/**
 * A subscriber is a cursor. It reads the log from its cursor in pages, waits at the head until it moves, and reads on;
 * nothing is ever pushed at it, so there is no queue to overflow and a slow reader is just further behind.
 *
 * There is no seam between replay and live to get wrong, as long as two things hold: the tail's version is noted
 * *before* the read, so that an event committed during the read wakes the wait after it; and a page that is not full
 * moves the cursor to the head *of the same snapshot*, so that a filter that matches nothing still gets on.
 */
export async function* follow({ log, tail, after, filter, signal, report }: Following): AsyncGenerator<Message, void> {
  let position = after ?? (await log.head());
  let caughtUp = after === null;
  if (caughtUp) yield { kind: 'caughtUp', cursor: position };

  while (!signal.aborted) {
    const version = tail.version;
    const page = await readPatiently({ log, after: position, filter, signal, report });
    if (!page) return;
    const reason = gapAfter(position, page);
    if (reason) {
      // Also in mid-stream: the log may have been trimmed past a subscriber that stalled.
      yield { kind: 'gap', cursor: page.floor, reason, after: position, resumedAt: page.floor };
      position = page.floor;
      continue;
    }
    yield* inOrder(page);
    const last = page.events.at(-1);
    if (last && page.events.length === PAGE) {
      position = last.cursor;
      // A log that answers at once and a socket that takes everything would keep the event loop to themselves, and with a
      // long way behind no delivery would be answered until it is done.
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    position = page.head;
    if (!caughtUp) {
      caughtUp = true;
      yield { kind: 'caughtUp', cursor: position };
    }
    await tail.moved(version, signal);
  }
}

/** A page, as soon as there is one to be had: a log that can't be read for a while is no reason to lose subscribers. */
async function readPatiently({
  log,
  after,
  filter,
  signal,
  report,
}: Omit<Following, 'tail' | 'after'> & { readonly after: Cursor }): Promise<Page | null> {
  while (!signal.aborted) {
    try {
      return await log.read({ direction: 'forward', after, limit: PAGE, filter });
    } catch (error) {
      if (!(error instanceof HookcastError) || error.code !== 'LOG_UNAVAILABLE') throw error;
      report(error);
      // Ends with the signal as well, by its rejection.
      await setTimeout(AGAIN, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}

function* inOrder({ events, erasures }: Page): Generator<Message, void> {
  let next = 0;
  const erasuresBelow = function* (seq: number): Generator<Message, void> {
    for (; next < erasures.length && erasures[next]!.cursor.seq < seq; next += 1) {
      const { cursor, eventIds } = erasures[next]!;
      yield { kind: 'erasure', cursor, eventIds };
    }
  };
  for (const event of events) {
    yield* erasuresBelow(event.cursor.seq);
    yield { kind: 'event', cursor: event.cursor, event };
  }
  yield* erasuresBelow(Infinity);
}
