import { useState } from 'react';
import { amountsOf } from '../parts/money.ts';
import { Scrolling } from '../overview/scrolling.tsx';
import { useSpeech } from '../words/words.tsx';
import { Amounts } from './figure-tile.tsx';
import type { LedgerRow } from './ledger.ts';

type Column = Exclude<keyof LedgerRow, 'name' | 'sums'>;

/** So many are shown until somebody wants to see the rest. */
const FIRST_SHOWN = 6;

/** By show, course or product. */
export function Sold({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const { today } = useSpeech().words;
  return (
    <Ledger
      id="sold"
      title={today.bySold}
      rows={rows}
      columns={['paid', 'tickets', 'checkedIn', 'cancelled', 'refunded']}
    />
  );
}

export function Services({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const { today } = useSpeech().words;
  return <Ledger id="services" title={today.byService} rows={rows} columns={['booked', 'moved', 'cancelled']} />;
}

interface LedgerProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly LedgerRow[];
  readonly columns: readonly Column[];
}

function Ledger({ id, title, rows, columns }: LedgerProps) {
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
