import { Latest } from '../parts/latest.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Kind } from '../parts/event.ts';
import { writtenMoney } from '../parts/money.ts';
import { useSpeech } from '../words/words.tsx';
import { Chart } from './chart.tsx';
import { Choice } from './choice.tsx';
import { Figures } from './figures.tsx';
import { zoneName } from './labels.ts';
import { Numbers } from './numbers.tsx';
import type { Measure } from './measure.ts';
import { type Range, type RangeId, longerThan } from './range.ts';
import { type By, type Layer, layersOf } from './stack.ts';
import { type Before, type Bucket, growth, sum, worth } from './tally.ts';

interface CountedProps {
  readonly range: Range;
  readonly measure: Measure;
  /** The time zone of the days and hours. */
  readonly timeZone: string;
  /** The shown buckets, filtered. */
  readonly buckets: readonly Bucket[];
  readonly before: Before | null;
  readonly now: number;
  /** True while newer counts are loading. */
  readonly isWaiting: boolean;
  readonly isFiltered: boolean;
  readonly sources: readonly string[];
  readonly by: By;
  /** Null if there is only one way to divide them. */
  readonly onBy: ((by: By) => void) | null;
  readonly onLonger: (range: RangeId) => void;
}

/** The figures, the chart and the table: three forms of the same counts. */
export function Counted({
  range,
  measure,
  timeZone,
  buckets,
  before,
  now,
  isWaiting,
  isFiltered,
  sources,
  by,
  ...on
}: CountedProps) {
  const { language, words } = useSpeech();
  const { overview } = words;
  // Payments and refunds are drawn as money, in the currency with the highest sum. Their number is written beside it.
  const currency = measure === 'paid' || measure === 'refunded' ? (worth(buckets)[0]?.currency ?? null) : null;
  const layers = layersOf(buckets, by, sources, currency);
  const name = words.today.figures[measure];
  const title = measure === 'cancelled' ? overview.per[range.size] : overview.perOf[range.size](name, currency);
  const written = (height: number) =>
    currency === null ? height.toLocaleString(language) : writtenMoney(language, { amount: String(height), currency });
  const nameOf = ({ name }: Layer) => (by === 'kind' ? words.kinds[name as Kind] : name);
  const longer = longerThan(range);
  const within = overview.within[range.id];
  if (sum(buckets, 'events') === 0)
    return (
      <Notice title={measure === 'cancelled' ? overview.empty(within) : overview.emptyOf(name, within)}>
        <p>{isFiltered ? overview.emptyFiltered : overview.emptyAdvice}</p>
        <Latest />
        {longer ? (
          <button type="button" onClick={() => on.onLonger(longer.id)}>
            {overview.longer(overview.ranges[longer.id])}
          </button>
        ) : null}
      </Notice>
    );
  return (
    <div className={`counted${isWaiting ? ' waiting' : ''}`} aria-busy={isWaiting}>
      <Figures range={range.id} measure={measure} buckets={buckets} growth={before && growth(buckets, before, now)} />
      <section className="card" aria-labelledby="chart-title">
        <header className="card-head">
          <h2 id="chart-title">{title}</h2>
          {on.onBy ? (
            <Choice
              label={overview.by}
              options={(['source', 'kind'] as const).map((by): [By, string] => [by, overview.bys[by]])}
              chosen={by}
              onChoose={on.onBy}
            />
          ) : null}
        </header>
        {layers.length > 1 ? (
          <ul className="legend">
            {layers.map((layer) => (
              <li key={layer.name}>
                <i className={`swatch ink-${layer.colour}`} aria-hidden="true" /> {nameOf(layer)}{' '}
                <strong>{written(layer.total)}</strong>
              </li>
            ))}
          </ul>
        ) : null}
        <Chart
          title={title}
          measure={measure}
          currency={currency}
          buckets={buckets}
          layers={layers}
          size={range.size}
          timeZone={timeZone}
          nameOf={nameOf}
          written={written}
        />
        <p className="note">{overview.zone(zoneName(language, timeZone), timeZone)}</p>
        <Numbers
          measure={measure}
          buckets={buckets}
          layers={layers}
          size={range.size}
          timeZone={timeZone}
          nameOf={nameOf}
          written={written}
        />
      </section>
    </div>
  );
}
