import { Link } from 'wouter';
import { type Amount, amountsOf, writtenMoney } from '../parts/money.ts';
import { useSpeech } from '../words/words.tsx';
import { type Figure, HAPPENING_OF, type Total, type Totals } from './counts.ts';

/** The totals up to the same time on the days that today is compared with. Null until they are known. */
export interface Compared {
  readonly yesterday: Totals | null;
  readonly week: Totals | null;
}

interface FigureTileProps {
  readonly figure: Figure;
  readonly totals: Totals;
  readonly before: Compared;
  /** The start of today. */
  readonly from: number;
}

/** One figure of today with its value, and the figure of the days before. It links to its events. */
export function FigureTile({ figure, totals, before, from }: FigureTileProps) {
  const { words, language } = useSpeech();
  const { [figure]: total } = totals;
  const happening = HAPPENING_OF[figure];
  const name = words.today.figures[figure];
  return (
    <dl className={total.events === 0 ? 'tile none' : `tile ${happening ?? ''}`}>
      <dt>
        <i className="dot" aria-hidden="true" />
        {happening && total.events > 0 ? <Link href={eventsOf(figure, from)}>{name}</Link> : name}
      </dt>
      <dd className="value">{total.events.toLocaleString(language)}</dd>
      {figure === 'checkedIn' && totals.tickets.events > 0 ? (
        <dd className="worth of">
          {words.today.ofSold(totals.tickets.events)} <Link href="/door">{words.door.title}</Link>
        </dd>
      ) : null}
      <Worth total={total} />
      <Before figure={figure} before={before} />
    </dl>
  );
}

/** The address of the events that a figure counts. */
export function eventsOf(figure: Figure, from: number): string {
  const moment = new Date(from).toISOString().replace(/(:00)?\.000Z$/, 'Z');
  const kind = figure === 'bookingsCancelled' ? '&kind=BOOKING' : '';
  return `/events?what=${HAPPENING_OF[figure]}${kind}&from=${moment}`;
}

function Worth({ total }: { readonly total: Total }) {
  const { words } = useSpeech();
  const amounts = amountsOf(total.sums).filter(({ amount }) => Number(amount) !== 0);
  if (amounts.length === 0) return null;
  return (
    <dd className="worth">
      <Amounts of={amounts} />
      {total.unsummed > 0 ? <span className="note">{words.today.unsummed(total.unsummed)}</span> : null}
    </dd>
  );
}

export function Amounts({ of }: { readonly of: readonly Amount[] }) {
  const { language } = useSpeech();
  return of.map((one) => <span key={one.currency}>{writtenMoney(language, one)}</span>);
}

function Before({ figure, before: { yesterday, week } }: Pick<FigureTileProps, 'figure' | 'before'>) {
  const { words, language } = useSpeech();
  return (
    <dd className="before">
      <span>
        {words.today.yesterday} <b>{yesterday ? yesterday[figure].events.toLocaleString(language) : '–'}</b>
      </span>
      <span>
        {words.today.lastWeek} <b>{week ? week[figure].events.toLocaleString(language) : '–'}</b>
      </span>
    </dd>
  );
}
