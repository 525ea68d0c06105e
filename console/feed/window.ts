import { GatewayError } from '../gateway/request.ts';
import { Observed } from '../observed.ts';
import { type ListedEvent, type Row, erased, keyOf, revised } from '../parts/event.ts';

/** Rows that are kept at most. Beyond that the far end is let go of; it is loaded again when somebody goes back there. */
export const MOST_ROWS = 2_000;
/** Rows that fit a text, found in one go before it waits until somebody scrolls on. */
const ENOUGH = 25;
/** Rows looked through in one go for such that fit. */
export const MOST_LOOKED = 1_000;
/** So many new ones are loaded one page after the other, without a gap to what is there; more would come faster than they load. */
const MOST_FOLLOWED = 300;
/** New ones are counted up to here. */
export const MOST_NEW = 1_000;

export type Direction = 'older' | 'newer';

/** A page of the log, newest first, and whether there is more of it in the direction that was asked for. */
export interface FeedPage {
  readonly rows: readonly Row[];
  readonly more: boolean;
  readonly head: string;
}

/** Asks for the page next to a row. Beside nothing the newest are the first of the older, and the oldest of the newer. */
export type AskPage = (direction: Direction, beside: string | null, signal: AbortSignal) => Promise<FeedPage>;

/** How it goes on at one end. `paused`: a long stretch was looked through, and only somebody can say whether to go on. */
export type Edge = 'more' | 'loading' | 'paused' | 'end' | GatewayError;

export interface FeedView {
  /** Newest first, and nothing left out between them. */
  readonly rows: readonly Row[];
  /** Whether the first rows have come. */
  readonly begun: boolean;
  readonly older: Edge;
  readonly newer: Edge;
  /** How many have arrived that are newer than all of these. */
  readonly arrived: number;
  /** Of a search: how many rows were looked through, and when the oldest of them came. */
  readonly looked: { readonly count: number; readonly back: string | null } | null;
  readonly gap: 'RETENTION' | 'LOG_REPLACED' | null;
  /** What was erased since the first page was read, each as `keyOf` has it. */
  readonly erased: ReadonlySet<string>;
  /** The log's head when the first page was read. */
  readonly head: string | null;
  /** Whether the rows that came last are new, and were taken because somebody looks at the newest. */
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
  /** Up to where it has loaded, also what didn't match. */
  #reach: Record<Direction, string | null> = { older: null, newer: null };
  /** The newest that were loaded: their arrival may be told later. */
  #newest: ReadonlySet<string> = new Set();
  #busy = false;

  /** @param at the row to begin at, or the newest. */
  constructor(ask: AskPage, at: string | null, matches: Matcher | null = null) {
    super({
      rows: [],
      begun: false,
      older: 'loading',
      newer: 'loading',
      arrived: 0,
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

  /** The row that is at the top of what is in sight, or was when the list was last shown. Null: the first. */
  get top(): string | null {
    return this.#top;
  }

  /** Somebody has scrolled. */
  scrollTo(cursor: string): void {
    this.#top = cursor;
  }

  /** Loads the first rows. */
  async begin(): Promise<void> {
    if (this.view.begun) return;
    await this.#alone('older', async () => {
      const at = this.#at;
      const older = await this.#page('older', at);
      // A page never has the row that it was asked for beside, so the newer ones begin before it.
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

  /** The same stretch, with only what matches of it. It looks on for more once `look` says so. */
  matching(matches: Matcher): FeedWindow {
    const search = new FeedWindow(this.#ask, null, matches);
    const { rows } = this.view;
    search.#reach = { ...this.#reach };
    search.#newest = this.#newest;
    for (const cursor of this.#arrived) search.#arrived.add(cursor);
    search.become({
      ...this.view,
      rows: rows.filter(({ node }) => matches(node)),
      // Nothing is asked for while somebody still types.
      older: this.view.older === 'end' ? 'end' : 'loading',
      newer: this.view.newer === 'end' ? 'end' : 'more',
      looked: { count: rows.length, back: rows.at(-1)?.node.receivedAt ?? null },
    });
    return search;
  }

  /** Begins to look further where only little matched. */
  async look(): Promise<void> {
    const { rows, older } = this.view;
    if (older === 'loading' && !this.#busy) this.become({ older: 'more' });
    if (rows.length < ENOUGH) await this.load('older');
  }

  /** Loads on in one direction, unless it loads already or there is nothing. */
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

  /** Takes what has arrived, where these are the newest and nobody reads further down. */
  async follow(): Promise<void> {
    const { newer, arrived, gap } = this.view;
    if (newer !== 'end' || arrived === 0 || gap) return;
    await this.#alone('newer', async () => {
      if (arrived > MOST_FOLLOWED) return this.#beginAnew();
      let more = true;
      while (more) {
        // What was told of before a page was asked for is in it, or in none: it may be of this list no more.
        const told = [...this.#arrived];
        const page = await this.#page('newer', this.#reach.newer);
        this.#take('newer', page, true);
        more = page.more && page.rows.length > 0;
        if (more) continue;
        for (const cursor of told) this.#arrived.delete(cursor);
        // Beyond that many they were not noted.
        more = told.length >= MOST_NEW;
      }
      this.become({ arrived: this.#arrived.size });
    });
  }

  /** Shows the newest alone: what lies between them and what was there is loaded when somebody scrolls there. */
  async #beginAnew(): Promise<void> {
    const told = [...this.#arrived];
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
      // A search that finds little in it waits for somebody to say how far back it is to look.
      older: !page.more ? 'end' : matches ? 'paused' : 'more',
      arrived: this.#arrived.size,
      isFollowing: true,
      looked: this.view.looked && { count: page.rows.length, back },
    });
  }

  /** Tries again what failed. */
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

  /** These are there, and newer. */
  arrive(cursors: readonly string[]): void {
    for (const cursor of cursors) {
      if (this.#newest.has(cursor) || this.#arrived.size >= MOST_NEW) continue;
      this.#arrived.add(cursor);
    }
    if (this.#arrived.size !== this.view.arrived) this.become({ arrived: this.#arrived.size });
  }

  /** Lets go of what is known of people in these events. */
  erase(source: string, eventIds: readonly string[]): void {
    const known = new Set(eventIds.map((eventId) => keyOf({ source, eventId })));
    this.become({ rows: withoutPersonal(this.view.rows, known), erased: new Set([...this.view.erased, ...known]) });
  }

  /**
   * Shows an event as it is now, or takes it away if the filter wants it no more. One that the filter wants only now is there when
   * its page is loaded.
   */
  revise(node: ListedEvent, isWanted: boolean): void {
    const { rows } = this.view;
    if (!rows.some((row) => row.node.id === node.id)) return;
    this.become({ rows: revised(rows, node, isWanted && (this.#matches?.(node) ?? true)) });
  }

  /** What lay between can't be had any more. */
  lacks(gap: NonNullable<FeedView['gap']>): void {
    this.become({ gap });
  }

  /** Nobody looks at it now. What is on its way is let go of. */
  leave(): void {
    this.#stop.abort();
  }

  /** How many of the page are shown. */
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
    // It may have been read before what was told of erasures while it was on its way.
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

/** Whether somebody who comes near an end has more loaded by that: not where it failed or paused. */
export function goesOn({ older, newer }: FeedView, direction: Direction): boolean {
  return direction === 'older' ? older === 'more' && newer !== 'loading' : newer === 'more' && older !== 'loading';
}

function withoutPersonal(rows: readonly Row[], known: ReadonlySet<string>): readonly Row[] {
  if (known.size === 0) return rows;
  return rows.map((row) => (known.has(keyOf(row.node)) ? { ...row, node: erased(row.node) } : row));
}
