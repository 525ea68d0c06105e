import { fieldOf } from '../feed/period.ts';
import { amountOf, happenedOf, titleOf, whoOf } from '../parts/event.ts';
import type { Words } from '../words/en.ts';
import { columnsOf } from '../../src/export/columns.ts';
import { csvLine, jsonLine } from '../../src/export/lines.ts';
import type { ExportedRow } from './export-pages.ts';

export const FORMATS = ['csv', 'ndjson'] as const;
export type FormatName = (typeof FORMATS)[number];

/** How rows are written. */
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

/** NDJSON is what `hookcast export` writes; CSV has the same columns, behind those that a person reads. */
export function formatOf(name: FormatName, words: Words, people: boolean): Format {
  if (name === 'ndjson') return NDJSON;
  const said = Object.values(words.csv);
  const columns = columnsOf({ people, raw: false }).filter(([column]) => !SAID.includes(column));
  return {
    name,
    type: 'text/csv',
    // What tells a spreadsheet that it is UTF-8.
    begin: `\uFEFF${csvLine([...said, ...columns.map(([column]) => column)])}`,
    lines: (rows) =>
      rows.map((row) => csvLine([...inWords(row, words), ...columns.map(([, , of]) => of(row.event))])).join(''),
  };
}

/** Columns that stand among those for people already. */
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

/** In the reader's zone, as spreadsheets of every language take it for a time. */
function localTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return '';
  return `${fieldOf(at.getTime()).replace('T', ' ')}:${String(at.getSeconds()).padStart(2, '0')}`;
}
