import type { Cursor } from '../events/cursor.ts';
import type { Item, SerializedMessage } from './message.ts';

/** An item, and its payloads by the keys of cohorts. A payload is null if its cohort may not see the item. */
export interface Entry {
  readonly item: Item;
  readonly payloads: Map<string, SerializedMessage | null>;
  /** Keeps the entry, and is told how much it grows. Null once the entry was dropped. */
  keeper: Keeper | null;
  /** The memory that the item and its payloads take, roughly. */
  bytes: number;
}

export interface Keeper {
  grew(entry: Entry, bytes: number): void;
}

export function toEntry(item: Item, keeper: Keeper): Entry {
  return { item, payloads: new Map(), keeper, bytes: ENTRY_BYTES + bytesOf(item) };
}

function bytesOf(item: Item): number {
  if (item.kind === 'event') return item.event.bytes;
  return item.kind === 'revision' ? item.revision.event.bytes : item.erasure.eventIds.length * ID_BYTES;
}

/** The most bytes of items and payloads that are kept. */
const MOST_BYTES = 16 * 1024 * 1024;
/** The memory that an entry takes besides its event, and that an id in an erasure takes, roughly. */
const ENTRY_BYTES = 500;
const ID_BYTES = 100;

/**
 * The newest stretch of the log in memory, complete from its floor to the tail's position. A subscriber that is a little behind,
 * or comes back after a moment, is served from here: without a read, and with payloads that were made for others.
 */
export class Ring implements Keeper {
  readonly #entries: Entry[] = [];
  readonly #mostItems: number;
  #bytes = 0;
  #floor: Cursor;

  constructor(floor: Cursor, mostItems: number) {
    this.#floor = floor;
    this.#mostItems = mostItems;
  }

  /** Adds what comes next in the log. */
  add(item: Item): Entry {
    const entry = toEntry(item, this);
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.#evict();
    return entry;
  }

  /** Counts a new payload, which is kept for as long as its entry. */
  grew(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    this.#bytes += bytes;
    this.#evict();
  }

  /**
   * All entries after the cursor, oldest first. Null if the cursor is older than the ring, or of another log. If the cursor has a
   * mark that no item here has, then it may be of another log, too, and only the log can tell.
   */
  after({ epoch, seq, mark }: Cursor): readonly Entry[] | null {
    if (epoch !== this.#floor.epoch || seq < this.#floor.seq) return null;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.item.cursor.seq <= seq) low = middle + 1;
      else high = middle;
    }
    if (mark !== undefined) {
      const there = low === 0 ? this.#floor : this.#entries[low - 1]!.item.cursor;
      if (there.seq !== seq || there.mark !== mark) return null;
    }
    return this.#entries.slice(low);
  }

  /** Drops all entries. The ring is complete from the new floor on. */
  clear(floor: Cursor): void {
    for (const entry of this.#entries.splice(0)) entry.keeper = null;
    this.#bytes = 0;
    this.#floor = floor;
  }

  #evict(): void {
    while (this.#entries.length > this.#mostItems || this.#bytes > MOST_BYTES) {
      const oldest = this.#entries.shift();
      if (!oldest) return;
      oldest.keeper = null;
      this.#bytes -= oldest.bytes;
      this.#floor = oldest.item.cursor;
    }
  }
}
