/** A row of a list, with the cursor from which the list reads on. */
export interface ListRow<N> {
  readonly cursor: string;
  readonly node: N;
}

/** The rows of a list: those that are shown, those that wait while the list is paused, and those that have just come. */
export class Rows<N extends { readonly id: string }> {
  /** Newest first, at most `keep`. */
  shown: readonly ListRow<N>[] = [];
  /** Rows that have come since the list was paused. Newest first, at most `keep`. */
  waiting: readonly ListRow<N>[] = [];
  /** How many rows have come since the list was paused, including those that were not kept. */
  waitingCount = 0;
  /** Whether the gateway has older events than the last row. */
  hasOlder = false;
  isPaused = false;
  /** How many rows have come since the list began. */
  arrived = 0;
  /** Rows that have come since the last look, oldest first. */
  fresh: ListRow<N>[] = [];
  readonly #keep: number;
  /** The ids of all rows here: a log that was replaced, or an older page, may bring an event again. */
  #ids = new Set<string>();

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Replaces all rows by these, newest first. */
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

  idsOf(isMeant: (node: N) => boolean): string[] {
    return [...this.fresh, ...this.waiting, ...this.shown].flatMap(({ node }) => (isMeant(node) ? node.id : []));
  }

  /** Replaces an event by its present form. Null removes it. */
  replace(id: string, node: N | null): void {
    const replaced = (row: ListRow<N>) => (row.node.id !== id ? row : node ? { ...row, node } : []);
    this.fresh = this.fresh.flatMap(replaced);
    this.waiting = this.waiting.flatMap(replaced);
    this.shown = this.shown.flatMap(replaced);
    if (!node) this.#ids.delete(id);
  }

  /** Shows the rows that have come. If the list is paused, they wait and are counted. */
  look(isPaused = this.isPaused): void {
    this.isPaused = isPaused;
    const count = this.fresh.length;
    this.arrived += count;
    this.waitingCount += count;
    if (count > 0) this.waiting = this.#kept([...this.fresh.toReversed(), ...this.waiting]);
    this.fresh = [];
    if (isPaused || this.waitingCount === 0) return;
    // At most `keep` rows wait, and at most `keep` are shown: if some that waited were dropped, then all that were shown are dropped now.
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
