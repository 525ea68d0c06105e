import { fieldOf } from '../feed/period.ts';
import { amountOf, happenedOf, titleOf, whoOf } from '../parts/event.ts';
import type { Words } from '../words/en.ts';
import { columnsOf } from '../../src/export/columns.ts';
import { csvLine, jsonLine } from '../../src/export/lines.ts';
import type { ExportedRow } from './export-pages.ts';

export const FORMATS = ['csv', 'ndjson'] as const;
export type FormatName = (typeof FORMATS)[number];

export interface Format {
  readonly name: FormatName;
  readonly type: string;
  readonly begin: string;
  readonly lines: (rows: readonly ExportedRow[]) => string;
}

const NDJSON: Format = {
  name: 'ndjson',
  type: 'application/x-ndjson',
  begin: '',
  lines: (rows) => rows.map(({ event }) => jsonLine(event)).join(''),
};

/** NDJSON is the format of `hookcast export`. CSV has the same columns, after columns for readers. */
export function formatOf(name: FormatName, words: Words, people: boolean): Format {
  if (name === 'ndjson') return NDJSON;
  const said = Object.values(words.csv);
  const columns = columnsOf({ people, raw: false }).filter(([column]) => !SAID.includes(column));
  return {
    name,
    type: 'text/csv',
    // A byte order mark, by which a spreadsheet recognizes UTF-8.
    begin: `\uFEFF${csvLine([...said, ...columns.map(([column]) => column)])}`,
    lines: (rows) =>
      rows.map((row) => csvLine([...inWords(row, words), ...columns.map(([, , of]) => of(row.event))])).join(''),
  };
}

/** Columns that readers already have in the first part. */
const SAID: readonly string[] = ['amount', 'currency'];

/** In the order of `words.csv`. */
function inWords({ node }: ExportedRow, { happenings }: Words) {
  const [who, amount] = [whoOf(node), amountOf(node)];
  return [
    localTime(new Date(node.occurredAt)),
    happenings[happenedOf(node)],
    titleOf(node) ?? null,
    who?.name ?? null,
    who?.email ?? null,
    amount?.amount ?? null,
    amount?.currency ?? null,
  ];
}

/** In the reader's time zone, in a form that spreadsheets of every language read as a time. */
function localTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return '';
  return `${fieldOf(at.getTime()).replace('T', ' ')}:${String(at.getSeconds()).padStart(2, '0')}`;
}
