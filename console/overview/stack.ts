import { KINDS } from '../parts/filter.ts';
import type { Bucket, Tally } from './tally.ts';

export type By = 'source' | 'kind';

/** One colour of the chart: a source or a kind, and how many there were of it in each bucket. */
export interface Layer {
  readonly name: string;
  /** Which of the chart's colours it has. It stays the same under every filter. */
  readonly colour: number;
  readonly counts: readonly number[];
  readonly total: number;
}

/** As many as the stylesheet has. */
export const COLOURS = 8;

/** The layers of the chart from the ground up, without those that there are none of. */
export function layersOf(buckets: readonly Bucket[], by: By, sources: readonly string[]): readonly Layer[] {
  const names: readonly string[] = by === 'kind' ? KINDS : sources;
  return names
    .map((name, index) => {
      const counts = buckets.map(({ tallies }) => countOf(tallies, by, name));
      return { name, colour: index % COLOURS, counts, total: counts.reduce((all, count) => all + count, 0) };
    })
    .filter(({ total }) => total > 0);
}

/** What is drawn, from the top down: what lies below covers what it is not. Null where there is nothing to draw. */
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

function countOf(tallies: readonly Tally[], by: By, name: string): number {
  return tallies.reduce((all, tally) => (tally[by] === name ? all + tally.cancellations : all), 0);
}
