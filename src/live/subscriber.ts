import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import { type Cursor, type Resumption, gapAfter } from '../events/cursor.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Cohort, Member } from './cohort.ts';
import type { Lanes } from './lanes.ts';
import type { MessageSink, SerializedMessage } from './message.ts';
import type { Pages, Stretch } from './pages.ts';
import type { Entry } from './ring.ts';
import type { Tail } from './tail.ts';

/** What all subscribers of a process share. */
export interface SubscriberContext {
  readonly log: EventLog;
  readonly tail: Tail;
  readonly pages: Pages;
  readonly lanes: Lanes;
  /** Called with the error while the log can't be read. */
  readonly report: (cause: unknown) => void;
  /** Called with the number of messages that a subscriber that is behind was given. */
  readonly onReplay: (messages: number) => void;
  readonly onLeave: (subscriber: Subscriber) => void;
}

/** Live: it has everything that the tail has handed on, and is in its cohort. Behind: it reads on from its cursor. */
export type State =
  | { readonly kind: 'live' }
  | { readonly kind: 'behind'; readonly waitsFor: 'lane' | 'log' | 'socket' }
  | { readonly kind: 'ended' };

const LIVE: State = { kind: 'live' };
const ENDED: State = { kind: 'ended' };
const IN_LANE: State = { kind: 'behind', waitsFor: 'lane' };
const AT_LOG: State = { kind: 'behind', waitsFor: 'log' };
const AT_SOCKET: State = { kind: 'behind', waitsFor: 'socket' };

/** How long one subscriber may be given what it lacks, in milliseconds, before other work gets a turn. */
const SPELL = 5;
/** How long until a log that could not be read is tried again, in milliseconds. */
const AGAIN = 1_000;
/** How long the tail is given to find a log that has been replaced, in milliseconds. */
const REPLACED = 100;

/**
 * One running subscription: a cursor, and a way to write. It has no queue: what its socket doesn't take now, it
 * reads again later, from the ring or from the log.
 *
 * The seam between reading and being handed items: it joins its cohort only in the turn in which it has everything up
 * to the tail's position, so that the next item that is handed on is the next one for it. It may be ahead of the tail,
 * if its own read came later. Then it doesn't take again what it has.
 */
export class Subscriber implements Member {
  readonly cohort: Cohort;
  readonly sink: MessageSink;
  readonly #context: SubscriberContext;
  readonly #fromNowOn: boolean;
  #state: State = ENDED;
  /** Everything up to here has been written. Null until it is known where "from now on" is. */
  #cursor: Cursor | null;
  /** Where it goes on if the log has another item at its first cursor. Null once it has read on from a cursor. */
  #instead: Cursor | null;
  /** Whether this subscriber read the cursor in the log. A cursor that the client gave may be of a log that was put back. */
  #isRead = false;
  /**
   * The cursor at which it went live ahead of the tail. Null once the tail has handed on the item there. Until then the log may have
   * lost that item, in a failover or by a copy that was put back, and the tail, which never read it, can't tell.
   */
  #ahead: Cursor | null = null;
  #caughtUp = false;

  constructor(cohort: Cohort, { after, instead }: Resumption, sink: MessageSink, context: SubscriberContext) {
    this.cohort = cohort;
    this.sink = sink;
    this.#context = context;
    this.#cursor = after;
    this.#instead = instead;
    this.#fromNowOn = after === null;
    this.#queue();
  }

  get isLive(): boolean {
    return this.#state === LIVE;
  }

  /** Takes a message that its cohort was handed. */
  receive(payload: SerializedMessage): void {
    if (this.#ahead !== null && !this.#confirm(payload.cursor, this.#ahead)) return;
    if (payload.cursor.seq <= this.#cursor!.seq) return;
    if (!this.#write(payload)) this.cohort.members.delete(this);
  }

  /** Called when the socket takes more. */
  drained(): void {
    if (this.#state === AT_SOCKET) this.#queue();
  }

  /** Called when the tail will not hand on what comes after the position: the subscriber has to read that itself. */
  fallBehind(position: Cursor): void {
    if (this.#state !== LIVE) return;
    this.cohort.members.delete(this);
    // Nothing that it wants lies between what was written to it last and the tail's position.
    if (this.#cursor!.seq < position.seq) this.#cursor = position;
    this.#queue();
  }

  /** Ends the subscription. Nothing more is written. */
  end(): void {
    if (this.#state === ENDED) return;
    this.#state = ENDED;
    this.cohort.members.delete(this);
    this.#context.onLeave(this);
  }

  #queue(): void {
    this.#state = IN_LANE;
    void this.#context.lanes.run(() => this.#advance());
  }

  /** Goes one step towards the tail. */
  async #advance(): Promise<void> {
    if (this.#state !== IN_LANE) return;
    // Without this check it might read in vain: if many share one socket, only some have room after it drained.
    if (!this.sink.hasRoom()) {
      this.#state = AT_SOCKET;
      return;
    }
    const { log, pages, tail } = this.#context;
    this.#state = AT_LOG;
    try {
      await tail.start();
      await tail.settled();
      const cursor = this.#cursor ?? (await log.head());
      if (this.#state !== AT_LOG) return;
      if (!this.#cursor) this.#isRead = true;
      this.#cursor = cursor;
      while (tail.handing) await tail.handing;
      if (this.#state !== AT_LOG) return;
      // If it begins at the head, then CaughtUp comes before all that is committed after that head.
      if (this.#fromNowOn && !this.#sayCaughtUp(cursor)) return;
      const entries = this.#atHand(cursor);
      if (entries) {
        if (this.#writeAll(entries, tail.position)) this.#join();
        return;
      }
      const stretch = await pages.read(this.cohort, cursor);
      if (this.#state !== AT_LOG) return;
      this.#isRead = true;
      if (!this.#take(cursor, stretch)) return;
      // It is at the head, but the tail has another log in memory.
      if (stretch.end === stretch.head && !this.#atHand(stretch.head)) {
        tail.nudge();
        await setTimeout(REPLACED, undefined, { ref: false });
      }
    } catch (error) {
      if (!(await this.#survives(error))) return;
    }
    if (this.#state === AT_LOG) this.#queue();
  }

  /** The entries that it lacks up to the tail's position, from memory. Null if only the log can tell. */
  #atHand(cursor: Cursor): readonly Entry[] | null {
    const { tail } = this.#context;
    const { position, ring } = tail;
    const isPast = cursor.epoch === position.epoch && cursor.seq > position.seq;
    // If the subscriber has not read the cursor, it may be beyond the head of a log that was put back from an older copy.
    if (isPast) return this.#isRead ? [] : null;
    return ring.after(cursor);
  }

  /** Writes what was read. Returns whether all of it was written. */
  #take(after: Cursor, stretch: Stretch): boolean {
    const { entries, end, floor, isReplaced } = stretch;
    const reason = gapAfter(after, stretch, isReplaced);
    if (!reason) return this.#writeAll(entries, end);
    if (reason === 'LOG_REPLACED' && this.#instead) {
      [this.#cursor, this.#instead, this.#isRead] = [this.#instead, null, false];
      return true;
    }
    // A gap may also come in mid-stream: the log may have been trimmed past a subscriber that stalled.
    const payload = this.cohort.render({ kind: 'gap', cursor: floor, reason, after, resumedAt: floor });
    return payload === null || this.#write(payload);
  }

  /**
   * Writes entries, after which it has everything up to `end`. Returns false if the socket has no room for all of them, or if it
   * queues again, since others wait.
   */
  #writeAll(entries: readonly Entry[], end: Cursor): boolean {
    this.#instead = null;
    const began = performance.now();
    let written = 0;
    for (const entry of entries) {
      if (!this.cohort.wants(entry.item)) continue;
      // The ring has a thousand items, and each may take the document's whole cost to execute.
      if (written > 0 && performance.now() - began > SPELL) {
        this.#context.onReplay(written);
        this.#queue();
        return false;
      }
      const payload = this.cohort.payload(entry);
      if (!payload) continue;
      if (!this.#write(payload)) {
        this.#context.onReplay(written);
        return false;
      }
      written += 1;
    }
    if (written > 0) this.#context.onReplay(written);
    // The cursor also moves if only its epoch or mark differs from `end`, since the ring compares both.
    if (this.#cursor!.seq <= end.seq || this.#cursor!.epoch !== end.epoch) this.#cursor = end;
    return true;
  }

  /**
   * Checks what the tail hands on at the position where it went live ahead of the tail. If another item is there, or none, then it
   * reads the log again. Returns whether it may take what is handed on.
   */
  #confirm({ epoch, seq, mark }: Cursor, ahead: Cursor): boolean {
    if (seq < ahead.seq) return false;
    this.#ahead = null;
    if (seq === ahead.seq && epoch === ahead.epoch && mark === ahead.mark) return true;
    this.#lookAgain();
    return false;
  }

  /**
   * Waits until the tail has come to the position at which the subscriber is ahead. The tail hands on the item there only if the cohort wants
   * it. If the log has lost that item, perhaps no message tells so: the log may end before it, or go on with items that the cohort does not want.
   */
  async #awaitTail(ahead: Cursor): Promise<void> {
    const { tail } = this.#context;
    tail.nudge();
    await tail.settled();
    if (this.#ahead === ahead && this.isLive) this.#lookAgain();
  }

  #lookAgain(): void {
    this.cohort.members.delete(this);
    // The cursor may be beyond the end of the log that the tail has read.
    this.#isRead = false;
    this.#queue();
  }

  /** Goes live. It must be called in the turn in which it looked at the tail's position. */
  #join(): void {
    this.#state = LIVE;
    this.#ahead = this.#cursor!.seq > this.#context.tail.position.seq ? this.#cursor : null;
    this.cohort.members.add(this);
    if (this.#ahead) void this.#awaitTail(this.#ahead);
    if (!this.#sayCaughtUp(this.#cursor!)) this.cohort.members.delete(this);
  }

  /** Writes CaughtUp once. Returns whether the socket had room for it. */
  #sayCaughtUp(cursor: Cursor): boolean {
    if (this.#caughtUp) return true;
    const payload = this.cohort.caughtUp(cursor);
    this.#caughtUp = payload === null || this.#write(payload);
    return this.#caughtUp;
  }

  /** Writes if the socket has room. If not, then it is behind, and reads this item again later. Returns whether it wrote. */
  #write(payload: SerializedMessage): boolean {
    if (!this.sink.hasRoom()) {
      this.#state = AT_SOCKET;
      return false;
    }
    this.sink.write(payload);
    this.#cursor = payload.cursor;
    return true;
  }

  /** Returns whether to go on. If the log can't be read, it waits a while, and the subscriber is not lost. */
  async #survives(error: unknown): Promise<boolean> {
    if (this.#state === ENDED) return false;
    if (!(error instanceof HookcastError) || error.code !== 'LOG_UNAVAILABLE') {
      this.end();
      this.sink.end(error);
      return false;
    }
    this.#context.report(error);
    await setTimeout(AGAIN, undefined, { ref: false });
    return true;
  }
}
