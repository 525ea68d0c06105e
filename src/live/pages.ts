import type { Cursor, Extent } from '../events/cursor.ts';
import { type EventLog, PAGE_BYTES } from '../events/event-log.ts';
import type { Cohort } from './cohort.ts';
import { inOrder } from './message.ts';
import type { Ration } from './ration.ts';
import { type Entry, type Keeper, toEntry } from './ring.ts';

/** A stretch of the log as a cohort's subscribers want it. */
export interface Stretch extends Extent {
  readonly entries: readonly Entry[];
  /** The stretch contains everything up to here. */
  readonly end: Cursor;
  /** Whether the log has something else at the cursor than when the cursor was made. */
  readonly isReplaced: boolean;
}

/** Events read at a time: about what a socket takes at once. */
const PAGE = 64;
/** The most that is kept: how many pages, and how many bytes of pages and of their payloads. */
const MOST_PAGES = 32;
const MOST_BYTES = 16 * 1024 * 1024;
/** How long a page is kept, in milliseconds: subscribers that come back together have read it by then. */
const KEPT = 5_000;

/**
 * Reads the log for subscribers whose cursor is older than the ring. A thousand that come back after an outage want the same
 * pages at about the same time. So the last pages are kept with their payloads, and a page that is being read serves all of them.
 */
export class Pages {
  readonly #log: EventLog;
  readonly #ration: Ration;
  #pages: Page[] = [];

  constructor(log: EventLog, ration: Ration) {
    this.#log = log;
    this.#ration = ration;
  }

  /** Reads what comes after the cursor. @throws {HookcastError} LOG_UNAVAILABLE. */
  async read(cohort: Cohort, after: Cursor): Promise<Stretch> {
    this.#keep((page) => page.until > performance.now());
    const kept = this.#pages.find((page) => page.key === cohort.key && page.covers(after));
    if (!kept) return this.#readAnew(cohort, after);
    const stretch = await kept.stretch;
    const entries = stretch.entries.filter(({ item }) => item.cursor.seq > after.seq);
    return { ...stretch, entries, isReplaced: stretch.isReplaced && kept.isFrom(after) };
  }

  /** Drops all pages. */
  clear(): void {
    this.#keep(() => false);
  }

  async #readAnew(cohort: Cohort, after: Cursor): Promise<Stretch> {
    const reading = this.#read(cohort, after);
    const page: Page = new Page(cohort.key, after, () => this.#shrink());
    page.stretch = reading.then((read) => {
      const entries = inOrder(read).map((item) => toEntry(item, page));
      page.end = read.end;
      page.cursors = new Map(entries.map(({ item: { cursor } }) => [cursor.seq, cursor]));
      page.bytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
      return { ...read, entries };
    });
    this.#pages.push(page);
    this.#shrink();
    try {
      const stretch = await page.stretch;
      // A page that ends at the head is not kept: the next read may find more.
      if (stretch.end === stretch.head) this.#keep((other) => other !== page);
      return stretch;
    } catch (error) {
      this.#keep((other) => other !== page);
      throw error;
    }
  }

  async #read({ filter, parts }: Cohort, after: Cursor) {
    const portion = await this.#ration.take(PAGE_BYTES);
    try {
      return await this.#log.read({ direction: 'forward', after, limit: PAGE, filter, parts });
    } finally {
      // From here on its bytes count among those of the kept pages.
      portion.giveBack();
    }
  }

  #shrink(): void {
    let bytes = 0;
    // The newest pages stay, since subscribers that have just begun want them.
    const fitting = this.#pages.toReversed().filter((page, index) => {
      bytes += page.bytes;
      return index < MOST_PAGES && bytes <= MOST_BYTES;
    });
    this.#keep((page) => fitting.includes(page));
  }

  #keep(wanted: (page: Page) => boolean): void {
    this.#pages = this.#pages.filter((page) => {
      if (wanted(page)) return true;
      page.drop();
      return false;
    });
  }
}

class Page implements Keeper {
  readonly key: string;
  readonly after: Cursor;
  readonly until = performance.now() + KEPT;
  stretch!: Promise<Stretch>;
  /** Null until the page has been read. */
  end: Cursor | null = null;
  cursors: ReadonlyMap<number, Cursor> = new Map();
  bytes = 0;
  #grown: (() => void) | null;

  constructor(key: string, after: Cursor, grown: () => void) {
    this.key = key;
    this.after = after;
    this.#grown = grown;
  }

  isFrom({ epoch, seq, mark }: Cursor): boolean {
    return this.after.epoch === epoch && this.after.seq === seq && this.after.mark === mark;
  }

  /**
   * Whether the page has what comes after the cursor. While it is being read, it has that only for its own start. If the cursor
   * has a mark, then an item of the page must have the same one, since the cursor may be of another log.
   */
  covers(cursor: Cursor): boolean {
    const { epoch, seq, mark } = cursor;
    if (this.isFrom(cursor)) return true;
    if (this.after.epoch !== epoch || seq <= this.after.seq) return false;
    if (this.end === null || this.end.epoch !== epoch || seq >= this.end.seq) return false;
    return mark === undefined || this.cursors.get(seq)?.mark === mark;
  }

  grew(_entry: Entry, bytes: number): void {
    this.bytes += bytes;
    this.#grown?.();
  }

  /** Counts the page no longer. A reader that uses it at the moment still has it. */
  drop(): void {
    this.#grown = null;
  }
}
