import type { DayEvent, SampleDay } from '../providers/day.ts';
import { eduzzDay } from '../providers/eduzz/day.ts';
import type { SignedDelivery } from '../providers/sample.ts';
import { wixDay } from '../providers/wix/day.ts';

/** The sources that have a sample day: an organizer who sells through Eduzz, and a studio that is booked through Wix. */
export const DAYS: Readonly<Record<string, (day: SampleDay) => DayEvent[]>> = { eduzz: eduzzDay, wix: wixDay };

/** Today, and the days that it is compared with: yesterday, and the same weekday of last week. */
const COMPARED = [
  { back: 7, busy: 0.8 },
  { back: 1, busy: 0.9 },
  { back: 0, busy: 1 },
] as const;
/** The share of an earlier day's events that had happened by the same time of day. */
const UNTIL_NOW = 0.9;

/** The share of a day that is night, when nothing happens. */
const QUIET = 0.3;

export interface SignedEvent {
  readonly source: string;
  /** When it happened, as the event says itself. */
  readonly at: Date;
  readonly signed: SignedDelivery;
}

export type Sign = (payload: Record<string, unknown>, at: Date) => SignedDelivery | Promise<SignedDelivery>;

/**
 * The events of the sources on these days, oldest first, each signed when it is requested. The signatures have the present
 * time, as when a provider sends events late.
 */
export async function* daysOf(signers: ReadonlyMap<string, Sign>, now: Date): AsyncGenerator<SignedEvent> {
  const events = COMPARED.flatMap(({ back, busy }) => {
    const day = dayOf(now, back, busy);
    return [...signers.keys()].flatMap((source) => DAYS[source]!(day).map((event) => ({ source, ...event })));
  });
  for (const { source, at, payload } of events.toSorted((one, other) => one.at.getTime() - other.at.getTime())) {
    yield { source, at, signed: await signers.get(source)!(payload, now) };
  }
}

function dayOf(now: Date, back: number, busy: number): SampleDay {
  const begin = new Date(now);
  begin.setDate(begin.getDate() - back);
  const sameTime = begin.getTime();
  begin.setHours(0, 0, 0, 0);
  const from = begin.getTime();
  const next = new Date(begin);
  next.setDate(next.getDate() + 1);
  const moment = (of: number) => {
    const share = QUIET + of * (1 - QUIET);
    if (back === 0) return new Date(Math.floor(from + share * (sameTime - from)));
    const isBefore = share <= UNTIL_NOW;
    return new Date(
      Math.floor(
        isBefore
          ? from + (share / UNTIL_NOW) * (sameTime - from)
          : sameTime + ((share - UNTIL_NOW) / (1 - UNTIL_NOW)) * (next.getTime() - 1_000 - sameTime),
      ),
    );
  };
  const date = [begin.getFullYear(), two(begin.getMonth() + 1), two(begin.getDate())].join('-');
  return { date, moment, busy, back };
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
