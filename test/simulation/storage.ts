import type { Cursor, Extent, isOther } from '../../src/events/cursor.ts';
import type { Erasure } from '../../src/events/erasure.ts';
import type { Page, ReadRequest } from '../../src/events/event-log.ts';
import type { RecordedEvent } from '../../src/events/event.ts';
import type { Item } from '../../src/live/message.ts';
import type { World } from './world.ts';

/** What stands at one position: an event, or the erasure of a subject. */
export interface Kept {
  readonly kind: 'event' | 'erasure';
  readonly seq: number;
  /** Its name: nothing else has the same, wherever in whichever copy of the log. */
  readonly mark: number;
  readonly tenant: string;
  readonly subject: string;
  /** The mark of the erasure that took its people; 0 while it has them. */
  readonly erasedBy: number;
}

/** A log as a copy of it has it. What retention has deleted is below the floor. */
interface State {
  readonly kept: readonly Kept[];
  readonly floor: number;
}

export const SUBJECTS = ['ticket/0', 'ticket/1', 'ticket/2'] as const;
export const TENANTS = ['eduzz:1', 'eduzz:2'] as const;

/** How many commits a copy can lack. */
const MOST_COPIES = 12;
/** Bytes of an item. */
const ITEM_BYTES = 100;
/** Milliseconds until a watcher is called, as the log's port promises. */
const WATCHED_WITHIN = 2_000;

const EVENT = {
  provider: 'eduzz',
  source: 'eduzz',
  type: 'blinket.participant_canceled',
  occurredAt: { at: 0, text: null },
  receivedAt: 0,
  shape: 'TicketCancellation',
  kind: 'TICKET',
  happened: 'CANCELED',
  worth: null,
  data: {},
  raw: null,
  version: null,
  superseded: false,
  bytes: ITEM_BYTES,
};

/** What several gateways share: a log that commits, forgets, fails over with commits lost, and is put back from a copy. */
export class Storage {
  readonly #world: World;
  /** The share of watchers that are called late. */
  readonly #lateness: number;
  readonly #watchers = new Set<() => void>();
  #state: State = { kept: [], floor: 0 };
  /** States before the last commits, the oldest first. */
  #copies: { readonly state: State; readonly isTrim: boolean }[] = [];
  #epochs = 1;
  #lineage: Cursor[] = [];
  readonly #replaced = new Set<number>();
  #items = new WeakMap<Kept, Item>();
  /** Of what was committed last, in whichever copy. */
  mark = 0;
  /** Whether commits were ever lost, by a failover or a copy that was put back. */
  hasLost = false;
  hasTrimmed = false;
  isAway = false;

  constructor(world: World, lateness: number) {
    this.#world = world;
    this.#lateness = lateness;
  }

  /** Everything that was committed, also what retention has deleted since. */
  get kept(): readonly Kept[] {
    return this.#state.kept;
  }

  get floor(): number {
    return this.#state.floor;
  }

  get extent(): Extent {
    const { kept, floor } = this.#state;
    const last = kept.at(-1);
    return {
      head: last && last.seq > floor ? this.#cursorOf(last) : { epoch: this.#epoch, seq: last?.seq ?? 0 },
      floor: { epoch: this.#epoch, seq: floor },
      lineage: this.#lineage,
    };
  }

  append(tenant: string, subject: string): void {
    this.#add('event', tenant, subject, this.#state.kept);
  }

  /** What was said of the subject before is without its people from here on. */
  erase(tenant: string, subject: string): void {
    const erasedBy = this.mark + 1;
    const erased = this.#state.kept.map((kept) =>
      kept.kind === 'event' && kept.tenant === tenant && kept.subject === subject && kept.erasedBy === 0
        ? { ...kept, erasedBy }
        : kept,
    );
    this.#add('erasure', tenant, subject, erased);
  }

  /**
   * Retention: all but about so many of the newest. It never ends where an event stood that a copy lacked which was put back: at its floor a
   * log no longer knows what stood there (docs/OPERATING.md says what to do).
   */
  trim(keep: number): void {
    const { kept, floor } = this.#state;
    const last = kept.slice(0, Math.max(kept.length - keep, 0)).findLast(({ seq }) => !this.#replaced.has(seq));
    if (!last || last.seq <= floor) return;
    this.hasTrimmed = true;
    this.#commit({ kept, floor: last.seq }, true);
  }

  /** A standby takes over that lacks the newest commits: the log goes on under another epoch. */
  failOver(lost: number): void {
    const old = this.#epoch;
    this.#goBack(lost, () => true);
    this.#epochs += 1;
    const last = this.#state.kept.at(-1)?.seq ?? 0;
    this.#lineage = [
      ...this.#lineage.map(({ epoch, seq }) => ({ epoch, seq: Math.min(seq, last) })),
      { epoch: old, seq: last },
    ];
    // A log names all of its positions by the epoch that it has now.
    this.#items = new WeakMap();
    this.#moved();
  }

  /**
   * A copy is put back in the log's place, with the same epoch: only the marks of what stands there tell. None stands at the end of a log
   * that retention has emptied, so that only a copy that was made since then can be told.
   */
  putBack(lost: number): void {
    const { kept } = this.#state;
    this.#goBack(lost, ({ isTrim }) => !isTrim);
    for (const { seq } of kept.slice(this.#state.kept.length)) this.#replaced.add(seq);
    this.#moved();
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** @param bytes how many a page may have. */
  read({ after, limit }: ReadRequest, bytes: number, isSomethingElse: typeof isOther): Page {
    const { kept } = this.#state;
    const { head, floor, lineage } = this.extent;
    const from = after?.seq ?? 0;
    const start = this.#firstAfter(Math.max(from, floor.seq));
    const most = Math.max(Math.min(limit, Math.floor(bytes / ITEM_BYTES)), 1);
    const taken = kept.slice(start, start + most).map((one) => this.item(one));
    const hasMore = kept.length > start + most;
    return {
      head,
      floor,
      lineage,
      isReplaced: isSomethingElse(after, this.at(from)?.mark, floor),
      events: taken.flatMap((item) => (item.kind === 'event' ? [item.event] : [])),
      erasures: taken.flatMap((item) => (item.kind === 'erasure' ? [item.erasure] : [])),
      revisions: [],
      end: hasMore ? taken.at(-1)!.cursor : head,
      hasMore,
      isFull: hasMore,
    };
  }

  /** What stands at a position above the floor. */
  at(seq: number): Kept | null {
    const kept = this.#state.kept[this.#firstAfter(seq) - 1];
    return kept?.seq === seq && seq > this.#state.floor ? kept : null;
  }

  item(kept: Kept): Item {
    const made = this.#items.get(kept) ?? this.#make(kept);
    this.#items.set(kept, made);
    return made;
  }

  get #epoch(): string {
    return `epoch-${String(this.#epochs).padStart(5, '0')}`;
  }

  #cursorOf({ seq, mark }: Kept): Cursor {
    return { epoch: this.#epoch, seq, mark };
  }

  #make(kept: Kept): Item {
    const { kind, tenant, subject, erasedBy } = kept;
    const cursor = this.#cursorOf(kept);
    if (kind === 'erasure') {
      const erasure = { provider: 'eduzz', source: 'eduzz', tenant, subject, cursor, eventIds: [] };
      return { kind, cursor, erasure: erasure as unknown as Erasure };
    }
    const people = { personal: erasedBy === 0 ? { tenantName: null } : null, isErased: erasedBy !== 0 };
    const event = { ...EVENT, ...people, eventId: `event-${kept.mark}`, tenant, subject, cursor };
    return { kind, cursor, event: event as unknown as RecordedEvent };
  }

  #add(kind: Kept['kind'], tenant: string, subject: string, before: readonly Kept[]): void {
    const { dice } = this.#world;
    this.mark += 1;
    const seq = (before.at(-1)?.seq ?? 0) + 1 + (dice.chance(0.2) ? dice.below(3) : 0);
    const kept = { kind, seq, mark: this.mark, tenant, subject, erasedBy: 0 };
    this.#commit({ kept: [...before, kept], floor: this.#state.floor }, false);
    this.#moved();
  }

  #commit(state: State, isTrim: boolean): void {
    this.#copies.push({ state: this.#state, isTrim });
    if (this.#copies.length > MOST_COPIES) this.#copies.shift();
    this.#state = state;
  }

  #goBack(lost: number, canUndo: (copy: { readonly isTrim: boolean }) => boolean): void {
    this.hasLost = true;
    for (let count = 0; count < lost; count += 1) {
      const copy = this.#copies.at(-1);
      if (!copy || !canUndo(copy)) return;
      this.#copies.pop();
      this.#state = copy.state;
    }
  }

  #firstAfter(seq: number): number {
    const { kept } = this.#state;
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (kept[middle]!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Each watcher is called in time; often at once, sometimes for several commits together. */
  #moved(): void {
    const { dice } = this.#world;
    for (const watcher of this.#watchers) {
      const delay = dice.chance(this.#lateness) ? dice.below(WATCHED_WITHIN) : dice.below(3);
      this.#world.after(delay, () => this.#watchers.has(watcher) && watcher());
    }
  }
}
