import { type Row, amountOf, happenedOf, titleOf, whoOf } from '../parts/event.ts';
import type { Words } from '../words/en.ts';

/** Hands the browser a file of the rows that are shown. */
export function downloadRows(rows: readonly Row[], words: Words): void {
  // What tells a spreadsheet that it is UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', csvOf(rows, words)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `events-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The rows as comma-separated values (RFC 4180), newest first. */
export function csvOf(rows: readonly Row[], { csv, happenings }: Words): string {
  const lines = rows.map(({ node }) => {
    const [who, amount] = [whoOf(node), amountOf(node)];
    return [
      node.occurredAt,
      happenings[happenedOf(node)],
      node.__typename,
      titleOf(node),
      who?.name,
      who?.email,
      amount?.amount,
      amount?.currency,
      node.tenant.id,
      node.source,
      node.eventId,
    ];
  });
  return [Object.values(csv), ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet runs what begins like a formula, and what a customer calls themselves is anybody's text. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

function cell(value: string | null | undefined): string {
  const text = value ?? '';
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
