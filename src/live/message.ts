import type { Cursor, GapReason } from '../events/cursor.ts';
import type { Erasure } from '../events/erasure.ts';
import type { Page } from '../events/event-log.ts';
import type { RecordedEvent } from '../events/event.ts';

/** What a subscriber is told, in the order of the log. `cursor` is where to resume after this message. */
export type Message =
  | Item
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

/** What has a place in the log. */
export type Item =
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: RecordedEvent }
  /** Personal data of earlier events was erased: whoever keeps a copy lets go of it. */
  | { readonly kind: 'erasure'; readonly cursor: Cursor; readonly erasure: Erasure };

/** A message as a cohort's subscribers get it: JSON, made once for all of them. */
export interface Payload {
  readonly cursor: Cursor;
  /** The cursor as clients know it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** What a page holds, events and erasures in the order of the log. */
export function inOrder({ events, erasures }: Page): Item[] {
  const items: Item[] = [];
  let next = 0;
  const erasuresBelow = (seq: number) => {
    for (; next < erasures.length && erasures[next]!.cursor.seq < seq; next += 1) {
      const erasure = erasures[next]!;
      items.push({ kind: 'erasure', cursor: erasure.cursor, erasure });
    }
  };
  for (const event of events) {
    erasuresBelow(event.cursor.seq);
    items.push({ kind: 'event', cursor: event.cursor, event });
  }
  erasuresBelow(Infinity);
  return items;
}
