import type { Tally } from '../events/activity.ts';
import type { Kind } from '../events/cancellation.ts';
import { type Worth, amountOf } from '../events/worth.ts';

export const HAPPENED =
  'What happened: a value of the type’s own enum, such as `CHECKED_IN`. A cancellation has `CANCELED`. A cancellation with `isScheduled` has `SCHEDULED`; it counts as an event and not as a cancellation. Null if the type has no such enum.';
export const UNSUMMED =
  'How many of these events have an amount that the sums leave out: one with more than four decimals, above 900 billion, or that is not a decimal number.';

/** The cancellations of one source and kind. */
export interface KindCount {
  readonly source: string;
  readonly provider: string;
  readonly kind: Kind;
  readonly cancellations: number;
  readonly refundsExpected: number;
}

/** The form of the type `Money`. */
export type Amount = Readonly<Record<'amount' | 'currency', string>>;

/** The events of one source and type with the same `happened`. */
export interface TypeCount {
  readonly source: string;
  readonly provider: string;
  readonly typename: string;
  readonly happened: string | null;
  readonly events: number;
  readonly amounts: readonly Amount[];
  readonly unsummed: number;
}

export function kindCounts(tallies: readonly Tally[]): KindCount[] {
  const ofCancellations = tallies.filter(({ kind }) => kind !== null);
  return grouped(ofCancellations, ({ source, provider, kind }) => [source, provider, kind]).map((of) => {
    const { source, provider, kind } = of[0]!;
    return {
      source,
      provider,
      kind: kind!,
      cancellations: eventsIn(of),
      refundsExpected: of.reduce((sum, { refundsExpected }) => sum + refundsExpected, 0),
    };
  });
}

export function typeCounts(tallies: readonly Tally[]): TypeCount[] {
  return grouped(tallies, ({ source, provider, shape, happened }) => [source, provider, shape, happened]).map((of) => {
    const { source, provider, shape, happened } = of[0]!;
    const units = new Map<string, bigint>();
    for (const { currency, events, unsummed, units: some } of of) {
      if (currency !== null && events > unsummed) units.set(currency, (units.get(currency) ?? 0n) + some);
    }
    return {
      source,
      provider,
      typename: shape,
      happened,
      events: eventsIn(of),
      amounts: [...units].map(([currency, some]) => ({ amount: amountOf(some), currency })),
      unsummed: of.reduce((sum, { unsummed }) => sum + unsummed, 0),
    };
  });
}

/** The amounts that one event adds. */
export function amountsOf(worth: Worth | null): readonly Amount[] {
  if (!worth || worth.units === null) return [];
  return [{ amount: amountOf(BigInt(worth.units)), currency: worth.currency }];
}

export function eventsIn(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { events }) => sum + events, 0);
}

/** Groups the tallies, in the order in which each group first occurs. No group is empty. */
function grouped(tallies: readonly Tally[], by: (tally: Tally) => readonly (string | null)[]): (readonly Tally[])[] {
  return [...Map.groupBy(tallies, (tally) => JSON.stringify(by(tally))).values()];
}
