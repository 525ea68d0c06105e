import type { Cell } from './columns.ts';
import type { ExportedEvent } from './exported-event.ts';

/** A line of NDJSON. */
export function jsonLine(event: ExportedEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A line of CSV (RFC 4180). */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** A spreadsheet runs what begins like a formula, and what a customer calls themselves is anybody's text. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

function cellOf(cell: Cell): string {
  const text = cell instanceof Date ? cell.toISOString() : String(cell ?? '');
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
