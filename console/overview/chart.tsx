import { Fragment, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useSpeech } from '../words/words.tsx';
import { writtenMoney } from '../parts/money.ts';
import { bucketName } from './labels.ts';
import type { Measure } from './measure.ts';
import { Plot, type Point } from './plot.ts';
import type { BucketSize } from './range.ts';
import type { Layer } from './stack.ts';
import { type Bucket, sum, worth } from './tally.ts';

interface ChartProps {
  readonly title: string;
  readonly measure: Measure;
  /** The currency of the heights. Null if they are numbers of events. */
  readonly currency: string | null;
  readonly buckets: readonly Bucket[];
  readonly layers: readonly Layer[];
  readonly size: BucketSize;
  readonly timeZone: string;
  readonly nameOf: (layer: Layer) => string;
  /** Writes a height in words. */
  readonly written: (height: number) => string;
}

/**
 * The number or the value of events in each bucket. A bucket that is pointed at is described beside the chart. A bucket chosen by arrow
 * keys is also read aloud.
 */
export function Chart({ title, measure, currency, buckets, layers, size, timeZone, nameOf, written }: ChartProps) {
  const { language, words } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [point, setPoint] = useState<Point | null>(null);
  // Only set by keys, since otherwise each new event would be read aloud.
  const [said, setSaid] = useState('');
  const plotted = useMemo(
    () => ({ starts: buckets.map(({ startsAt }) => startsAt), layers, size, timeZone, language, currency }),
    [buckets, layers, size, timeZone, language, currency],
  );
  useEffect(() => {
    if (plot.current) plot.current.show(plotted);
    else plot.current = new Plot(box.current!, plotted, setPoint);
  }, [plotted]);
  useEffect(
    () => () => {
      plot.current?.destroy();
      plot.current = null;
    },
    [],
  );

  const name = measure === 'cancelled' ? words.overview.cancellations : words.today.figures[measure];
  const at = point && buckets[point.index];
  const move = (event: KeyboardEvent) => {
    const to = targetOf(event.key, point?.index ?? null, buckets.length);
    if (to === null) return;
    event.preventDefault();
    plot.current?.point(to);
    const bucket = buckets[to]!;
    const parts = layers.length > 1 ? layers.filter(({ counts }) => counts[to]! > 0) : [];
    const time = bucketName(language, size, timeZone, bucket);
    const events = sum([bucket], 'events');
    setSaid(
      [
        measure === 'cancelled'
          ? words.overview.reading(time, events, sum([bucket], 'refundsExpected'))
          : words.overview.readingOf(time, name, events.toLocaleString(language)),
        ...worth([bucket]).map((amount) => writtenMoney(language, amount)),
        ...parts.map((layer) => `${nameOf(layer)}: ${written(layer.counts[to]!)}`),
      ].join('. '),
    );
  };
  return (
    <div className="chart">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- nor with another role would it be one */}
      <div
        className="plot"
        ref={box}
        // Unless an element takes keys for itself, a screen reader keeps the arrow keys for its own reading.
        role="application"
        aria-label={title}
        aria-describedby="chart-keys"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it has keys
        tabIndex={0}
        onKeyDown={move}
        onBlur={() => plot.current?.point(null)}
      />
      {at ? (
        <div
          className="reading"
          aria-hidden="true"
          style={point.left > point.width / 2 ? { right: point.width - point.left + 14 } : { left: point.left + 14 }}
        >
          <strong>{bucketName(language, size, timeZone, at)}</strong>
          <span>{name}</span>
          <span className="number">{sum([at], 'events').toLocaleString(language)}</span>
          {worth([at]).map((amount, index) => (
            <Fragment key={amount.currency}>
              <span>{index === 0 ? words.overview.worth : ''}</span>
              <span className="number">{writtenMoney(language, amount)}</span>
            </Fragment>
          ))}
          {layers.length > 1
            ? layers
                .filter(({ counts }) => counts[point.index]! > 0)
                .map((layer) => (
                  <Line
                    key={layer.name}
                    layer={layer}
                    name={nameOf(layer)}
                    said={written(layer.counts[point.index]!)}
                  />
                ))
            : null}
          {measure === 'cancelled' ? (
            <>
              <span>{words.overview.refundsExpected}</span>
              <span className="number">{sum([at], 'refundsExpected').toLocaleString(language)}</span>
            </>
          ) : null}
        </div>
      ) : null}
      <p id="chart-keys" className="hidden">
        {words.overview.keys}
      </p>
      <output className="hidden">{said}</output>
    </div>
  );
}

function Line({ layer, name, said }: { readonly layer: Layer; readonly name: string; readonly said: string }) {
  return (
    <>
      <span className="part">
        <i className={`swatch ink-${layer.colour}`} /> {name}
      </span>
      <span className="number">{said}</span>
    </>
  );
}

/** The bucket that a key leads to. Without a chosen bucket it is the newest. Null if the key means something else. */
function targetOf(key: string, from: number | null, length: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return from === null ? length - 1 : Math.max(0, from - 1);
    case 'ArrowRight':
      return from === null ? length - 1 : Math.min(length - 1, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}
