import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Cursor, gapAfter } from '../events/cursor.ts';
import type { EventLog, Page, ReadRequest } from '../events/event-log.ts';
import { inOrder, isErasing } from './message.ts';
import { type Entry, Ring } from './ring.ts';

export interface TailOptions {
  readonly log: EventLog;
  /** How many items the ring keeps. The tail begins so far before the head, since subscribers that come back have missed these. */
  readonly ringItems: number;
  /**
   * Called with what comes next in the log, once and in order. The tail waits for its promise. `isFresh` is false while the
   * tail is on its way to the head. After the signal aborts, nothing more may be handed on.
   */
  readonly hand: (entries: readonly Entry[], isFresh: boolean, signal: AbortSignal) => Promise<void>;
  /** Called with the position after which items are lost: they were trimmed before they were read, or the log was replaced. */
  readonly onLoss: (position: Cursor) => void;
  /** Called with the error while the log can't be read. */
  readonly report: (cause: unknown) => void;
}

/** Items read at a time. */
const PAGE = 100;
/** How long until a log that could not be read is tried again, in milliseconds. */
const AGAIN = 1_000;

/**
 * The part of a process that follows the head and hands on each event once, in order. It reads all that is committed while
 * somebody follows; what it has handed on stays in the ring for a while.
 */
export class Tail {
  readonly #options: TailOptions;
  #following: { readonly ring: Ring; position: Cursor; handing: Promise<void> | null } | null = null;
  #starting: Promise<void> | null = null;
  /** Whether it has been at the head since it began, or since it last lost items. */
  #wasAtHead = false;
  #stopWatching: (() => void) | null = null;
  /** Counts how often the head may have moved. If it has changed since before a read, then the read may have missed something. */
  #version = 0;
  #wake: (() => void) | null = null;
  /** The version before the last read that came to the head. Everything up to this version has been handed on. */
  #handed = 0;
  #settling: { readonly version: number; readonly resolve: () => void }[] = [];
  #signal = new AbortController();

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** Everything up to here has been handed on. @throws while the tail can't read the log. */
  get position(): Cursor {
    return this.#current.position;
  }

  /**
   * Resolves when the present page has been handed on. Null if there is none. Until it resolves, the position says nothing: some
   * cohorts have what comes next, and others don't.
   */
  get handing(): Promise<void> | null {
    return this.#following?.handing ?? null;
  }

  get ring(): Ring {
    return this.#current.ring;
  }

  /** Resolves once it follows the head. */
  start(): Promise<void> {
    this.#starting ??= this.#start(this.#signal.signal);
    return this.#starting;
  }

  /** Stops following. The tail can be started again, at the head as it is then. */
  stop(): void {
    this.#signal.abort();
    this.#signal = new AbortController();
    this.#wake?.();
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#following = null;
    this.#starting = null;
    this.#settle(this.#version);
  }

  /**
   * Resolves when every change that the log has told of so far has been handed on. Until then nothing may be given from memory,
   * since one of these changes may be an erasure.
   */
  async settled(): Promise<void> {
    if (this.#handed === this.#version) return;
    await new Promise<void>((resolve) => this.#settling.push({ version: this.#version, resolve }));
  }

  /** Reads the log again, although the log may not have told of a change. */
  nudge(): void {
    this.#version += 1;
    this.#wake?.();
  }

  get #current() {
    if (!this.#following) throw new Error('the tail has not begun');
    return this.#following;
  }

  async #start(signal: AbortSignal): Promise<void> {
    this.#stopWatching = this.#options.log.watch(() => this.nudge());
    const oldest = await this.#patiently((log) => log.oldest(), signal);
    const head = await this.#patiently((log) => log.head(), signal);
    if (!oldest || !head) return;
    const from = Math.max(oldest.seq, head.seq - this.#options.ringItems);
    const position = from === head.seq ? head : { epoch: head.epoch, seq: from };
    this.#following = { ring: new Ring(position, this.#options.ringItems), position, handing: null };
    this.#wasAtHead = false;
    await new Promise<void>((atHead) => void this.#follow(signal, atHead).then(atHead));
  }

  async #follow(signal: AbortSignal, atHead: () => void): Promise<void> {
    while (!signal.aborted) {
      const version = this.#version;
      const page = await this.#patiently((log) => log.read(this.#next()), signal);
      if (!page || signal.aborted) return;
      const isMore = await this.#take(page, signal);
      if (signal.aborted) return;
      if (isMore) {
        // Other work of the process gets a turn.
        await setImmediate();
        continue;
      }
      this.#wasAtHead = true;
      atHead();
      this.#settle(version);
      if (this.#version === version) await new Promise<void>((resolve) => (this.#wake = resolve));
      // Deliveries that were committed together are answered first. Then their events are handed on together.
      await setImmediate();
    }
  }

  #settle(version: number): void {
    this.#handed = version;
    const settling = this.#settling;
    this.#settling = settling.filter((waiting) => waiting.version > version);
    for (const waiting of settling) if (waiting.version <= version) waiting.resolve();
  }

  #next(): ReadRequest {
    return { direction: 'forward', after: this.position, limit: PAGE, filter: {} };
  }

  /** Hands on the items of a page, and moves the position in the turn in which that is done. Returns whether there is more. */
  async #take(page: Page, signal: AbortSignal): Promise<boolean> {
    const { hand, onLoss } = this.#options;
    const current = this.#current;
    const { position } = current;
    if (gapAfter(position, page, page.isReplaced)) {
      this.#wasAtHead = false;
      current.position = page.floor;
      current.ring.clear(page.floor);
      onLoss(position);
      return true;
    }
    const entries = inOrder(page).map((item) => current.ring.add(item));
    current.handing = hand(entries, this.#wasAtHead, signal);
    await current.handing;
    current.handing = null;
    current.position = page.end;
    // The ring is cleared, since it must not keep what was erased, and since its positions are of one epoch. Both are rare.
    const hasErased = entries.some(({ item }) => isErasing(item));
    if (hasErased || position.epoch !== page.head.epoch) current.ring.clear(current.position);
    return page.hasMore;
  }

  /** Asks the log until it answers: if it can't be read for a while, no subscriber is lost. Null if the signal aborts. */
  async #patiently<T>(ask: (log: EventLog) => Promise<T>, signal: AbortSignal): Promise<T | null> {
    while (!signal.aborted) {
      try {
        return await ask(this.#options.log);
      } catch (error) {
        this.#options.report(error);
        // If the signal aborts, the wait rejects at once.
        await setTimeout(AGAIN, undefined, { signal }).catch(() => {});
      }
    }
    return null;
  }
}
