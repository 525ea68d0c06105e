import type { Cursor } from '../events/cursor.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Cohort } from './cohort.ts';
import { inOrder } from './message.ts';
import { type Entry, toEntry } from './ring.ts';

/** A stretch of the log as a cohort's subscribers want it. */
export interface Stretch {
  readonly entries: readonly Entry[];
  /** Everything up to here is in it. */
  readonly end: Cursor;
  readonly head: Cursor;
  readonly floor: Cursor;
}

interface Kept {
  readonly key: string;
  readonly after: Cursor;
  readonly stretch: Promise<Stretch>;
  /** Once it is known. */
  end: Cursor | null;
}

/** Events read at a time: about what a socket takes at once. */
const PAGE = 64;
/** Pages kept. */
const MOST_PAGES = 32;
/** The largest page kept, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads for those whom the ring does not reach back to. A thousand who come back after an outage want the same pages at
 * about the same time, so the last ones are kept with the payloads made of them, and one that is being read is waited for.
 */
export class Pages {
  readonly #log: EventLog;
  #kept: Kept[] = [];

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** What comes after the cursor. @throws {HookcastError} LOG_UNAVAILABLE. */
  async read(cohort: Cohort, after: Cursor): Promise<Stretch> {
    const kept = this.#kept.find((page) => page.key === cohort.key && covers(page, after));
    if (!kept) return this.#readAnew(cohort, after);
    const stretch = await kept.stretch;
    const entries = stretch.entries.filter(({ item }) => item.cursor.seq > after.seq);
    return { ...stretch, entries };
  }

  /** Lets go of everything: what was erased must not be in memory either. */
  clear(): void {
    this.#kept = [];
  }

  async #readAnew(cohort: Cohort, after: Cursor): Promise<Stretch> {
    const { promise: stretch, resolve, reject } = Promise.withResolvers<Stretch>();
    // Nobody else may be waiting for a read that fails.
    stretch.catch(() => {});
    const kept: Kept = { key: cohort.key, after, stretch, end: null };
    this.#kept.push(kept);
    if (this.#kept.length > MOST_PAGES) this.#kept.shift();
    try {
      const page = await this.#log.read({ direction: 'forward', after, limit: PAGE, filter: cohort.filter });
      const full = page.events.length === PAGE;
      const entries = inOrder(page).map((item) => toEntry(item, null));
      const end = (full ? entries.at(-1)?.item.cursor : undefined) ?? page.head;
      kept.end = end;
      resolve({ entries, end, head: page.head, floor: page.floor });
      // A page that ends at the head will be another one the next time.
      if (!full || entries.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) this.#drop(kept);
    } catch (error) {
      this.#drop(kept);
      reject(error);
    }
    return stretch;
  }

  #drop(kept: Kept): void {
    this.#kept = this.#kept.filter((page) => page !== kept);
  }
}

/** Whether the page has what comes next for somebody at the cursor. One that is being read has it only from its start. */
function covers({ after, end }: Kept, { epoch, seq }: Cursor): boolean {
  if (after.epoch !== epoch || seq < after.seq) return false;
  return end === null ? seq === after.seq : end.epoch === epoch && seq < end.seq;
}
