import { setImmediate } from 'node:timers/promises';
import {
  type DisclosedDelivery,
  type DisclosedEvent,
  SCOPES,
  type Scope,
  type Viewer,
  disclose,
  discloseDelivery,
  isOperator,
  narrow,
  requireOperator,
  requireScope,
} from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { Activity, ActivityRequest } from '../events/activity.ts';
import type { Answer, AnswerRecord } from '../events/answer.ts';
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
  /** By name: those that are configured. */
  readonly sources: ReadonlyMap<string, { readonly name: string }>;
  /** Knows of what this process has answered before it is recorded. */
  readonly answers: Pick<AnswerRecord, 'listAnswers'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A configured source. */
export interface Source {
  readonly name: string;
  readonly provider: string;
}

/** How far back it is told how deliveries were answered, in milliseconds. */
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

/**
 * What resolvers are given instead of the log: every way to an event goes through the viewer's tenants and scopes, so
 * no resolver can forget them.
 */
export interface Context {
  readonly viewer: Viewer;
  read(request: Range, filter: EventFilter): Promise<DisclosedPage>;
  /** The events of these keys; null where there is none, or none that this viewer may see. */
  find(keys: readonly EventKey[]): Promise<readonly (DisclosedEvent | null)[]>;
  /** How many cancellations occurred when. */
  activity(request: ActivityRequest): Promise<Activity>;
  /** All of them; for a viewer of some tenants those that have events of these. */
  sources(): Promise<readonly Source[]>;
  /** When the newest event of the source that this viewer may see was received. */
  lastEventAt(source: Source): Promise<number | null>;
  /** How deliveries of all sources were answered in the last thirty days; null for whoever is no operator. */
  answers(): Promise<readonly Answer[] | null>;
  now(): number;
  /**
   * Asks to follow, from after the cursor or from now on. The messages don't come from here: `openStream` takes note of
   * what was asked, and each message is then executed once for a whole cohort.
   */
  follow(after: Cursor | null, filter: EventFilter, interest?: Interest): AsyncIterable<DisclosedMessage>;
  /** Deliveries in quarantine. These three are for the scope `ops` and a token for every tenant. */
  quarantined(request: Parameters<EventLog['listQuarantined']>[0]): Promise<readonly DisclosedDelivery[]>;
  /** What the delivery is afterwards; null when there is none. */
  release(id: number): Promise<DisclosedDelivery | null>;
  discard(id: number): Promise<DisclosedDelivery | null>;
}

/** What of its viewer and of the log the messages of a subscription are made of. */
export interface Interest {
  /** The scopes that change what is said: viewers who differ in others share a cohort. */
  readonly scopes: readonly Scope[];
  /** Whether it is told of erasures. Not when it says nothing that could be erased. */
  readonly erasures: boolean;
}

/** What a subscription asks for; its filter is narrowed to what the viewer may see. */
export interface Wish {
  readonly after: Cursor | null;
  readonly filter: EventFilter;
  readonly interest: Interest;
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
export function createContext(backing: Backing, viewer: Viewer, wish: (wish: Wish) => void = () => {}): Context {
  const { log, desk, now } = backing;
  const decide = async (decision: () => Promise<Quarantined | null>) => {
    requireOperator(viewer);
    const delivery = await decision();
    return delivery && discloseDelivery(viewer, delivery);
  };
  // SQLite reads in the gateway's own thread: thirty fields of one document would keep everybody waiting for all of them.
  let turn: Promise<void> | null = null;
  const nextTurn = () => (turn = turn === null ? Promise.resolve() : turn.then(() => setImmediate()));
  // Read once for each source, by its name, whoever asks for it.
  const lastEvents = new Map<string, Promise<number | null>>();
  // Asked for once, however many sources there are.
  let answers: Promise<readonly Answer[]> | null = null;
  return {
    viewer,
    now,

    async read(range, filter) {
      const narrowed = narrow(viewer, filter);
      await nextTurn();
      const page = await log.read({ ...range, filter: narrowed });
      for (const cursor of [range.after, range.before]) {
        if (cursor && gapAfter(cursor, page, page.isReplaced)) {
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

    async activity({ edges, filter }) {
      const narrowed = narrow(viewer, filter);
      await nextTurn();
      return log.activity({ edges, filter: narrowed });
    },

    async sources() {
      requireScope(viewer, 'events:read');
      const all = [...backing.sources].map(([name, provider]) => ({ name, provider: provider.name }));
      if (viewer.tenants === null) return all;
      // Its name may tell whose another source is, `tickets-olinda`.
      const last = await Promise.all(all.map((source) => this.lastEventAt(source)));
      return all.filter((_source, index) => last[index] !== null);
    },

    lastEventAt({ name, provider }) {
      let known = lastEvents.get(name);
      if (!known) {
        const tenants = tenantsOf(viewer, provider);
        const filter = { sources: [name], ...(tenants && { tenants }) };
        const newest = this.read({ direction: 'backward', limit: 1 }, filter);
        known = newest.then(({ events }) => events[0]?.receivedAt ?? null);
        lastEvents.set(name, known);
      }
      return known;
    },

    async answers() {
      if (!isOperator(viewer)) return null;
      return (answers ??= backing.answers.listAnswers(now() - THIRTY_DAYS));
    },

    follow(after, filter, interest = EVERYTHING) {
      wish({ after, filter: narrow(viewer, filter), interest });
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

/** The viewer's tenants at the provider; null for all of them. */
function tenantsOf({ tenants }: Viewer, provider: string): readonly string[] | null {
  return tenants && [...tenants].filter((tenant) => tenant.startsWith(`${provider}:`));
}

const EVERYTHING: Interest = { scopes: SCOPES, erasures: true };

const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};
