import { setImmediate } from 'node:timers/promises';
import type { Cursor } from '../events/cursor.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Observer } from '../events/observer.ts';
import type { Publication } from '../events/publication.ts';
import type { OnLimit } from '../limits.ts';
import { OwnTallies } from '../tallies/own-tallies.ts';
import type { Tallies } from '../tallies/tallies.ts';
import type { Member, SharedOperation } from './cohort.ts';
import { Cohorts } from './cohorts.ts';
import { type HoldingLimits, Holdings } from './holdings.ts';
import { Lanes } from './lanes.ts';
import { isErasing } from './message.ts';
import { Pages } from './pages.ts';
import { Ration } from './ration.ts';
import type { Entry } from './ring.ts';
import type { MessageSink } from './message.ts';
import { Subscriber, type SubscriberContext } from './subscriber.ts';
import { Tail } from './tail.ts';

/** How long the tail goes on after the last subscriber has left, in milliseconds: many are only on their way back. */
const LINGER = 60_000;

/** How many items of the log are in memory, for subscribers that are a little behind. */
const RING_ITEMS = 1_000;

/** How long handing on may keep the event loop, in milliseconds, before other work gets a turn. */
const SPELL = 5;

/** How many subscribers catch up at once. Each has at most one page of the log in memory. */
const LANES = 8;

export interface LiveOptions {
  readonly log: EventLog;
  /** Called with the error while the log can't be read. */
  readonly report: (cause: unknown) => void;
  /** Called for each item that is handed on, and with the number of messages that a subscriber that is behind was given. */
  readonly onPublish?: Observer['onPublish'];
  readonly onReplay?: Observer['onReplay'];
  /** The memory that all readers of the log share. */
  readonly ration?: Ration;
  /** How many of the newest items are kept in memory. */
  readonly ringItems?: number;
  /** How many subscriptions there may be. Default: any number. */
  readonly limits?: HoldingLimits;
  /** Counts the subscriptions. Default: those of this process alone. */
  readonly tallies?: Tallies;
  readonly onLimit?: OnLimit;
  /** Milliseconds after which handing on pauses for a turn. */
  readonly spell?: number;
}

const ANY_NUMBER: HoldingLimits = { subscriptions: 0, different: 0, allDifferent: 0 };

/** Everything that is live in this process: its tail, its cohorts, and the subscribers in them. */
export class Live {
  readonly #tail: Tail;
  readonly #pages: Pages;
  readonly #cohorts = new Cohorts();
  /** Each subscriber, with the token's holder for whom it counts. */
  readonly #subscribers = new Map<Subscriber, string>();
  readonly #holdings: Holdings;
  readonly #spell: number;
  readonly #context: SubscriberContext;
  readonly #published: (publication: Publication) => void;
  #lingering: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({
    log,
    report,
    onPublish = () => {},
    onReplay = () => {},
    limits = ANY_NUMBER,
    tallies = new OwnTallies(() => performance.now()),
    onLimit = () => {},
    spell = SPELL,
    ration = new Ration(Infinity),
    ringItems = RING_ITEMS,
  }: LiveOptions) {
    this.#published = onPublish;
    this.#holdings = new Holdings(limits, tallies, onLimit);
    this.#spell = spell;
    this.#tail = new Tail({
      log,
      report,
      ringItems,
      hand: (entries, isFresh, signal) => this.#hand(entries, isFresh, signal),
      onLoss: (position) => {
        this.#pages.clear();
        for (const subscriber of this.#subscribers.keys()) subscriber.fallBehind(position);
      },
    });
    this.#pages = new Pages(log, ration);
    this.#context = {
      log,
      tail: this.#tail,
      pages: this.#pages,
      lanes: new Lanes(LANES),
      report,
      onReplay,
      onLeave: (subscriber) => this.#left(subscriber),
    };
  }

  /** Subscribers at this moment. */
  get size(): { readonly live: number; readonly behind: number; readonly cohorts: number } {
    let live = 0;
    for (const subscriber of this.#subscribers.keys()) if (subscriber.isLive) live += 1;
    return { live, behind: this.#subscribers.size - live, cohorts: this.#cohorts.size };
  }

  /**
   * Follows from after the cursor, or from now on when it is null, until the subscriber is ended.
   *
   * @param holder the token's holder, for whom it counts.
   * @param instead a cursor to follow from if the log no longer has the item at `after`.
   * @throws {HookcastError} TOO_MANY_REQUESTS if the holder, or all holders together, have as many subscriptions as they may.
   */
  follow(
    following: SharedOperation,
    after: Cursor | null,
    sink: MessageSink,
    holder = '',
    instead: Cursor | null = null,
  ): Subscriber {
    this.#holdings.enter(holder, following.key, this.#cohorts.has(following.key) ? null : this.#cohorts.size);
    clearTimeout(this.#lingering);
    const subscriber = new Subscriber(this.#cohorts.enter(following), { after, instead }, sink, this.#context);
    this.#subscribers.set(subscriber, holder);
    if (this.#closed) this.#dismiss(subscriber);
    return subscriber;
  }

  /** Ends every subscriber after what has been written to it. */
  close(): void {
    this.#closed = true;
    this.#tail.stop();
    for (const subscriber of this.#subscribers.keys()) this.#dismiss(subscriber);
  }

  #dismiss(subscriber: Member, error?: unknown): void {
    subscriber.end();
    subscriber.sink.end(error);
  }

  /**
   * Hands each item to all cohorts before the next item. Whenever the spell is over, it pauses for a turn, since eight hundred
   * different documents take half a second to execute. No subscriber joins a cohort in such a pause (`Tail.handing`).
   */
  async #hand(entries: readonly Entry[], isFresh: boolean, signal: AbortSignal): Promise<void> {
    // Only the time of executing counts: a pause while a payload is given to many sockets would make two writes of one for each.
    let spent = 0;
    for (const entry of entries) {
      if (isErasing(entry.item)) this.#pages.clear();
      const began = performance.now();
      let [cohorts, subscribers] = [0, 0];
      for (const cohort of this.#cohorts.of(entry.item)) {
        if (spent > this.#spell) {
          await setImmediate();
          // The tail was stopped. If it has started again since, it may follow another log.
          if (signal.aborted) return;
          spent = 0;
        }
        if (cohort.members.size === 0) continue;
        try {
          const executing = performance.now();
          const payload = cohort.payload(entry);
          spent += performance.now() - executing;
          if (!payload) continue;
          const taken = cohort.deliver(payload);
          if (taken === 0) continue;
          cohorts += 1;
          subscribers += taken;
        } catch (error) {
          // An error in one cohort must not keep the item from the others.
          for (const member of cohort.members) this.#dismiss(member, error);
        }
      }
      const event = entry.item.kind === 'event' ? entry.item.event : null;
      this.#published({ event, cohorts, subscribers, began, ended: performance.now(), isFresh });
    }
  }

  #left(subscriber: Subscriber): void {
    this.#holdings.leave(this.#subscribers.get(subscriber)!, subscriber.cohort.key);
    this.#subscribers.delete(subscriber);
    this.#cohorts.leave(subscriber.cohort);
    if (this.#subscribers.size > 0 || this.#closed) return;
    this.#pages.clear();
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#tail.stop(), LINGER).unref();
  }
}
