import type { Cursor } from '../events/cursor.ts';
import type { Page } from '../events/event-log.ts';
import type { Revision } from '../events/revision.ts';

/** Revisions that are looked at for one page: those of a whole log may lie one after the other. */
export const MOST_REVISIONS = 1_000;

/** Revisions of a page's stretch, and how far they were looked for; null is as far as the page reaches. */
export interface FoundRevisions {
  readonly revisions: readonly Revision[];
  readonly reach: Cursor | null;
}

/** The page with them. Where they were not looked for to its end, it ends there. */
export function withRevisions(page: Page, { revisions, reach }: FoundRevisions): Page {
  if (reach === null || reach.seq >= page.end.seq) return { ...page, revisions };
  const isWithin = ({ cursor }: { readonly cursor: Cursor }) => cursor.seq <= reach.seq;
  return {
    ...page,
    events: page.events.filter(isWithin),
    erasures: page.erasures.filter(isWithin),
    revisions,
    end: reach,
    hasMore: true,
    isFull: false,
  };
}
