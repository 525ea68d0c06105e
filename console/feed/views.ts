import { openStore } from '../storage.ts';

/** A view that is used often: its address without a place, and its name. */
export interface View {
  readonly name: string;
  readonly search: string;
}

const STORED_AS = 'hookcast.views';
const MOST = 20;
const store = () => openStore(() => localStorage);

/** The store may contain anything, so it is checked. */
export function readViews(): readonly View[] {
  try {
    const kept: unknown = JSON.parse(store().getItem(STORED_AS) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.filter((view) => typeof view?.name === 'string' && typeof view?.search === 'string');
  } catch {
    return [];
  }
}

export function keepViews(views: readonly View[]): readonly View[] {
  const kept = views.slice(-MOST);
  store().setItem(STORED_AS, JSON.stringify(kept));
  return kept;
}
