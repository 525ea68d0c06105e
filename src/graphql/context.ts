import {
  type DisclosedDelivery,
  type DisclosedEvent,
  type Viewer,
  disclose,
  discloseDelivery,
  narrow,
  requireOperator,
  requireScope,
} from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Cursor, decodeCursor, gapAfter } from '../events/cursor.ts';
import type { EventLog, ReadRequest } from '../events/event-log.ts';
import type { EventKey } from '../events/event.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Quarantined, QuarantineDesk } from '../events/quarantine.ts';
import type { Message } from '../live/message.ts';

/** What a context opens the ways to. */
export interface Backing {
  readonly log: EventLog;
  readonly desk: QuarantineDesk;
}

/**
 * What resolvers are given instead of the log: every way to an event goes through the viewer's tenants and scopes, so
 * no resolver can forget them.
 */
export interface Context {
  readonly viewer: Viewer;
  read(request: Range, filter: EventFilter): Promise<DisclosedPage>;
  /** The events of these keys; null where there is none, or none that this viewer may see. */
  find(keys: readonly EventKey[]): Promise<readonly (DisclosedEvent | null)[]>;
  /**
   * Asks to follow, from after the cursor or from now on. The messages don't come from here: `openStream` takes note of
   * what was asked, and each message is then executed once for a whole cohort.
   */
  follow(after: Cursor | null, filter: EventFilter): AsyncIterable<DisclosedMessage>;
  /** Deliveries in quarantine. These three are for the scope `ops` and a token for every tenant. */
  quarantined(request: Parameters<EventLog['listQuarantined']>[0]): Promise<readonly DisclosedDelivery[]>;
  /** What the delivery is afterwards; null when there is none. */
  release(id: number): Promise<DisclosedDelivery | null>;
  discard(id: number): Promise<DisclosedDelivery | null>;
}

/** What a subscription asks for; its filter is narrowed to what the viewer may see. */
export interface Wish {
  readonly after: Cursor | null;
  readonly filter: EventFilter;
}

export type Range = Omit<ReadRequest, 'filter'>;

export interface DisclosedPage {
  readonly events: readonly DisclosedEvent[];
  readonly head: Cursor;
}

export type DisclosedMessage =
  | Exclude<Message, { kind: 'event' }>
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: DisclosedEvent };

/** @param wish told what a subscription asks to follow. */
export function createContext({ log, desk }: Backing, viewer: Viewer, wish: (wish: Wish) => void = () => {}): Context {
  const decide = async (decision: () => Promise<Quarantined | null>) => {
    requireOperator(viewer);
    const delivery = await decision();
    return delivery && discloseDelivery(viewer, delivery);
  };
  return {
    viewer,

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

    follow(after, filter) {
      wish({ after, filter: narrow(viewer, filter) });
      return NOTHING;
    },

    async quarantined(request) {
      requireOperator(viewer);
      return (await log.listQuarantined(request)).map((delivery) => discloseDelivery(viewer, delivery));
    },
    release: (id) => decide(() => desk.release(id)),
    discard: (id) => decide(() => desk.discard(id)),
  };
}

/** A message as the viewer may see it; null when it is about a foreign tenant's event. */
export function discloseMessage(viewer: Viewer, message: Message): DisclosedMessage | null {
  if (message.kind !== 'event') return message;
  const event = disclose(viewer, message.event);
  return event && { ...message, event };
}

/** A cursor argument. @throws {HookcastError} INVALID_CURSOR. */
export function cursorArgument(text: string | null | undefined): Cursor | undefined {
  return text === null || text === undefined ? undefined : decodeCursor(text);
}

const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};
