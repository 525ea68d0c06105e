import { useSyncExternalStore } from 'react';

/** How long what arrives is gathered before it is shown, in milliseconds: a burst is one change of the page. */
export const GATHERED = 60;

/** Something that changes by itself, and tells its observers. */
export abstract class Observed<V extends object> {
  #view: V;
  readonly #listeners = new Set<() => void>();

  constructor(view: V) {
    this.#view = view;
  }

  /** What there is to see of it: the same object until it changes. */
  get view(): V {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  protected become(change: Partial<V>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** What there is to see of it, now and whenever it has changed. */
export function useView<V extends object>(observed: Observed<V>): V {
  return useSyncExternalStore(observed.subscribe, () => observed.view);
}
