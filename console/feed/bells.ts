import { openStore } from '../storage.ts';

const KEPT_AS = 'hookcast.bells';
/** The most views that can notify. */
const MOST = 20;

/** How one is told of what is new in a view. */
export interface Bell {
  /** The end of the view's address. */
  readonly search: string;
  readonly isLoud: boolean;
}

/** Those that were asked for in this browser. Anything else that stands there is ignored. */
export function readBells(): readonly Bell[] {
  try {
    const kept: unknown = JSON.parse(openStore(() => localStorage).getItem(KEPT_AS) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one: unknown): Bell[] => {
      const { search, isLoud } = Object(one) as Record<string, unknown>;
      return typeof search === 'string' ? [{ search, isLoud: isLoud === true }] : [];
    });
  } catch {
    return [];
  }
}

export function keepBells(bells: readonly Bell[]): readonly Bell[] {
  const kept = bells.slice(-MOST);
  openStore(() => localStorage).setItem(KEPT_AS, JSON.stringify(kept));
  return kept;
}
