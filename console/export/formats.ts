import { fieldOf } from '../feed/period.ts';
import { amountOf, titleOf, whoOf } from '../parts/event.ts';
import { happeningName } from '../parts/type-name.ts';
import type { Words } from '../words/en.ts';
import { columnsOf } from '../../src/export/columns.ts';
import { type Delimiter, csvLine, jsonLine } from '../../src/export/lines.ts';
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

/**
 * The delimiter that a spreadsheet expects in the reader's region: a semicolon if decimals have a comma.
 *
 * @param preferred the browser's languages.
 */
export function delimiterOf(language: string, preferred: readonly string[]): SpreadsheetDelimiter {
  const locale = preferred.find((tag) => tag.split('-')[0] === language.split('-')[0]) ?? language;
  const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
  return parts.some(({ type, value }) => type === 'decimal' && value === ',') ? 'semicolon' : 'comma';
}

export const SPREADSHEET_DELIMITERS = ['comma', 'semicolon'] as const satisfies readonly Delimiter[];
export type SpreadsheetDelimiter = (typeof SPREADSHEET_DELIMITERS)[number];

interface FormatOptions {
  /** Whether personal data is in the file. */
  readonly people: boolean;
  readonly delimiter: SpreadsheetDelimiter;
}

/**
 * NDJSON is the format of `hookcast export`. CSV has the same columns, after columns for readers. With semicolons, the readers' amount has
 * a decimal comma: a spreadsheet would read 1.500 as fifteen hundred.
 */
export function formatOf(name: FormatName, words: Words, { people, delimiter }: FormatOptions): Format {
  if (name === 'ndjson') return NDJSON;
  const said = Object.values(words.csv);
  const columns = columnsOf({ people, raw: false }).filter(([column]) => !SAID.includes(column));
  return {
    name,
    type: 'text/csv',
    // A byte order mark, by which a spreadsheet recognizes UTF-8.
    begin: `\uFEFF${csvLine([...said, ...columns.map(([column]) => column)], delimiter)}`,
    lines: (rows) =>
      rows
        .map((row) => [...inWords(row, words, delimiter), ...columns.map(([, , of]) => of(row.event))])
        .map((cells) => csvLine(cells, delimiter))
        .join(''),
  };
}

/** Columns that readers already have in the first part. */
const SAID: readonly string[] = ['amount', 'currency'];

/** In the order of `words.csv`. */
function inWords({ node }: ExportedRow, words: Words, delimiter: SpreadsheetDelimiter) {
  const [who, amount] = [whoOf(node), amountOf(node)];
  const number = delimiter === 'semicolon' ? amount?.amount.replace('.', ',') : amount?.amount;
  return [
    localTime(new Date(node.occurredAt)),
    happeningName(node, words),
    titleOf(node) ?? null,
    who?.name ?? null,
    who?.email ?? null,
    number ?? null,
    amount?.currency ?? null,
  ];
}

/** In the reader's time zone, in a form that spreadsheets of every language read as a time. */
function localTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return '';
  return `${fieldOf(at.getTime()).replace('T', ' ')}:${String(at.getSeconds()).padStart(2, '0')}`;
}
