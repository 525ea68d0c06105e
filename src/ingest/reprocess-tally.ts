import type { Cursor } from '../events/cursor.ts';
import type { RecordedEvent } from '../events/event.ts';
import type { Issue } from '../events/quarantine.ts';
import type { Outcome, Reprocessed, ReprocessedEvents } from '../events/reprocess.ts';

/** How many names are counted separately: a signer may make up names of events. */
const MOST = 500;
/** Stands for all further names. */
const OTHERS = '(others)';

/** Counts the outcomes of events, by source and type. */
export class Tally {
  readonly #sorts = new Map<string, ReprocessedEvents>();

  add(
    { source, type, shape }: Pick<RecordedEvent, 'source' | 'type' | 'shape'>,
    outcome: Outcome,
    { becomes = null, issues = [] }: { readonly becomes?: string | null; readonly issues?: readonly Issue[] } = {},
  ): void {
    const sort = { source, type, outcome, typename: shape, becomes, issues };
    const isKnown = this.#count(sort);
    if (isKnown) return;
    if (this.#sorts.size < MOST) this.#sorts.set(keyOf(sort), { ...sort, count: 1 });
    else {
      const others = { source: OTHERS, type: OTHERS, outcome, typename: OTHERS, becomes: null, issues: [] };
      if (!this.#count(others)) this.#sorts.set(keyOf(others), { ...others, count: 1 });
    }
  }

  report(end: Cursor, isDone: boolean): Reprocessed {
    return { events: [...this.#sorts.values()], end, isDone };
  }

  #count(sort: Omit<ReprocessedEvents, 'count'>): boolean {
    const key = keyOf(sort);
    const known = this.#sorts.get(key);
    if (known) this.#sorts.set(key, { ...known, count: known.count + 1 });
    return known !== undefined;
  }
}

function keyOf({ source, type, outcome, typename, becomes, issues }: Omit<ReprocessedEvents, 'count'>): string {
  return JSON.stringify([source, type, outcome, typename, becomes, issues]);
}
