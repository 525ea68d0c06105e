import { useMemo } from 'react';
import { Link } from 'wouter';
import { Filters, useFilter } from '../parts/filters.tsx';
import { dateFormat } from '../parts/moment.tsx';
import { Latest } from '../parts/latest.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { typeName } from '../parts/type-name.ts';
import { Outages } from '../sources/outages.tsx';
import { useMinute } from '../overview/use-minute.ts';
import { useSpeech } from '../words/words.tsx';
import { FIGURES, type Figure, type Totals, othersOf, totalsOf } from './counts.ts';
import { type ComparedDay, daysAt, sameTime } from './days.ts';
import { Disputes } from './disputes.tsx';
import { type Compared, FigureTile } from './figure-tile.tsx';
import { Hero } from './hero.tsx';
import { disputesOf } from './dispute.ts';
import { ledgerOf } from './ledger.ts';
import { useDisputes } from './use-disputes.ts';
import { Services, Sold } from './ledger-tables.tsx';
import { useDayEvents, useEventsOf } from './use-day-events.ts';
import { useToday } from './use-today.ts';

const SALES = [
  'tickets',
  'checkedIn',
  'refunded',
  'awaitingRefund',
  'chargedBack',
  'cancelled',
  'carts',
  'subscribed',
] as const;
const BOOKINGS = ['booked', 'moved', 'bookingsCancelled', 'declined', 'noShow'] as const;
/** Figures that are shown even if they are zero. */
const ALWAYS: readonly Figure[] = ['refunded', 'chargedBack', 'cancelled', 'bookingsCancelled'];

/** Today's events beside those of yesterday and of the same weekday of last week, up to the same time. */
export function Today() {
  const { words, language } = useSpeech();
  const now = useMinute();
  const [filter, change, clear] = useFilter();
  const today = useToday(now, filter.tenant);
  const days = daysAt(now);
  const { from } = days.today;
  const read = useDayEvents({ from, tenant: filter.tenant }, today.changes);
  const earlier = useDisputes(from, filter.tenant);
  const totals = totalsOf(today.hours);
  const before: Compared = {
    yesterday: today.yesterday && totalsOf(today.yesterday.untilNow),
    week: today.week && totalsOf(today.week.untilNow),
  };
  const ledger = ledgerOf(read?.events ?? []);
  const hasLedger = ledger.sold.length > 0 || ledger.services.length > 0;
  const ledgerBefore = {
    yesterday: useLedgerUntil(now, days.yesterday, filter.tenant, hasLedger),
    week: useLedgerUntil(now, days.week, filter.tenant, hasLedger),
  };
  const others = [...othersOf(today.hours)];
  const wanted = (figures: readonly Figure[]) => figuresOf(figures, [totals, before.yesterday, before.week]);
  const [sales, bookings] = [wanted(SALES), wanted(BOOKINGS)];
  const hero = (['paid', 'tickets', 'booked'] as const).find((figure) => wanted([figure]).length > 0);
  const isEmpty = FIGURES.every((figure) => totals[figure].events === 0) && others.length === 0;
  const time = dateFormat(language, { timeStyle: 'short' }).format(now);
  return (
    <section className="page scrolls today" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{words.pages.today}</h1>
        <span className="of-day">{dateFormat(language, { dateStyle: 'full' }).format(now)}</span>
        <StreamBadge condition={today} />
        <Filters filter={filter} change={change} clear={clear} sources={[]} fields={['tenant']} />
      </header>
      <Outages now={now} />
      {today.error ? <Failure error={today.error} again={today.again} /> : null}
      {today.isLoaded || today.error ? null : <p className="loading">{words.loading}</p>}
      {today.isLoaded && isEmpty && sales.length === 0 && !hero ? (
        <Notice title={words.today.empty}>
          <p>{words.today.emptyAdvice}</p>
          <Latest />
          <Link href="/events">{words.today.toFeed}</Link>
        </Notice>
      ) : null}
      {today.isLoaded ? (
        <>
          {hero ? <Hero figure={hero} totals={totals} before={before} today={today} from={from} now={now} /> : null}
          <Disputes disputed={disputesOf([...(read?.events ?? []), ...earlier], now)} now={now} />
          {sales.length > 0 ? (
            <section aria-labelledby="sales-title">
              <h2 id="sales-title">{words.today.sales}</h2>
              <div className="tiles">
                {sales.map((figure) => (
                  <FigureTile key={figure} figure={figure} totals={totals} before={before} from={from} />
                ))}
              </div>
            </section>
          ) : null}
          {bookings.length > 0 && wanted(['booked', 'moved', 'bookingsCancelled']).length > 0 ? (
            <section aria-labelledby="bookings-title">
              <h2 id="bookings-title">{words.today.bookings}</h2>
              <div className="tiles">
                {bookings.map((figure) => (
                  <FigureTile key={figure} figure={figure} totals={totals} before={before} from={from} />
                ))}
              </div>
            </section>
          ) : null}
          <div className="ledgers">
            <Sold rows={ledger.sold} before={ledgerBefore} />
            <Services rows={ledger.services} before={ledgerBefore} />
          </div>
        </>
      ) : null}
      {today.isLoaded && others.length > 0 ? (
        <p className="note others">
          {words.today.others}
          {others.map(([typename, count]) => (
            <Link key={typename} href={`/events?type=${encodeURIComponent(typename)}`}>
              {typeName(typename, words)} ({count.toLocaleString(language)})
            </Link>
          ))}
        </p>
      ) : null}
      {hero ? <p className="note">{words.today.comparedUntil(time)}</p> : null}
      {read?.isCut ? <p className="note">{words.today.cut(read.events.length)}</p> : null}
    </section>
  );
}

/** What was sold and booked on a day up to the same time. Null if unknown. */
function useLedgerUntil(now: number, day: ComparedDay, tenant: string | null, isWanted: boolean) {
  const events = useEventsOf(day, tenant, isWanted);
  const moment = sameTime(now, day);
  return useMemo(
    () => events && ledgerOf(events.filter(({ occurredAt }) => Date.parse(occurredAt ?? '') <= moment)),
    [events, moment],
  );
}

/** The figures that have events on one of the days, and those of `ALWAYS` beside them. Empty if there are no events. */
function figuresOf(figures: readonly Figure[], days: readonly (Totals | null)[]): readonly Figure[] {
  const known = figures.filter((figure) => days.some((day) => day !== null && day[figure].events !== 0));
  if (known.length === 0) return [];
  return figures.filter((figure) => known.includes(figure) || (figures.length > 1 && ALWAYS.includes(figure)));
}
