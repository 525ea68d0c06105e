import { CONNECTING, type Condition, MOST_COUNTED, conditionAfter } from '../gateway/condition.ts';
import type { Interruption, StreamState } from '../gateway/stream.ts';
import { GATHERED, Observed } from '../observed.ts';
import { type ListedEvent, type Row, erased, keyOf, revised } from '../parts/event.ts';

/** Rows that are kept, newest first, and as many that wait. What is older is the history's. */
export const MOST_ROWS = 1_000;
/** Erasures that are remembered for details that are open. */
const MOST_ERASED = 10_000;

export type GapReason = 'RETENTION' | 'LOG_REPLACED';

/** What the live page shows. */
export interface LiveView extends Condition {
  readonly rows: readonly Row[];
  /** What has come and is not shown, since somebody reads; newest first, and no more of it than is kept. */
  readonly waiting: readonly Row[];
  /** How many that are, with those that were not kept. */
  readonly waitingCount: number;
  /** Whether there are older ones than the last row. */
  readonly hasOlder: boolean;
  readonly held: boolean;
  /** How many are still to come, `MOST_COUNTED` for so many and more; null when that is not known. */
  readonly left: number | null;
  readonly gap: GapReason | null;
  /** How many have come since the page was opened. */
  readonly arrived: number;
  /** Events that were erased meanwhile, each as `keyOf` has it. */
  readonly erased: ReadonlySet<string>;
}

interface Beginning {
  /** Newest first. */
  readonly rows: readonly Row[];
  /** Where what comes next begins. */
  readonly cursor: string;
  readonly hasOlder: boolean;
}

/** The live list: what has come, what waits to be shown, and how the stream is. */
export class LiveList extends Observed<LiveView> {
  /** Of the newest message: a stream that begins anew begins there. */
  #cursor: string;
  /** Oldest first, since the view had it. */
  #fresh: Row[] = [];
  #received = 0;
  /** Of what is shown, waits or has just come: a log that was replaced sends again what is here already. */
  readonly #ids: Set<string>;
  /** How many were still to come, when so many had been received. */
  #backlog: { readonly left: number; readonly at: number } | 'asked' | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ rows, cursor, hasOlder }: Beginning) {
    super({
      rows,
      waiting: [],
      waitingCount: 0,
      hasOlder,
      held: false,
      ...CONNECTING,
      left: null,
      gap: null,
      arrived: 0,
      erased: new Set(),
    });
    this.#cursor = cursor;
    this.#ids = new Set(rows.map(({ node }) => node.id));
  }

  get cursor(): string {
    return this.#cursor;
  }

  add(row: Row): void {
    this.#cursor = row.cursor;
    this.#received += 1;
    if (!this.#ids.has(row.node.id)) {
      this.#ids.add(row.node.id);
      this.#fresh.push(row);
    }
    // Timers of a tab that nobody looks at come once a minute.
    if (this.#fresh.length >= MOST_ROWS) return this.#gathered();
    this.#timer ??= setTimeout(() => this.#gathered(), GATHERED);
  }

  /** Lets go of what is known of people in these events. */
  erase(source: string, eventIds: readonly string[], cursor: string): void {
    this.#cursor = cursor;
    const keys = new Set(eventIds.map((eventId) => keyOf({ source, eventId })));
    const without = (row: Row) => (keys.has(keyOf(row.node)) ? { ...row, node: erased(row.node) } : row);
    this.#fresh = this.#fresh.map(without);
    this.become({
      rows: this.view.rows.map(without),
      waiting: this.view.waiting.map(without),
      erased: new Set([...this.view.erased, ...keys].slice(-MOST_ERASED)),
    });
  }

  /**
   * Shows an event as it is now, or takes it away if the filter wants it no more. One that the filter wants only now has its place
   * among the older ones, which the history has.
   */
  revise(node: ListedEvent, isWanted: boolean, cursor: string): void {
    this.#cursor = cursor;
    if (!this.#ids.has(node.id)) return;
    const { rows, waiting } = this.view;
    this.#fresh = revised(this.#fresh, node, isWanted);
    this.become({ rows: revised(rows, node, isWanted), waiting: revised(waiting, node, isWanted) });
  }

  gap(reason: GapReason, cursor: string): void {
    this.#cursor = cursor;
    this.become({ gap: reason });
  }

  /** Nothing that is shown happened up to here. */
  pass(cursor: string): void {
    this.#cursor = cursor;
  }

  /** Somebody reads: what comes from now on waits. */
  hold(): void {
    if (this.view.held) return;
    // What came before they began is no news to wait for.
    this.#gathered();
    this.become({ held: true });
  }

  /** Shows what waited, and what comes from now on. */
  release(): void {
    if (this.view.held) this.#gathered(false);
  }

  say(state: StreamState, reason: Interruption | null = null): void {
    if (state !== 'behind') this.#backlog = null;
    const condition = conditionAfter(this.view, state, reason);
    this.become({ ...condition, left: state === 'behind' ? this.#left() : null });
  }

  /** Whether somebody should ask how many are still to come. */
  get mustCount(): boolean {
    if (this.view.state !== 'behind' || this.#backlog === 'asked') return false;
    if (!this.#backlog) return true;
    const { left, at } = this.#backlog;
    return left >= MOST_COUNTED && this.#received - at >= MOST_COUNTED;
  }

  /** Takes how many are still to come after the cursor of now, once that is known. */
  counting(): (left: number) => void {
    const at = this.#received;
    this.#backlog = 'asked';
    return (left) => {
      // It has caught up, or been cut off, before the answer was there.
      if (this.#backlog !== 'asked') return;
      this.#backlog = { left, at };
      this.become({ left: this.#left() });
    };
  }

  #left(): number | null {
    if (this.#backlog === 'asked') return this.view.left;
    if (!this.#backlog) return null;
    const { left, at } = this.#backlog;
    return left >= MOST_COUNTED ? MOST_COUNTED : Math.max(0, left - (this.#received - at));
  }

  #gathered(held = this.view.held): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { waitingCount, arrived, state } = this.view;
    const fresh = this.#fresh.toReversed();
    this.#fresh = [];
    const left = state === 'behind' ? this.#left() : null;
    const come = { arrived: arrived + fresh.length, left };
    const waiting = this.#kept([...fresh, ...this.view.waiting]);
    if (held) return this.become({ ...come, waiting, waitingCount: waitingCount + fresh.length });
    // As many wait as are shown at most: where some of those that waited were let go, so are all that were shown.
    const all = [...waiting, ...this.view.rows];
    const hasOlder = this.view.hasOlder || all.length > MOST_ROWS || waitingCount > MOST_ROWS;
    this.become({
      ...come,
      held,
      rows: waiting.length > 0 ? this.#kept(all) : this.view.rows,
      waiting: [],
      waitingCount: 0,
      hasOlder,
    });
  }

  /** As many as are kept; the rest is forgotten. */
  #kept(rows: readonly Row[]): readonly Row[] {
    for (const { node } of rows.slice(MOST_ROWS)) this.#ids.delete(node.id);
    return rows.slice(0, MOST_ROWS);
  }
}
