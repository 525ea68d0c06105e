import { useSpeech } from '../words/words.tsx';
import { writtenMoney } from '../parts/money.ts';
import type { Measure } from './measure.ts';
import type { RangeId } from './range.ts';
import { type Bucket, sum, worth } from './tally.ts';

interface FiguresProps {
  readonly range: RangeId;
  readonly measure: Measure;
  readonly buckets: readonly Bucket[];
  /** The change from the time before: 0.12 is 12 % more. Null if it would mean nothing. */
  readonly growth: number | null;
}

/** The number of events, their value, and how many cancellations are known to give the customer money back. */
export function Figures({ range, measure, buckets, growth }: FiguresProps) {
  const { language, words } = useSpeech();
  const { overview } = words;
  const events = sum(buckets, 'events');
  const amounts = worth(buckets);
  const isCancelled = measure === 'cancelled';
  const refunds = sum(buckets, 'refundsExpected');
  const percent = (share: number) =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share);
  // The share is rounded before the rest is computed, so that both add up.
  const refunded = Math.round((100 * refunds) / events) / 100;
  const compared = (growth: number) => {
    const before = overview.before[range];
    if (Math.abs(growth) < 0.005) return overview.same(before);
    return growth > 0 ? overview.more(percent(growth), before) : overview.fewer(percent(-growth), before);
  };
  const money =
    amounts.length > 0 ? (
      <div className="figure worth">
        <dt>{overview.worth}</dt>
        {amounts.map((amount) => (
          <dd key={amount.currency} className="money">
            {writtenMoney(language, amount)}
          </dd>
        ))}
      </div>
    ) : null;
  return (
    <dl className="figures" aria-label={overview.figures}>
      {isCancelled ? null : money}
      <Figure
        name={isCancelled ? overview.cancellations : words.today.figures[measure]}
        value={events}
        note={growth === null ? null : compared(growth)}
        className="all"
      />
      {isCancelled ? (
        <>
          <Figure
            name={overview.refundsExpected}
            value={refunds}
            note={refunds > 0 ? overview.share(percent(refunded)) : null}
            className={refunds > 0 ? 'refunds' : ''}
          />
          <Figure
            name={overview.otherwise}
            value={events - refunds}
            note={refunds < events ? overview.share(percent(1 - refunded)) : null}
          />
        </>
      ) : null}
      {isCancelled ? money : null}
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: number;
  readonly note: string | null;
  readonly className?: string;
}

function Figure({ name, value, note, className = '' }: FigureProps) {
  const { language } = useSpeech();
  return (
    <div className={`figure ${className}`}>
      <dt>{name}</dt>
      <dd className="value">{value.toLocaleString(language)}</dd>
      {note ? <dd className="note">{note}</dd> : null}
    </div>
  );
}
