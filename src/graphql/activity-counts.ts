import type { Tally } from '../events/activity.ts';
import type { Kind } from '../events/cancellation.ts';
import { type Worth, amountOf } from '../events/worth.ts';

export const HAPPENED =
  'What happened, where events of the type tell of several things: a word of the type’s own enum, such as `CHECKED_IN`. ' +
  '`CANCELED` of a cancellation, `SCHEDULED` of one with `isScheduled`, which counts as an event and as no cancellation.';
export const UNSUMMED =
  'How many of them say an amount that is in no sum: more than four decimals, more than 900 billion, or no decimal number.';

/** The cancellations of one source and kind. */
export interface KindCount {
  readonly source: string;
  readonly provider: string;
  readonly kind: Kind;
  readonly cancellations: number;
  readonly refundsExpected: number;
}

/** As the type `Money` has it. */
export type Amount = Readonly<Record<'amount' | 'currency', string>>;

/** The events of one source and type of which the same happened. */
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

/** What one event adds to the amounts. */
export function amountsOf(worth: Worth | null): readonly Amount[] {
  if (!worth || worth.units === null) return [];
  return [{ amount: amountOf(BigInt(worth.units)), currency: worth.currency }];
}

export function eventsIn(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { events }) => sum + events, 0);
}

/** In the order in which each group begins. None is empty. */
function grouped(tallies: readonly Tally[], by: (tally: Tally) => readonly (string | null)[]): (readonly Tally[])[] {
  return [...Map.groupBy(tallies, (tally) => JSON.stringify(by(tally))).values()];
}
