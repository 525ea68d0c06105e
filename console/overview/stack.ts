import { KINDS } from '../parts/event.ts';
import type { Bucket, Tally } from './tally.ts';

export type By = 'source' | 'kind';

/** One color of the chart: a source or a kind, with its number of events or amount in each bucket. */
export interface Layer {
  readonly name: string;
  /** The index of its color, which is the same under every filter. */
  readonly colour: number;
  readonly counts: readonly number[];
  readonly total: number;
}

/** The number of colors in the stylesheet. */
export const COLOURS = 8;

/** The layers of the chart from the bottom up, without empty ones. With a currency, they are amounts of money. */
export function layersOf(
  buckets: readonly Bucket[],
  by: By,
  sources: readonly string[],
  currency: string | null = null,
): readonly Layer[] {
  const names: readonly string[] = by === 'kind' ? KINDS : sources;
  return names
    .map((name, index) => {
      const counts = buckets.map(({ tallies }) => countOf(tallies, { by, name, currency }));
      return { name, colour: index % COLOURS, counts, total: counts.reduce((all, count) => all + count, 0) };
    })
    .filter(({ total }) => total > 0);
}

/**
 * The heights to draw, from the top layer down: each lower bar covers the lower part of the bar above it. Null if there is nothing to draw.
 */
export function heightsOf(layers: readonly Layer[]): (number | null)[][] {
  const heights = layers.map((layer) => layer.counts.map((): number | null => null));
  layers[0]?.counts.forEach((_count, bucket) => {
    let height = 0;
    layers.forEach(({ counts }, layer) => {
      height += counts[bucket]!;
      if (counts[bucket]! > 0) heights[layer]![bucket] = height;
    });
  });
  return heights.toReversed();
}

interface Counted {
  readonly by: By;
  readonly name: string;
  readonly currency: string | null;
}

function countOf(tallies: readonly Tally[], { by, name, currency }: Counted): number {
  const own = tallies.filter((tally) => tally[by] === name);
  if (currency === null) return own.reduce((all, { events }) => all + events, 0);
  const amounts = own.flatMap((tally) => tally.amounts).filter((one) => one.currency === currency);
  // A number is exact enough for a bar's height. The exact sum is written beside it.
  return amounts.reduce((all, { amount }) => all + Number(amount), 0);
}
