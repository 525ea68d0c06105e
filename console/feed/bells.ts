import { Observed } from '../observed.ts';
import type { Store } from '../storage.ts';

const KEPT_AS = 'hookcast.bells';
/** The most views that can notify. */
const MOST = 20;

/** How a view notifies of new events. */
export interface Bell {
  /** The query string of the view's address. */
  readonly search: string;
  readonly isLoud: boolean;
}

interface BellsView {
  readonly all: readonly Bell[];
}

/** The views that notify, kept in this browser. */
export class Bells extends Observed<BellsView> {
  readonly #store: Store;

  constructor(store: Store) {
    super({ all: read(store) });
    this.#store = store;
  }

  of(search: string): Bell | null {
    return this.view.all.find((bell) => bell.search === search) ?? null;
  }

  set(bell: Bell): void {
    this.#keep([...this.#others(bell.search), bell]);
  }

  remove(search: string): void {
    this.#keep(this.#others(search));
  }

  /** Reads the store again after another tab has changed it. */
  look(): void {
    this.become({ all: read(this.#store) });
  }

  #others(search: string): readonly Bell[] {
    return read(this.#store).filter((bell) => bell.search !== search);
  }

  #keep(bells: readonly Bell[]): void {
    this.#store.setItem(KEPT_AS, JSON.stringify(bells.slice(-MOST)));
    this.look();
  }
}

/** Ignores anything else in the store. */
function read(store: Store): readonly Bell[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEPT_AS) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one: unknown): Bell[] => {
      const { search, isLoud } = Object(one) as Record<string, unknown>;
      return typeof search === 'string' ? [{ search, isLoud: isLoud === true }] : [];
    });
  } catch {
    return [];
  }
}
