import { useState } from 'react';
import { useSpeech } from '../words/words.tsx';
import { Amounts } from '../today/figure-tile.tsx';
import { bucketName } from './labels.ts';
import type { Measure } from './measure.ts';
import type { BucketSize } from './range.ts';
import { Scrolling } from './scrolling.tsx';
import type { Layer } from './stack.ts';
import { type Bucket, sum, worth } from './tally.ts';

interface NumbersProps {
  readonly measure: Measure;
  readonly buckets: readonly Bucket[];
  readonly layers: readonly Layer[];
  readonly size: BucketSize;
  readonly timeZone: string;
  readonly nameOf: (layer: Layer) => string;
  /** Writes the value of a layer in a bucket. */
  readonly written: (height: number) => string;
}

/** The values of the chart as a table, for reading or for a screen reader. */
export function Numbers(props: NumbersProps) {
  const { overview } = useSpeech().words;
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{overview.table}</summary>
      {isOpen ? <NumbersTable {...props} /> : null}
    </details>
  );
}

function NumbersTable({ measure, buckets, layers, size, timeZone, nameOf, written }: NumbersProps) {
  const { language, words } = useSpeech();
  const { overview } = words;
  const number = (n: number) => n.toLocaleString(language);
  const told = layers.length > 1 ? layers : [];
  const isCancelled = measure === 'cancelled';
  const hasMoney = worth(buckets).length > 0;
  return (
    <Scrolling label={overview.table}>
      <table>
        <caption>{overview.tableNote}</caption>
        <thead>
          <tr>
            <th scope="col">{overview.time}</th>
            {told.map((layer) => (
              <th key={layer.name} scope="col" className="number">
                {nameOf(layer)}
              </th>
            ))}
            <th scope="col" className="number">
              {told.length > 0 ? overview.total : isCancelled ? overview.cancellations : words.today.figures[measure]}
            </th>
            {isCancelled ? (
              <th scope="col" className="number">
                {overview.refundsExpected}
              </th>
            ) : null}
            {hasMoney ? (
              <th scope="col" className="number">
                {overview.worth}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {buckets
            .map((bucket, index) => ({ bucket, index }))
            .filter(({ bucket }) => bucket.tallies.length > 0)
            .toReversed()
            .map(({ bucket, index }) => (
              <tr key={bucket.startsAt}>
                <th scope="row">
                  <time dateTime={new Date(bucket.startsAt).toISOString()}>
                    {bucketName(language, size, timeZone, bucket)}
                  </time>
                </th>
                {told.map((layer) => (
                  <td key={layer.name} className="number">
                    {written(layer.counts[index]!)}
                  </td>
                ))}
                <td className="number">{number(sum([bucket], 'events'))}</td>
                {isCancelled ? <td className="number">{number(sum([bucket], 'refundsExpected'))}</td> : null}
                {hasMoney ? (
                  <td className="number money">
                    <Amounts of={worth([bucket])} />
                  </td>
                ) : null}
              </tr>
            ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
