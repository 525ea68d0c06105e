import type { LogThread, StartThread } from '../sharing.ts';
import { PAGE } from './schema.ts';
import { ownThread } from './threads.ts';

/**
 * Pages of the write-ahead log that are written until they are copied into the file, about. At 2,000 pages the next commit would
 * copy all of them itself, with everybody waiting behind it: that took up to a quarter of a second.
 */
export const PAGES = 500;
/** Pages that each commit of events writes, however few they are: the last ones of the tables and of the indexes. */
const OF_A_COMMIT = 18;
/** Pages of each event besides its texts: it goes into a dozen indexes, which share their last pages. */
const OF_AN_EVENT = 0.5;
/** Pages of each event that is emptied, revised or forgotten, which may be anywhere. */
export const OF_A_CHANGE = 5;

/** Pages that a commit of so many events writes to the write-ahead log, about: measured with one, 8, 32 and 64 of them. */
export function pagesOf(events: number, characters: number): number {
  return OF_A_COMMIT + OF_AN_EVENT * events + characters / PAGE;
}

/** Has the write-ahead log copied into the file beside those who write, so that no commit has much of it to do. */
export class Checkpoints {
  readonly #path: string;
  readonly #startThread: StartThread;
  readonly #most: number;
  #pages = 0;
  #thread: LogThread | null = null;
  /** Told when the thread has done what it was asked for, or ended. */
  #done: () => void = () => {};
  #underWay: Promise<void> | null = null;
  #closed = false;

  /** @param gateways how many write to the file. Each counts only what it wrote itself. */
  constructor(path: string, startThread = ownThread, gateways = 1) {
    this.#path = path;
    this.#startThread = startThread;
    this.#most = Math.ceil(PAGES / gateways);
  }

  /** Told of what was committed. */
  wrote(pages: number): void {
    this.#pages += pages;
    if (this.#pages >= this.#most && !this.#underWay) void this.copy();
  }

  /** Resolved when what was committed before is in the file, as far as nobody reads an older state of it. */
  async copy(): Promise<void> {
    // What is under way has begun with less.
    await this.#underWay;
    if (this.#closed) return;
    this.#underWay ??= this.#copy().finally(() => (this.#underWay = null));
    await this.#underWay;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
    const thread = this.#thread;
    if (!thread) return;
    const ended = new Promise<void>((resolve) => (this.#done = resolve));
    thread.postMessage('close');
    await ended;
  }

  #copy(): Promise<void> {
    this.#pages = 0;
    const thread = (this.#thread ??= this.#start());
    return new Promise((resolve) => {
      this.#done = resolve;
      thread.postMessage('copy');
    });
  }

  #start(): LogThread {
    const thread = this.#startThread('checkpointer', this.#path, {
      onMessage: () => this.#done(),
      // Nothing is lost with it: the commits copy then, as they would without it, and the next time another is started.
      ended: () => {
        if (this.#thread !== thread) return;
        this.#thread = null;
        this.#done();
      },
    });
    return thread;
  }
}
