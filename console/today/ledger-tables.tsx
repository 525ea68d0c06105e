import { useState } from 'react';
import { amountsOf } from '../parts/money.ts';
import { Scrolling } from '../overview/scrolling.tsx';
import { useSpeech } from '../words/words.tsx';
import { Amounts } from './figure-tile.tsx';
import type { Ledger as LedgerOf, LedgerRow } from './ledger.ts';

type Column = Exclude<keyof LedgerRow, 'name' | 'sums'>;

/** The most rows that are shown until somebody asks for the rest. */
const FIRST_SHOWN = 6;

interface SomeProps {
  readonly rows: readonly LedgerRow[];
  /** The rows up to the same time on the days that today is compared with. Null if unknown. */
  readonly before: { readonly yesterday: LedgerOf | null; readonly week: LedgerOf | null };
}

/** Sales by show, course or product. */
export function Sold({ rows, before }: SomeProps) {
  const { today } = useSpeech().words;
  return (
    <Ledger
      id="sold"
      title={today.bySold}
      rows={rows}
      columns={['paid', 'tickets', 'checkedIn', 'cancelled', 'refunded']}
      before={[before.yesterday?.sold ?? null, before.week?.sold ?? null]}
    />
  );
}

export function Services({ rows, before }: SomeProps) {
  const { today } = useSpeech().words;
  return (
    <Ledger
      id="services"
      title={today.byService}
      rows={rows}
      columns={['booked', 'moved', 'cancelled']}
      before={[before.yesterday?.services ?? null, before.week?.services ?? null]}
    />
  );
}

interface LedgerProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly LedgerRow[];
  readonly columns: readonly Column[];
  /** Yesterday and a week ago. */
  readonly before: readonly (readonly LedgerRow[] | null)[];
}

function Ledger({ id, title, rows, columns, before }: LedgerProps) {
  const { words, language } = useSpeech();
  const [isWhole, setWhole] = useState(false);
  if (rows.length === 0) return null;
  const used = columns.filter((column) => rows.some((row) => row[column] !== 0));
  const hasMoney = rows.some(({ sums }) => sums.size > 0);
  const shown = isWhole ? rows : rows.slice(0, FIRST_SHOWN);
  return (
    <div className={`card ledger ${id}`}>
      <h2>{title}</h2>
      <Scrolling label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.columns.what}</th>
              {hasMoney ? (
                <th scope="col" className="number">
                  {words.today.money}
                </th>
              ) : null}
              {used.map((column) => (
                <th key={column} scope="col" className="number">
                  {words.today.columns[column]}
                </th>
              ))}
              {before.map((day, index) =>
                day ? (
                  <th key={DAYS[index]} scope="col" className="number then">
                    {words.today[DAYS[index]!]}
                  </th>
                ) : null,
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <bdi>{row.name}</bdi>
                </th>
                {hasMoney ? (
                  <td className="number">
                    <Amounts of={amountsOf(row.sums)} />
                  </td>
                ) : null}
                {used.map((column) => (
                  <td key={column} className={row[column] === 0 ? 'number zero' : 'number'}>
                    {row[column].toLocaleString(language)}
                  </td>
                ))}
                {before.map((day, index) =>
                  day ? (
                    <td key={DAYS[index]} className="number then">
                      <Then row={day.find(({ name }) => name === row.name)} hasMoney={hasMoney} />
                    </td>
                  ) : null,
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      {rows.length > FIRST_SHOWN && !isWhole ? (
        <button type="button" onClick={() => setWhole(true)}>
          {words.today.showAll(rows.length)}
        </button>
      ) : null}
    </div>
  );
}

/** In the order of `words.today`. */
const DAYS = ['yesterday', 'lastWeek'] as const;

/** The amount or the number of that day. */
function Then({ row, hasMoney }: { readonly row: LedgerRow | undefined; readonly hasMoney: boolean }) {
  const { language } = useSpeech();
  if (!row) return '–';
  const amounts = amountsOf(row.sums);
  if (hasMoney && amounts.length > 0) return <Amounts of={amounts} />;
  return (hasMoney ? row.paid : row.paid + row.tickets + row.booked).toLocaleString(language);
}
