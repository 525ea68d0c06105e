import { type Amount, type Sums, amountsOf, plus } from '../parts/money.ts';
import type { Happening } from '../parts/happened.ts';

/** The number of events of one type to which the same happened. */
export interface TypeCount {
  readonly typename: string;
  readonly happened: string | null;
  readonly events: number;
  readonly amounts: readonly Amount[];
  /** The number of events whose amount is in no sum. */
  readonly unsummed: number;
}

export interface CountedHour {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly types: readonly TypeCount[];
}

/** The number of events and the sums of their amounts. */
export interface Total {
  readonly events: number;
  readonly sums: Sums;
  readonly unsummed: number;
}

const NONE: Total = { events: 0, sums: new Map(), unsummed: 0 };

/** The figures of a day. Some words of a type have a figure of their own, if they mean more than their happening. */
export const FIGURES = [
  'paid',
  'tickets',
  'checkedIn',
  'subscribed',
  'refunded',
  'awaitingRefund',
  'chargedBack',
  'cancelled',
  'carts',
  'booked',
  'moved',
  'bookingsCancelled',
  'noShow',
  'declined',
] as const;
export type Figure = (typeof FIGURES)[number];

/** The figure that counts a happening, with its sign: a check-in that was undone is subtracted. */
const OF: Readonly<Record<string, readonly [Figure, 1 | -1]>> = {
  'OrderChange PAID': ['paid', 1],
  'TicketChange ADDED': ['tickets', 1],
  'TicketChange CHECKED_IN': ['checkedIn', 1],
  'TicketChange CHECK_IN_UNDONE': ['checkedIn', -1],
  'SubscriptionChange CREATED': ['subscribed', 1],
  'OrderChange REFUNDED': ['refunded', 1],
  'OrderChange AWAITING_REFUND': ['awaitingRefund', 1],
  'OrderChange CHARGED_BACK': ['chargedBack', 1],
  'TicketCancellation CANCELED': ['cancelled', 1],
  'OrderCancellation CANCELED': ['cancelled', 1],
  'SubscriptionCancellation CANCELED': ['cancelled', 1],
  'CartAbandonment null': ['carts', 1],
  'BookingChange CREATED': ['booked', 1],
  'BookingChange REQUESTED': ['booked', 1],
  'BookingChange RESCHEDULED': ['moved', 1],
  'BookingCancellation CANCELED': ['bookingsCancelled', 1],
  'BookingChange MARKED_AS_NO_SHOW': ['noShow', 1],
  'BookingChange UNMARKED_AS_NO_SHOW': ['noShow', -1],
  'BookingChange DECLINED': ['declined', 1],
};

/** The figure and the sign for a happening. Undefined if no figure counts it. */
export function figureOf({ typename, happened }: Pick<TypeCount, 'typename' | 'happened'>) {
  const name = `${typename} ${happened}`;
  if (Object.hasOwn(OF, name)) return OF[name];
  // The cancellation of a custom type.
  return happened === 'CANCELED' ? OF['OrderCancellation CANCELED'] : undefined;
}

export type Totals = Readonly<Record<Figure, Total>>;

export function totalsOf(hours: readonly CountedHour[]): Totals {
  const totals = Object.fromEntries(FIGURES.map((figure) => [figure, NONE])) as Record<Figure, Total>;
  for (const { types } of hours)
    for (const count of types) {
      const [figure, sign] = figureOf(count) ?? [];
      if (!figure || !sign) continue;
      const { events, sums, unsummed } = totals[figure];
      totals[figure] = {
        events: events + sign * count.events,
        sums: plus(sums, count.amounts),
        unsummed: unsummed + count.unsummed,
      };
    }
  return totals;
}

/** The number of events that no figure counts, by type. */
export function othersOf(hours: readonly CountedHour[]): ReadonlyMap<string, number> {
  const others = new Map<string, number>();
  for (const { types } of hours)
    for (const { typename, happened, events } of types) {
      if (figureOf({ typename, happened })) continue;
      others.set(typename, (others.get(typename) ?? 0) + events);
    }
  return others;
}

/**
 * The counts up to a moment: whole hours, and the minutes of the hour that contains it.
 *
 * @param minutes the minutes of this hour.
 */
export function until(
  moment: number,
  hours: readonly CountedHour[],
  minutes: readonly CountedHour[],
): readonly CountedHour[] {
  const whole = hours.filter(({ endsAt }) => endsAt <= moment);
  const begun = whole.at(-1)?.endsAt ?? hours[0]?.startsAt ?? moment;
  return [...whole, ...minutes.filter(({ startsAt, endsAt }) => startsAt >= begun && endsAt <= moment)];
}

/** Adds a change to the hour that contains `at`, if there is one. */
export function added(hours: readonly CountedHour[], at: number, change: TypeCount): readonly CountedHour[] {
  const index = hours.findLastIndex(({ startsAt }) => startsAt <= at);
  const hour = hours[index];
  if (!hour || at >= hour.endsAt) return hours;
  const known = hour.types.findIndex((one) => one.typename === change.typename && one.happened === change.happened);
  const before = hour.types[known];
  const types = before ? hour.types.with(known, both(before, change)) : [...hour.types, change];
  return hours.with(index, { ...hour, types });
}

function both(one: TypeCount, other: TypeCount): TypeCount {
  return {
    ...one,
    events: one.events + other.events,
    amounts: amountsOf(plus(plus(new Map(), one.amounts), other.amounts)),
    unsummed: one.unsummed + other.unsummed,
  };
}

/**
 * The change from before: 0.12 is 12 % more, and a number below 0 is less. Null if there were too few events to compare with.
 *
 * @param events the number of events before.
 */
export function growth(now: number, before: number, events: number): number | null {
  return events < FEWEST_COMPARED || before <= 0 ? null : now / before - 1;
}

/** Below this number, a percentage means nothing. */
const FEWEST_COMPARED = 5;

/** The happening of a figure, for the link from the figure to its events. */
export const HAPPENING_OF: Readonly<Partial<Record<Figure, Happening>>> = {
  paid: 'paid',
  tickets: 'sold',
  checkedIn: 'checkedIn',
  subscribed: 'sold',
  refunded: 'refunded',
  awaitingRefund: 'refunded',
  chargedBack: 'chargedBack',
  cancelled: 'cancelled',
  carts: 'carts',
  booked: 'booked',
  moved: 'moved',
  bookingsCancelled: 'cancelled',
};
