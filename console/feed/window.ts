import { GatewayError } from '../gateway/request.ts';
import { Observed } from '../observed.ts';
import { type ListedEvent, type Row, erased, keyOf, revised } from '../parts/event.ts';

/** The most rows that are kept. Above it, rows at the far end are dropped, and loaded again when somebody goes back there. */
export const MOST_ROWS = 2_000;
/** A search stops after this many matching rows until somebody scrolls on. */
const ENOUGH = 25;
/** The most rows that a search checks at a time. */
export const MOST_LOOKED = 1_000;
/** Up to this many new rows are loaded page by page, without a gap to the rows before. More would arrive faster than they load. */
const MOST_FOLLOWED = 300;
/** The highest count of new rows. */
export const MOST_NEW = 1_000;

export type Direction = 'older' | 'newer';

/** A page of the log, newest first, and whether more follows in the direction that was asked for. */
export interface FeedPage {
  readonly rows: readonly Row[];
  readonly more: boolean;
  readonly head: string;
}

/** Loads the page next to a row. With null, `older` loads the newest page and `newer` the oldest one. */
export type AskPage = (direction: Direction, beside: string | null, signal: AbortSignal) => Promise<FeedPage>;

/** The state of one end of the list. `paused`: many rows were searched, and somebody has to decide whether to continue. */
export type Edge = 'more' | 'loading' | 'paused' | 'end' | GatewayError;

export interface FeedView {
  /** Newest first, without a gap. */
  readonly rows: readonly Row[];
  /** Whether the first rows are loaded. */
  readonly begun: boolean;
  readonly older: Edge;
  readonly newer: Edge;
  /** How many rows have arrived that are newer than these. */
  readonly arrived: number;
  /** Whether an event belongs among these rows that wasn't in the list before it was revised. */
  readonly isStale: boolean;
  /** For a search: how many rows were checked, and when the oldest of them was received. */
  readonly looked: { readonly count: number; readonly back: string | null } | null;
  readonly gap: 'RETENTION' | 'LOG_REPLACED' | null;
  /** Events that were erased since the first page was read, each by its `keyOf`. */
  readonly erased: ReadonlySet<string>;
  /** The log's head when the first page was read. */
  readonly head: string | null;
  /** Whether the last loaded rows are new and were added because somebody looks at the newest. */
  readonly isFollowing: boolean;
}

type Matcher = (event: ListedEvent) => boolean;

/** A stretch of the log that can grow at both ends. It loads one page at a time, so that its rows have no gap. */
export class FeedWindow extends Observed<FeedView> {
  readonly #ask: AskPage;
  readonly #at: string | null;
  readonly #matches: Matcher | null;
  readonly #arrived = new Set<string>();
  #top: string | null;
  readonly #stop = new AbortController();
  /** The cursors up to which rows were loaded, including rows that didn't match. */
  #reach: Record<Direction, string | null> = { older: null, newer: null };
  /** The newest loaded rows. A message about their arrival may still come. */
  #newest: ReadonlySet<string> = new Set();
  #busy = false;

  /** @param at the row to begin at. Null begins at the newest. */
  constructor(ask: AskPage, at: string | null, matches: Matcher | null = null) {
    super({
      rows: [],
      begun: false,
      older: 'loading',
      newer: 'loading',
      arrived: 0,
      isStale: false,
      looked: null,
      gap: null,
      erased: new Set(),
      head: null,
      isFollowing: false,
    });
    this.#ask = ask;
    this.#at = at;
    this.#matches = matches;
    this.#top = at;
  }

  /** The row at the top of the visible part, or the last one there if the list is hidden. Null: the first row. */
  get top(): string | null {
    return this.#top;
  }

  scrollTo(cursor: string): void {
    this.#top = cursor;
  }

  /** Loads the first rows. */
  async begin(): Promise<void> {
    if (this.view.begun) return;
    await this.#alone('older', async () => {
      const at = this.#at;
      const older = await this.#page('older', at);
      // A page excludes the row that it is next to. So the newer rows begin at the first of the older ones.
      const beside = older.rows[0]?.cursor ?? null;
      const newer = at === null ? null : await this.#page('newer', beside);
      const rows = [...(newer?.rows ?? []), ...older.rows];
      this.#reach = { older: rows.at(-1)?.cursor ?? older.head, newer: rows[0]?.cursor ?? older.head };
      this.#newest = new Set(rows.map(({ cursor }) => cursor));
      this.#top = rows.some(({ cursor }) => cursor === at) ? at : beside;
      this.become({
        rows,
        begun: true,
        older: older.more ? 'more' : 'end',
        newer: newer?.more ? 'more' : 'end',
        head: older.head,
      });
    });
  }

  /** A search in this window. It loads more rows only after `look` is called. */
  matching(matches: Matcher): FeedWindow {
    const search = new FeedWindow(this.#ask, null, matches);
    const { rows } = this.view;
    search.#reach = { ...this.#reach };
    search.#newest = this.#newest;
    for (const cursor of this.#arrived) search.#arrived.add(cursor);
    search.become({
      ...this.view,
      rows: rows.filter(({ node }) => matches(node)),
      // Nothing is loaded while somebody still types.
      older: this.view.older === 'end' ? 'end' : 'loading',
      newer: this.view.newer === 'end' ? 'end' : 'more',
      looked: { count: rows.length, back: rows.at(-1)?.node.receivedAt ?? null },
    });
    return search;
  }

  /** Continues the search if only few rows matched. */
  async look(): Promise<void> {
    const { rows, older } = this.view;
    if (older === 'loading' && !this.#busy) this.become({ older: 'more' });
    if (rows.length < ENOUGH) await this.load('older');
  }

  /** Loads more in one direction, unless the window is busy or there is nothing more. */
  async load(direction: Direction): Promise<void> {
    const edge = this.view[direction];
    if (!this.view.begun || (edge !== 'more' && edge !== 'paused')) return;
    await this.#alone(direction, async () => {
      this.become({ [direction]: 'loading' });
      let found = 0;
      let looked = 0;
      let more = true;
      while (more && found < ENOUGH && looked < MOST_LOOKED) {
        const page = await this.#page(direction, this.#reach[direction]);
        found += this.#take(direction, page);
        looked += page.rows.length;
        more = page.more && page.rows.length > 0;
      }
      this.become({ [direction]: !more ? 'end' : found < ENOUGH ? 'paused' : 'more' });
    });
  }

  /** Loads new rows, and rows that belong here since they were revised, if the window already shows the newest. */
  async follow(): Promise<void> {
    const { newer, arrived, isStale, gap } = this.view;
    if (newer !== 'end' || (arrived === 0 && !isStale) || gap) return;
    await this.#alone('newer', async () => {
      if (arrived > MOST_FOLLOWED || isStale) {
        do await this.#beginAnew();
        while (this.view.isStale);
        return;
      }
      let more = true;
      while (more) {
        // Rows that were announced before the page was asked for are either in it or no longer in this list.
        const told = [...this.#arrived];
        const page = await this.#page('newer', this.#reach.newer);
        this.#take('newer', page, true);
        more = page.more && page.rows.length > 0;
        if (more) continue;
        for (const cursor of told) this.#arrived.delete(cursor);
        // Above this number, arrivals were not noted.
        more = told.length >= MOST_NEW;
      }
      this.become({ arrived: this.#arrived.size });
    });
  }

  /** Shows the newest page alone. The rows between it and the former rows are loaded when somebody scrolls there. */
  async #beginAnew(): Promise<void> {
    const told = [...this.#arrived];
    // An event that is revised from now on may be missing from the page.
    this.become({ isStale: false });
    const page = await this.#page('older', null);
    for (const cursor of told) this.#arrived.delete(cursor);
    const [first, last] = [page.rows[0], page.rows.at(-1)];
    this.#reach = { older: last?.cursor ?? page.head, newer: first?.cursor ?? page.head };
    this.#newest = new Set(page.rows.map(({ cursor }) => cursor));
    for (const cursor of this.#newest) this.#arrived.delete(cursor);
    const matches = this.#matches;
    const back = last?.node.receivedAt ?? null;
    this.become({
      rows: matches ? page.rows.filter(({ node }) => matches(node)) : page.rows,
      // A search that finds little here waits until somebody decides how far back to look.
      older: !page.more ? 'end' : matches ? 'paused' : 'more',
      arrived: this.#arrived.size,
      isFollowing: true,
      looked: this.view.looked && { count: page.rows.length, back },
    });
  }

  /** Retries what failed. */
  again(): void {
    if (!this.view.begun) {
      this.become({ older: 'loading' });
      return void this.begin();
    }
    for (const direction of ['older', 'newer'] as const) {
      if (!(this.view[direction] instanceof GatewayError)) continue;
      this.become({ [direction]: 'more' });
      void this.load(direction);
    }
  }

  /** Notes newer rows. */
  arrive(cursors: readonly string[]): void {
    for (const cursor of cursors) {
      if (this.#newest.has(cursor) || this.#arrived.size >= MOST_NEW) continue;
      this.#arrived.add(cursor);
    }
    if (this.#arrived.size !== this.view.arrived) this.become({ arrived: this.#arrived.size });
  }

  /** Removes the personal data of these events. */
  erase(source: string, eventIds: readonly string[]): void {
    const known = new Set(eventIds.map((eventId) => keyOf({ source, eventId })));
    this.become({ rows: withoutPersonal(this.view.rows, known), erased: new Set([...this.view.erased, ...known]) });
  }

  /**
   * Replaces a shown event by its new form, or removes it if the filter no longer wants it. An event that fits only now has no cursor here:
   * `follow` loads the rows anew for it.
   *
   * @param isWanted whether the gateway's filter wants it now.
   */
  revise(node: ListedEvent, isWanted: boolean): void {
    const { rows, older, looked } = this.view;
    const fits = isWanted && (this.#matches?.(node) ?? true);
    if (rows.some((row) => row.node.id === node.id)) return this.become({ rows: revised(rows, node, fits) });
    const back = looked?.back ?? rows.at(-1)?.node.receivedAt;
    if (fits && (older === 'end' || (back && node.receivedAt >= back))) this.become({ isStale: true });
  }

  /** Marks a gap: the events in it can't be loaded any more. */
  lacks(gap: NonNullable<FeedView['gap']>): void {
    this.become({ gap });
  }

  /** Nobody looks at the window now. Running requests are aborted. */
  leave(): void {
    this.#stop.abort();
  }

  /** Adds the rows of a page, and returns how many are shown. */
  #take(direction: Direction, page: FeedPage, isFollowing = false): number {
    const matches = this.#matches;
    const fresh = matches ? page.rows.filter(({ node }) => matches(node)) : page.rows;
    const { rows, looked } = this.view;
    const isOlder = direction === 'older';
    const all = isOlder ? [...rows, ...fresh] : [...fresh, ...rows];
    const kept = isOlder ? all.slice(-MOST_ROWS) : all.slice(0, MOST_ROWS);
    const outermost = isOlder ? page.rows.at(-1) : page.rows[0];
    this.#reach[direction] = outermost?.cursor ?? this.#reach[direction];
    const far = isOlder ? 'newer' : 'older';
    const isCut = kept.length < all.length;
    if (isCut) this.#reach[far] = (isOlder ? kept[0] : kept.at(-1))!.cursor;
    if (!isOlder) {
      for (const { cursor } of page.rows) this.#arrived.delete(cursor);
      const newest = [...this.#newest, ...page.rows.map(({ cursor }) => cursor)];
      this.#newest = new Set(newest.slice(-MOST_NEW));
    }
    this.become({
      rows: kept,
      isFollowing,
      arrived: this.#arrived.size,
      ...(isCut && { [far]: 'more' }),
      ...(looked && {
        looked: {
          count: looked.count + page.rows.length,
          back: isOlder ? (outermost?.node.receivedAt ?? looked.back) : looked.back,
        },
      }),
    });
    return fresh.length;
  }

  async #page(direction: Direction, beside: string | null): Promise<FeedPage> {
    const { signal } = this.#stop;
    const page = await this.#ask(direction, beside, signal);
    signal.throwIfAborted();
    // The page may have been read before an erasure that was announced meanwhile.
    return { ...page, rows: withoutPersonal(page.rows, this.view.erased) };
  }

  async #alone(direction: Direction, work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await work();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const failed = error instanceof GatewayError ? error : new GatewayError('INTERNAL', String(error));
      this.become({ [direction]: failed });
    } finally {
      this.#busy = false;
    }
  }
}

/** Whether scrolling near this end loads more. It doesn't after a failure or a pause. */
export function goesOn({ older, newer }: FeedView, direction: Direction): boolean {
  return direction === 'older' ? older === 'more' && newer !== 'loading' : newer === 'more' && older !== 'loading';
}

function withoutPersonal(rows: readonly Row[], known: ReadonlySet<string>): readonly Row[] {
  if (known.size === 0) return rows;
  return rows.map((row) => (known.has(keyOf(row.node)) ? { ...row, node: erased(row.node) } : row));
}
