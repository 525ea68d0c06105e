import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import type { Operations } from './use-operations.ts';

const HOUR = 3_600_000;
const HOURS = 24;
/** Outcomes that need attention. */
const TROUBLE: readonly string[] = ['UNAUTHORISED', 'REFUSED', 'QUARANTINED', 'UNAVAILABLE', 'PAUSED'];

interface AnsweredHoursProps {
  readonly hours: Operations['hours'];
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** The answers of the last day: a bar for each hour, with a text for screen readers. */
export function AnsweredHours({ hours, now }: AnsweredHoursProps) {
  const { language, words } = useSpeech();
  const last = Math.floor(now / HOUR) * HOUR;
  const bars = Array.from({ length: HOURS }, (_, index) => {
    const from = last - (HOURS - 1 - index) * HOUR;
    const of = hours.filter((hour) => Date.parse(hour.from) === from);
    const sumOf = (isWanted: boolean) =>
      of.reduce((sum, { outcome, count }) => sum + (TROUBLE.includes(outcome) === isWanted ? count : 0), 0);
    return { from, fine: sumOf(false), trouble: sumOf(true), of };
  });
  const most = Math.max(...bars.map(({ fine, trouble }) => fine + trouble));
  if (most === 0) return <p className="note">{words.sources.quietDay}</p>;
  const time = dateFormat(language, { hour: 'numeric', minute: '2-digit' });
  return (
    <figure className="answered-hours">
      <figcaption>{words.sources.byHour}</figcaption>
      <ol>
        {bars.map(({ from, fine, trouble, of }) => {
          const said = of.map(
            ({ outcome, count }) => `${words.overview.outcomes[outcome]} ${count.toLocaleString(language)}`,
          );
          const label = `${time.format(from)}: ${said.join(', ') || words.sources.none}`;
          return (
            <li key={from} title={label}>
              <span className="hidden">{label}</span>
              <i aria-hidden="true" className="trouble" style={{ height: `${(trouble / most) * 100}%` }} />
              <i aria-hidden="true" style={{ height: `${(fine / most) * 100}%` }} />
            </li>
          );
        })}
      </ol>
      <div className="axis" aria-hidden="true">
        {bars
          .filter((_, index) => index % 6 === 0)
          .map(({ from }) => (
            <span key={from}>{time.format(from)}</span>
          ))}
      </div>
    </figure>
  );
}
