import type { Cursor, GapReason } from '../events/cursor.ts';
import type { Erasure } from '../events/erasure.ts';
import type { Page } from '../events/event-log.ts';
import type { RecordedEvent } from '../events/event.ts';
import type { Revision } from '../events/revision.ts';

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
  /** Personal data of earlier events was erased: a client that keeps a copy deletes it. */
  | { readonly kind: 'erasure'; readonly cursor: Cursor; readonly erasure: Erasure }
  /** An earlier event is another one by today's code: a client that keeps a copy replaces it by this one. */
  | { readonly kind: 'revision'; readonly cursor: Cursor; readonly revision: Revision };

/** A message as a cohort's subscribers get it: JSON, made once for all of them. */
export interface SerializedMessage {
  readonly cursor: Cursor;
  /** The cursor as clients know it. */
  readonly id: string;
  readonly bytes: Buffer;
  /** Of how many events it says what they say: one, or none. */
  readonly events: number;
}

/** A way to write, which a transport gives for each subscriber. */
export interface MessageSink {
  /** Whether a payload may be written. If not, `Subscriber.drained` is called when one may. */
  hasRoom(): boolean;
  /** Takes a payload, having said that there is room. */
  write(payload: SerializedMessage): void;
  /** Nothing more comes: the gateway closes, or following failed. */
  end(error?: unknown): void;
}

/** What a page holds, in the order of the log. */
export function inOrder({ events, erasures, revisions }: Page): Item[] {
  const items: Item[] = events.map((event) => ({ kind: 'event', cursor: event.cursor, event }));
  if (erasures.length + revisions.length === 0) return items;
  for (const erasure of erasures) items.push({ kind: 'erasure', cursor: erasure.cursor, erasure });
  for (const revision of revisions) items.push({ kind: 'revision', cursor: revision.cursor, revision });
  return items.toSorted((one, other) => one.cursor.seq - other.cursor.seq);
}

/** Whose item it is. */
export function tenantOf(item: Item): string {
  if (item.kind === 'event') return item.event.tenant;
  return item.kind === 'erasure' ? item.erasure.tenant : item.revision.event.tenant;
}

/** Whether people were erased by it, so that nothing of before may be given from memory any more. */
export function isErasing(item: Item): boolean {
  // What is revised had its people: they went with the revision, or since.
  return item.kind === 'erasure' || (item.kind === 'revision' && item.revision.event.isErased);
}
