/** One place in a list: its cursor is where the list goes on. */
export interface ListRow<N> {
  readonly cursor: string;
  readonly node: N;
}

/** The rows of a list: what is shown, what waits while somebody reads, and what has just come. */
export class Rows<N extends { readonly id: string }> {
  /** Newest first, and no more of them than are kept. */
  shown: readonly ListRow<N>[] = [];
  /** What has come and is not shown, since the list is paused. Newest first, and no more of it than is kept. */
  waiting: readonly ListRow<N>[] = [];
  /** How many that are, with those that were not kept. */
  waitingCount = 0;
  /** Whether the gateway has older ones than the last row. */
  hasOlder = false;
  isPaused = false;
  /** How many have come since the list began. */
  arrived = 0;
  /** What has come since the last look, oldest first. */
  fresh: ListRow<N>[] = [];
  readonly #keep: number;
  /** Of all that is here: a log that was replaced, or an older page, may bring again what is here already. */
  #ids = new Set<string>();

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Begins anew with these, newest first. */
  fill(rows: readonly ListRow<N>[], hasOlder: boolean): void {
    this.#ids = new Set();
    this.fresh = [];
    this.waiting = [];
    this.shown = [];
    this.waitingCount = 0;
    this.append(rows, hasOlder);
  }

  /** Puts an older page, newest first, below what is shown. */
  append(older: readonly ListRow<N>[], hasOlder: boolean): void {
    this.hasOlder = hasOlder;
    this.#show([...this.shown, ...older.filter((row) => this.#isNew(row))]);
  }

  add(row: ListRow<N>): void {
    if (this.#isNew(row)) this.fresh.push(row);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The ids of the events that are meant. */
  idsOf(isMeant: (node: N) => boolean): string[] {
    return [...this.fresh, ...this.waiting, ...this.shown].flatMap(({ node }) => (isMeant(node) ? node.id : []));
  }

  /** Puts an event, as it is now, in its place. Null takes it away. */
  replace(id: string, node: N | null): void {
    const replaced = (row: ListRow<N>) => (row.node.id !== id ? row : node ? { ...row, node } : []);
    this.fresh = this.fresh.flatMap(replaced);
    this.waiting = this.waiting.flatMap(replaced);
    this.shown = this.shown.flatMap(replaced);
    if (!node) this.#ids.delete(id);
  }

  /** Shows what has come; or counts it, if the list is paused. */
  look(isPaused = this.isPaused): void {
    this.isPaused = isPaused;
    const count = this.fresh.length;
    this.arrived += count;
    this.waitingCount += count;
    if (count > 0) this.waiting = this.#kept([...this.fresh.toReversed(), ...this.waiting]);
    this.fresh = [];
    if (isPaused || this.waitingCount === 0) return;
    // As many wait as are shown at most: if some of those that waited were let go, then so are all that were shown.
    this.hasOlder ||= this.waitingCount > this.#keep;
    this.#show([...this.waiting, ...this.shown]);
    this.waiting = [];
    this.waitingCount = 0;
  }

  #show(rows: readonly ListRow<N>[]): void {
    this.hasOlder ||= rows.length > this.#keep;
    this.shown = this.#kept(rows);
  }

  #isNew({ node: { id } }: ListRow<N>): boolean {
    return !this.#ids.has(id) && this.#ids.add(id) !== null;
  }

  #kept(rows: readonly ListRow<N>[]): readonly ListRow<N>[] {
    for (const { node } of rows.slice(this.#keep)) this.#ids.delete(node.id);
    return rows.slice(0, this.#keep);
  }
}
