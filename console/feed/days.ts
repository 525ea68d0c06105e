import type { Row } from '../parts/event.ts';
import type { Words } from '../words/en.ts';

interface Shown {
  /** Newest first, in the order of arrival. */
  readonly rows: readonly Row[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly words: Words;
  /** Formats a day. */
  readonly day: (moment: number) => string;
}

/**
 * The day above each row: when the event happened. The list is in the order of arrival. So a late event stands under the day of its
 * neighbors, and no day appears twice.
 */
export function daysOf({ rows, now, words, day }: Shown): (row: Row) => string {
  const days = new Map<string, number>();
  let latest = -Infinity;
  for (const { cursor, node } of rows.toReversed()) {
    // A provider's clock may be ahead, so the earlier time counts.
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

/** The start of the moment's day in the viewer's time zone. */
function dayOf(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
