import type { Row } from '../parts/event.ts';
import type { Words } from '../words/en.ts';

interface Shown {
  /** Newest first, as they came. */
  readonly rows: readonly Row[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly words: Words;
  /** Writes a day. */
  readonly day: (moment: number) => string;
}

/**
 * The day that each row stands under: when it happened. The list is in the order in which they came, so what came late stands among
 * those of the day when it came, and no day is there twice.
 */
export function daysOf({ rows, now, words, day }: Shown): (row: Row) => string {
  const days = new Map<string, number>();
  let latest = -Infinity;
  for (const { cursor, node } of rows.toReversed()) {
    // A provider's clock may be ahead.
    const moment = Math.min(Date.parse(node.occurredAt), Date.parse(node.receivedAt));
    latest = Math.max(latest, dayOf(moment));
    days.set(cursor, latest);
  }
  const today = dayOf(now);
  const yesterday = dayOf(today - 1);
  return ({ cursor }) => {
    const its = days.get(cursor) ?? today;
    if (its === today) return words.feed.today;
    return its === yesterday ? words.feed.yesterday : day(its);
  };
}

/** When the viewer's day began. */
function dayOf(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
