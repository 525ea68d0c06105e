import { type DisclosedEvent, type Viewer, disclose, narrow, requireScope } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Cursor, decodeCursor, gapAfter } from '../events/cursor.ts';
import type { EventLog, ReadRequest } from '../events/event-log.ts';
import type { EventKey } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Message } from '../live/follow.ts';
import type { Live } from '../live/live.ts';

/**
 * What resolvers are given instead of the log: every way to an event goes through the viewer's tenants and scopes, so
 * no resolver can forget them.
 */
export interface Context {
  readonly viewer: Viewer;
  /** Where a subscription resumes that says nothing itself. */
  readonly resumeAfter: Cursor | null;
  read(request: Range, filter: EventFilter): Promise<DisclosedPage>;
  /** The events of these keys; null where there is none, or none that this viewer may see. */
  find(keys: readonly EventKey[]): Promise<readonly (DisclosedEvent | null)[]>;
  subscribe(after: Cursor | null, filter: EventFilter): AsyncIterable<DisclosedMessage>;
}

/** What a transport knows of cursors, where it has a place of its own for them (SSE's ids). */
export interface Resumption {
  readonly resumeAfter: Cursor | null;
  /** Told the cursor of each message before its result is made. */
  readonly moved: (cursor: Cursor) => void;
}

export type Range = Omit<ReadRequest, 'filter'>;

export interface DisclosedPage {
  readonly events: readonly DisclosedEvent[];
  readonly head: Cursor;
}

export type DisclosedMessage =
  | Exclude<Message, { kind: 'event' }>
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: DisclosedEvent };

export function createContext(log: EventLog, live: Live, viewer: Viewer, resumption?: Resumption): Context {
  return {
    viewer,
    resumeAfter: resumption?.resumeAfter ?? null,

    async read(range, filter) {
      const page = await log.read({ ...range, filter: narrow(viewer, filter) });
      for (const cursor of [range.after, range.before]) {
        if (cursor && gapAfter(cursor, page)) {
          throw new HookcastError(
            'CURSOR_EXPIRED',
            'The log no longer holds what this cursor points to. Read again without it, from the oldest or the newest.',
          );
        }
      }
      return { head: page.head, events: page.events.flatMap((event) => disclose(viewer, event) ?? []) };
    },

    async find(keys) {
      requireScope(viewer, 'events:read');
      return (await log.find(keys)).map((event) => event && disclose(viewer, event));
    },

    subscribe(after, filter) {
      return disclosed(viewer, live.subscribe(after, narrow(viewer, filter)), resumption?.moved);
    },
  };
}

/** The messages as the viewer may see them. Made by hand: a generator could not be returned from while it waits. */
function disclosed(
  viewer: Viewer,
  messages: AsyncIterableIterator<Message, void>,
  moved: ((cursor: Cursor) => void) | undefined,
): AsyncIterableIterator<DisclosedMessage, void> {
  return {
    async next() {
      for (;;) {
        const { value: message, done } = await messages.next();
        if (done || !message) return { done: true, value: undefined };
        moved?.(message.cursor);
        if (message.kind !== 'event') return { done: false, value: message };
        const event = disclose(viewer, message.event);
        if (event) return { done: false, value: { ...message, event } };
      }
    },
    async return() {
      await messages.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A cursor argument. @throws {HookcastError} INVALID_CURSOR. */
export function cursorArgument(text: string | null | undefined): Cursor | undefined {
  return text === null || text === undefined ? undefined : decodeCursor(text);
}
