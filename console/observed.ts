import { useSyncExternalStore } from 'react';

/** How long changes are gathered before they are shown, in milliseconds. A burst changes the page once. */
export const GATHERED = 60;

/** Something that changes by itself and notifies its observers. */
export abstract class Observed<V extends object> {
  #view: V;
  readonly #listeners = new Set<() => void>();

  constructor(view: V) {
    this.#view = view;
  }

  /** The present state: the same object until it changes. */
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

/** The present state of `observed`. The component is drawn again whenever it changes. */
export function useView<V extends object>(observed: Observed<V>): V {
  return useSyncExternalStore(observed.subscribe, () => observed.view);
}
