import type { Cursor } from '../events/cursor.ts';
import type { Page } from '../events/event-log.ts';
import type { Revision } from '../events/revision.ts';

/** The most revisions that one page examines. Reprocessing can write revisions of the whole log one after the other. */
export const MOST_REVISIONS = 1_000;

/** The revisions of a page's stretch. `reach` is where the search stopped; null if it covered the whole page. */
export interface FoundRevisions {
  readonly revisions: readonly Revision[];
  readonly reach: Cursor | null;
}

/** Adds the revisions to the page. If the search stopped before the page's end, the page ends where the search stopped. */
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
