import type { Row } from '../parts/event.ts';
import type { Words } from '../words/en.ts';

const HOUR = 60 * 60 * 1_000;

interface Shown {
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly words: Words;
  /** Writes a day. */
  readonly day: (moment: number) => string;
}

/**
 * The heading that each row stands under: the last hour, with what there is to know of it at a glance, the rest of today,
 * yesterday, and days. By when they came, which is the order that they are in.
 */
export function sectionsOf({ rows, hasOlder, now, words, day }: Shown): (row: Row) => string {
  const { lastHour, earlier, yesterday, day: ofDay } = words.live.sections;
  const [today, dayBefore] = [dayOf(now), dayOf(dayOf(now) - 1)];
  const firstOlder = rows.findIndex(({ node }) => Date.parse(node.receivedAt) <= now - HOUR);
  const recent = firstOlder === -1 ? rows : rows.slice(0, firstOlder);
  const heading = lastHour({
    count: recent.length,
    // There may be others of this hour that are not in the list.
    isMore: firstOlder === -1 && hasOlder,
    refunds: recent.filter(({ node }) => node.refundExpected === true).length,
    unsaid: recent.filter(({ node }) => node.refundExpected === null).length,
  });
  return ({ node }) => {
    const moment = Date.parse(node.receivedAt);
    if (moment > now - HOUR) return heading;
    const its = dayOf(moment);
    if (its === today) return earlier;
    return its === dayBefore ? yesterday : ofDay(day(moment));
  };
}

/** When the viewer's day began. */
function dayOf(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
