import { useState } from 'react';
import { Link } from 'wouter';
import { amountsOf, writtenMoney } from '../parts/money.ts';
import { dateFormat } from '../parts/moment.tsx';
import { useSpeech } from '../words/words.tsx';
import { type CountedHour, type Figure, type Totals, growth, totalsOf } from './counts.ts';
import { type Compared, eventsOf } from './figure-tile.tsx';
import type { useToday } from './use-today.ts';

interface HeroProps {
  /** The most important figure. */
  readonly figure: Figure;
  readonly totals: Totals;
  readonly before: Compared;
  readonly today: Pick<ReturnType<typeof useToday>, 'hours' | 'yesterday'>;
  readonly from: number;
  readonly now: number;
}

/** The first thing to know: how much was sold, whether this is more than usual, and when. */
export function Hero({ figure, totals, before, today, from, now }: HeroProps) {
  const { words, language } = useSpeech();
  const { [figure]: total } = totals;
  const [first, ...rest] = amountsOf(total.sums).toSorted((one, other) => Number(other.amount) - Number(one.amount));
  const count = words.today.counted[figure as 'paid' | 'tickets' | 'booked'](total.events);
  return (
    <section className="card hero" aria-labelledby="hero-title">
      <div>
        <h2 id="hero-title">
          <Link href={eventsOf(figure, from)}>{words.today.figures[figure]}</Link>
        </h2>
        <p className="value">{first ? writtenMoney(language, first) : total.events.toLocaleString(language)}</p>
        {rest.map((amount) => (
          <p key={amount.currency} className="value also">
            {writtenMoney(language, amount)}
          </p>
        ))}
        <p className="count">{count}</p>
        <ul className="compared">
          {(['yesterday', 'week'] as const).map((day) => (
            <Compare
              key={day}
              name={day === 'yesterday' ? words.today.yesterday : words.today.lastWeek}
              now={totals}
              before={before[day]}
              figure={figure}
              currency={first?.currency ?? null}
            />
          ))}
        </ul>
      </div>
      <Hours
        figure={figure}
        currency={first?.currency ?? null}
        hours={today.hours}
        yesterday={today.yesterday?.hours ?? []}
        now={now}
      />
    </section>
  );
}

interface CompareProps {
  readonly name: string;
  readonly now: Totals;
  readonly before: Totals | null;
  readonly figure: Figure;
  readonly currency: string | null;
}

function Compare({ name, now, before, figure, currency }: CompareProps) {
  const { words, language } = useSpeech();
  if (!before) return null;
  const then = worthOf(before, figure, currency);
  const said = written(language, then, currency);
  const share = growth(worthOf(now, figure, currency), then, before[figure].events);
  const percent = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  });
  return (
    <li>
      <span className="name">{name}</span> <span className="number">{said}</span>{' '}
      {share === null ? null : (
        <span className={share < 0 ? 'growth less' : 'growth more'}>
          {percent.format(share)}
          <span className="hidden"> {share < 0 ? words.today.less : words.today.more}</span>
        </span>
      )}
    </li>
  );
}

/** The amount of money if there is a currency, or else the number of events. */
function worthOf(totals: Totals, figure: Figure, currency: string | null): number {
  const { sums, events } = totals[figure];
  return currency === null ? events : Number(sums.get(currency) ?? 0n) / UNITS;
}

/** The units of a sum in one unit of its currency. */
const UNITS = 10_000;

function written(language: string, worth: number, currency: string | null): string {
  return currency === null
    ? worth.toLocaleString(language)
    : writtenMoney(language, { currency, amount: String(worth) });
}

interface HoursProps {
  readonly figure: Figure;
  /** The currency of the shown amounts. Null if they are numbers of events. */
  readonly currency: string | null;
  readonly hours: readonly CountedHour[];
  readonly yesterday: readonly CountedHour[];
  readonly now: number;
}

/** A bar for each hour, in front of the whole of yesterday. */
function Hours({ figure, currency, hours, yesterday, now }: HoursProps) {
  const { words, language } = useSpeech();
  const counts = (of: readonly CountedHour[]) => of.map((hour) => worthOf(totalsOf([hour]), figure, currency));
  const [mine, theirs] = [counts(hours), counts(yesterday)];
  const most = Math.max(1, ...mine, ...theirs);
  const said = (worth: number) => written(language, worth, currency);
  const clock = dateFormat(language, { hour: 'numeric', minute: '2-digit' });
  const width = 100 / Math.max(1, hours.length);
  /** The hour that is pointed at. */
  const [pointed, setPointed] = useState<number | null>(null);
  const at = pointed === null ? undefined : hours[pointed];
  const reading = (index: number, startsAt: number) =>
    words.today.hour(clock.format(startsAt), said(mine[index]!), said(theirs[index] ?? 0), startsAt > now);
  return (
    <figure className="hours">
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={words.today.byHour}>
        {hours.map(({ startsAt }, index) => (
          <g key={startsAt} onPointerEnter={() => setPointed(index)} onPointerLeave={() => setPointed(null)}>
            <title>{reading(index, startsAt)}</title>
            <rect className="whole" x={index * width} y="0" width={width} height="40" />
            <rect
              className="then"
              x={index * width + width * 0.1}
              y={40 - (38 * (theirs[index] ?? 0)) / most}
              width={width * 0.8}
              height={(38 * (theirs[index] ?? 0)) / most}
            />
            <rect
              className="now"
              x={index * width + width * 0.25}
              y={40 - (38 * mine[index]!) / most}
              width={width * 0.5}
              height={(38 * mine[index]!) / most}
            />
          </g>
        ))}
      </svg>
      <div className="axis" aria-hidden="true">
        {hours
          .filter((_, index) => index % 6 === 0)
          .map(({ startsAt }) => (
            <span key={startsAt}>{clock.format(startsAt)}</span>
          ))}
      </div>
      <figcaption>
        {at && pointed !== null ? (
          reading(pointed, at.startsAt)
        ) : (
          <>
            <i className="swatch now" aria-hidden="true" /> {words.pages.today}{' '}
            <i className="swatch then" aria-hidden="true" /> {words.today.yesterday}
          </>
        )}
      </figcaption>
    </figure>
  );
}
