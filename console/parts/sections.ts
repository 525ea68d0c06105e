import type { Row } from './event.ts';

/** A line of a list: a row, or the heading of the rows that follow. */
export type Line = HeadingLine | RowLine;

export interface HeadingLine {
  readonly key: string;
  readonly heading: string;
}

export interface RowLine {
  readonly key: string;
  readonly row: Row;
}

/** The rows, with a heading before each new section. */
export function linesOf(rows: readonly Row[], sectionOf?: (row: Row) => string): readonly Line[] {
  const lines: Line[] = [];
  let section: string | undefined;
  for (const row of rows) {
    const own = sectionOf?.(row);
    if (own !== undefined && own !== section) lines.push({ key: `heading ${row.cursor}`, heading: own });
    section = own;
    lines.push({ key: row.cursor, row });
  }
  return lines;
}

/** The nearest row from this line, in this direction. If there is none: upwards the first row, downwards the last one. */
export function nextRow(lines: readonly Line[], from: number, step: 1 | -1): number {
  for (let index = from; index >= 0 && index < lines.length; index += step) if ('row' in lines[index]!) return index;
  return step === -1 ? nextRow(lines, Math.max(from, 0), 1) : lines.findLastIndex((line) => 'row' in line);
}

/** The line that a key leads to. -1 if it leads nowhere. */
export function targetOf(key: string, from: number, lines: readonly Line[], page: number): number {
  switch (key) {
    case 'ArrowDown':
      return nextRow(lines, from + 1, 1);
    case 'ArrowUp':
      return nextRow(lines, from - 1, -1);
    case 'PageDown':
      return nextRow(lines, Math.min(from + page, lines.length - 1), 1);
    case 'PageUp':
      return nextRow(lines, from - page, -1);
    case 'Home':
      return nextRow(lines, 0, 1);
    case 'End':
      return nextRow(lines, lines.length - 1, -1);
    default:
      return -1;
  }
}
