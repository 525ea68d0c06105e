import type { Kind } from '../parts/event.ts';
import type { Amount } from '../parts/money.ts';
import { figureOf } from '../today/counts.ts';
import type { Tally } from './tally.ts';

/** What the overview can count: figures of the page Today. */
export const MEASURES = ['cancelled', 'paid', 'refunded', 'tickets', 'checkedIn', 'booked'] as const;
export type Measure = (typeof MEASURES)[number];

/** The measure in the address. */
export function measureOf(search: URLSearchParams): Measure {
  return MEASURES.find((known) => known === search.get('of')) ?? 'cancelled';
}

/** How many cancellations there were, as the gateway counts them. */
interface Cancelled {
  readonly source: string;
  readonly kind: Kind;
  readonly cancellations: number;
  readonly refundsExpected: number;
}

/** The number of events of one type with the same happening. */
interface Happened {
  readonly source: string;
  readonly typename: string;
  readonly happened: string | null;
  readonly events: number;
  readonly amounts: readonly Amount[];
}

const KIND_OF: Readonly<Record<string, Kind>> = {
  TicketCancellation: 'TICKET',
  BookingCancellation: 'BOOKING',
  OrderCancellation: 'ORDER',
  SubscriptionCancellation: 'SUBSCRIPTION',
};

/** The tallies of a bucket for a measure. Cancellations are counted by kind, and their money by type. */
export function talliesOf(
  measure: Measure,
  { counts, types }: { readonly counts: readonly Cancelled[]; readonly types: readonly Happened[] },
): readonly Tally[] {
  if (measure !== 'cancelled') return types.flatMap((one) => measured(measure, one) ?? []);
  const sums = new Map<string, readonly Amount[]>();
  for (const { source, typename, happened, amounts } of types) {
    if (happened === 'CANCELED' && amounts.length > 0) sums.set(`${source} ${KIND_OF[typename] ?? null}`, amounts);
  }
  const tallies = counts.map(({ source, kind, cancellations, refundsExpected }): Tally => {
    const key = `${source} ${kind}`;
    const amounts = sums.get(key) ?? [];
    sums.delete(key);
    return { source, kind, events: cancellations, refundsExpected, amounts };
  });
  // Cancellations of custom types. Only their events know the kind.
  const others = [...sums].map(([key, amounts]): Tally => {
    const source = key.slice(0, key.lastIndexOf(' '));
    return { source, kind: null, events: 0, refundsExpected: 0, amounts };
  });
  return [...tallies, ...others];
}

/** What one more event adds. Null if the measure doesn't count it. */
export function tallyOf(measure: Measure, change: Happened & Partial<Omit<Cancelled, 'source'>>): Tally | null {
  if (measure !== 'cancelled') return measured(measure, change);
  const { source, kind, cancellations, refundsExpected = 0, amounts } = change;
  if (!kind || !cancellations) return null;
  return { source, kind, events: cancellations, refundsExpected, amounts };
}

function measured(measure: Measure, { source, typename, happened, events, amounts }: Happened): Tally | null {
  const [figure, sign] = figureOf({ typename, happened }) ?? [];
  if (figure !== measure || !sign) return null;
  return { source, kind: null, events: sign * events, refundsExpected: 0, amounts };
}
