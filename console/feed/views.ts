import { openStore } from '../storage.ts';

/** What one looks for again and again: an address without its place, under a name. */
export interface View {
  readonly name: string;
  readonly search: string;
}

const STORED_AS = 'hookcast.views';
const MOST = 20;
const store = () => openStore(() => localStorage);

/** Anything may have been put there. */
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
