import type { LogFile, LogThread, StartThread } from '../sharing.ts';
import { PAGE } from './schema.ts';
import { ownThread } from './threads.ts';

/**
 * After about so many written pages, the write-ahead log is copied into the file. At 2,000 pages the next commit would copy all of
 * them itself while all other writes wait: that took up to a quarter of a second.
 */
export const PAGES = 500;
/** Pages that each commit of events writes, even for one event: the last pages of the tables and of the indexes. */
const OF_A_COMMIT = 18;
/** Pages for each event besides its texts. An event goes into a dozen indexes, and the events of a commit share their last pages. */
const OF_AN_EVENT = 0.5;
/** Pages for each event that is erased, revised or deleted. Such an event may be anywhere in the file. */
export const OF_A_CHANGE = 5;

/** About how many pages a commit writes to the write-ahead log: measured with one, 8, 32 and 64 events. */
export function pagesOf(events: number, characters: number): number {
  return OF_A_COMMIT + OF_AN_EVENT * events + characters / PAGE;
}

/** Has a thread copy the write-ahead log into the file while others write, so that commits have little of it to copy. */
export class Checkpoints {
  readonly #file: LogFile;
  readonly #startThread: StartThread;
  readonly #most: number;
  #pages = 0;
  #thread: LogThread | null = null;
  /** Called when the thread has done its task, or has ended. */
  #done: () => void = () => {};
  #underWay: Promise<void> | null = null;
  #closed = false;

  /** @param gateways how many gateways write to the file. Each counts only its own pages. */
  constructor(file: LogFile, startThread = ownThread, gateways = 1) {
    this.#file = file;
    this.#startThread = startThread;
    this.#most = Math.ceil(PAGES / gateways);
  }

  /** Counts committed pages, and starts a copy when there are enough. */
  wrote(pages: number): void {
    this.#pages += pages;
    if (this.#pages >= this.#most && !this.#underWay) void this.copy();
  }

  /** Resolves when all earlier commits are in the file, except those that a reader of an older state keeps out. */
  async copy(): Promise<void> {
    // A copy under way may have begun before the last commits.
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
    const thread = this.#startThread('checkpointer', this.#file, {
      onMessage: () => this.#done(),
      // No data is lost if the thread ends: the commits copy the pages themselves until `copy` starts another thread.
      ended: () => {
        if (this.#thread !== thread) return;
        this.#thread = null;
        this.#done();
      },
    });
    return thread;
  }
}
