import { callAt } from './call-at.ts';

/** Calls back for each item at its moment. Items with the same moment share one timer: thousands of tokens may end in one second. */
export class Expiry<T> {
  readonly #now: () => number;
  readonly #expire: (one: T) => void;
  readonly #moments = new Map<number, { readonly all: Set<T>; readonly cancel: () => void }>();

  constructor(now: () => number, expire: (one: T) => void) {
    this.#now = now;
    this.#expire = expire;
  }

  /** @param moment milliseconds since 1970. */
  add(moment: number, one: T): void {
    const known = this.#moments.get(moment);
    if (known) return void known.all.add(one);
    const all = new Set([one]);
    const cancel = callAt(moment, this.#now, () => {
      this.#moments.delete(moment);
      for (const expired of all) this.#expire(expired);
    });
    this.#moments.set(moment, { all, cancel });
  }

  remove(moment: number, one: T): void {
    const known = this.#moments.get(moment);
    known?.all.delete(one);
    if (known?.all.size !== 0) return;
    known.cancel();
    this.#moments.delete(moment);
  }

  close(): void {
    for (const { cancel } of this.#moments.values()) cancel();
    this.#moments.clear();
  }
}
