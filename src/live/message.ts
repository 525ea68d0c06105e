import type { Cursor, GapReason } from '../events/cursor.ts';
import type { Erasure } from '../events/erasure.ts';
import type { Page } from '../events/event-log.ts';
import type { RecordedEvent } from '../events/event.ts';
import type { Revision } from '../events/revision.ts';

/** A message to a subscriber. Messages come in the order of the log. `cursor` is where to resume after this one. */
export type Message =
  | Item
  /** Everything up to here has been sent; what follows is live. Sent once. */
  | { readonly kind: 'caughtUp'; readonly cursor: Cursor }
  /** The events between `after` and `resumedAt` are no longer kept, or were of another log. */
  | {
      readonly kind: 'gap';
      readonly cursor: Cursor;
      readonly reason: GapReason;
      readonly after: Cursor;
      readonly resumedAt: Cursor;
    };

/** A message with a position of its own in the log. */
export type Item =
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: RecordedEvent }
  /** Personal data of earlier events was erased: a client that keeps a copy deletes it. */
  | { readonly kind: 'erasure'; readonly cursor: Cursor; readonly erasure: Erasure }
  /** An earlier event has another form after reprocessing: a client that keeps a copy replaces it by this one. */
  | { readonly kind: 'revision'; readonly cursor: Cursor; readonly revision: Revision };

/** A message as a cohort's subscribers get it: JSON, made once for all of them. */
export interface SerializedMessage {
  readonly cursor: Cursor;
  /** The cursor as clients know it. */
  readonly id: string;
  readonly bytes: Buffer;
  /** How many events it contains: one or none. */
  readonly events: number;
}

/** A way to write, which a transport gives for each subscriber. */
export interface MessageSink {
  /** Whether a payload may be written. If not, `Subscriber.drained` is called when one may. */
  hasRoom(): boolean;
  /** Takes a payload. It is called only if there is room. */
  write(payload: SerializedMessage): void;
  /** Called when nothing more comes, since the gateway closes or following failed. */
  end(error?: unknown): void;
}

/** The items of a page in the order of the log. */
export function inOrder({ events, erasures, revisions }: Page): Item[] {
  const items: Item[] = events.map((event) => ({ kind: 'event', cursor: event.cursor, event }));
  if (erasures.length + revisions.length === 0) return items;
  for (const erasure of erasures) items.push({ kind: 'erasure', cursor: erasure.cursor, erasure });
  for (const revision of revisions) items.push({ kind: 'revision', cursor: revision.cursor, revision });
  return items.toSorted((one, other) => one.cursor.seq - other.cursor.seq);
}

export function tenantOf(item: Item): string {
  if (item.kind === 'event') return item.event.tenant;
  return item.kind === 'erasure' ? item.erasure.tenant : item.revision.event.tenant;
}

/** Whether the item tells of an erasure. If so, nothing that was read before it may be given from memory. */
export function isErasing(item: Item): boolean {
  // If a revised event has no people, then they were erased with the revision or after it.
  return item.kind === 'erasure' || (item.kind === 'revision' && item.revision.event.isErased);
}
