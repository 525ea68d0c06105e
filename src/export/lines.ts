import type { Cell } from './columns.ts';
import type { ExportedEvent } from './exported-event.ts';

/** What can stand between the cells of CSV. A spreadsheet expects the list separator of its region: a semicolon where decimals have a comma. */
export const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const;
export type Delimiter = keyof typeof DELIMITERS;

/** A line of NDJSON. */
export function jsonLine(event: ExportedEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A line of CSV (RFC 4180, but for another delimiter than a comma). */
export function csvLine(cells: readonly Cell[], delimiter: Delimiter = 'comma'): string {
  return `${cells.map((cell) => cellOf(cell, delimiter)).join(DELIMITERS[delimiter])}\r\n`;
}

/**
 * A spreadsheet runs a cell that begins like a formula, and what a customer calls themselves is anybody's text. A spreadsheet of a region
 * with another list separator divides lines at that one and at ends of lines, also between quotes. So a formula may begin behind those.
 * A number in a JSON array is no formula.
 */
const FORMULA: Readonly<Record<Delimiter, RegExp>> = {
  comma: formulaBehind(';\t'),
  semicolon: formulaBehind(',\t'),
  tab: formulaBehind(',;'),
};
const NUMBER = /^-?\d+([.,]\d+)?$/;

function formulaBehind(others: string): RegExp {
  return new RegExp(`(^|[${others}\\r\\n])(?=[=+\\-@\\t\\r])(?!-\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?[,\\]])`, 'g');
}

function cellOf(cell: Cell, delimiter: Delimiter): string {
  const text = cell instanceof Date ? cell.toISOString() : String(cell ?? '');
  const safe = NUMBER.test(text) ? text : text.replace(FORMULA[delimiter], "$1'");
  const isQuoted = safe.includes(DELIMITERS[delimiter]) || /["\r\n]/.test(safe);
  return isQuoted ? `"${safe.replaceAll('"', '""')}"` : safe;
}
