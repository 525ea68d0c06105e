import { readVersion } from '../version.ts';
import type { ExportedEvent, ExportedParts } from './export-pages.ts';

export const FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];
export type Chunk = string | Uint8Array;

/** How events are written. An empty chunk is nothing to be written yet. */
export interface Encoder {
  readonly begin: () => Chunk;
  readonly encode: (events: readonly ExportedEvent[]) => Chunk;
  readonly end: () => Chunk;
}

type Cell = string | boolean | Date | null;
type Column = readonly [name: string, type: 'STRING' | 'BOOLEAN' | 'TIMESTAMP', of: (event: ExportedEvent) => Cell];

/** The columns of CSV and Parquet. What is an object is one column, as JSON: the types of events have different fields. */
function columnsOf({ people, raw }: ExportedParts): readonly Column[] {
  const personal: Column = ['personalValues', 'STRING', (event) => json(event.personalValues)];
  const payload: Column = ['raw', 'STRING', (event) => json(event.raw)];
  return [
    ['id', 'STRING', ({ id }) => id],
    ['typename', 'STRING', ({ typename }) => typename],
    ['provider', 'STRING', ({ provider }) => provider],
    ['source', 'STRING', ({ source }) => source],
    ['type', 'STRING', ({ type }) => type],
    ['eventId', 'STRING', ({ eventId }) => eventId],
    ['tenant', 'STRING', ({ tenant }) => tenant],
    ['subject', 'STRING', ({ subject }) => subject],
    ['occurredAt', 'TIMESTAMP', ({ occurredAt }) => new Date(occurredAt)],
    ['receivedAt', 'TIMESTAMP', ({ receivedAt }) => new Date(receivedAt)],
    ['origin', 'STRING', ({ origin }) => origin],
    ['superseded', 'BOOLEAN', ({ superseded }) => superseded],
    ['personalData', 'STRING', ({ personalData }) => personalData],
    ['amount', 'STRING', ({ worth }) => worth?.amount ?? null],
    ['currency', 'STRING', ({ worth }) => worth?.currency ?? null],
    ['values', 'STRING', ({ values }) => json(values)],
    ...(people ? [personal] : []),
    ...(raw ? [payload] : []),
  ];
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** How a format writes events with these parts. */
export async function encoderOf(format: Format, parts: ExportedParts): Promise<Encoder> {
  if (format === 'ndjson') return NDJSON;
  if (format === 'csv') return csv(columnsOf(parts));
  return parquet(columnsOf(parts));
}

const NDJSON: Encoder = {
  begin: () => '',
  encode: (events) => events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  end: () => '',
};

/** RFC 4180. */
function csv(columns: readonly Column[]): Encoder {
  return {
    begin: () => line(columns.map(([name]) => name)),
    encode: (events) => events.map((event) => line(columns.map(([, , of]) => of(event)))).join(''),
    end: () => '',
  };
}

function line(cells: readonly Cell[]): string {
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

/** A group of rows is in memory until it is written: it ends by its rows, or by the characters of its texts. */
const GROUP = { rows: 20_000, characters: 16 * 1024 * 1024 };

/** Loaded only when it is asked for: nobody else pays for it. */
async function parquet(columns: readonly Column[]): Promise<Encoder> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const empty = columns.map(([name, type]) => ({ name, type, data: [] }));
  const schema = schemaFromColumnData({ columnData: empty });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: `hookcast ${readVersion()}` });
  let waiting: Cell[][] = columns.map(() => []);
  let characters = 0;
  /** What was made since, which the writer then no longer holds. Its offset goes on. */
  const taken = () => {
    const made = bytes.getBytes().slice();
    bytes.index = 0;
    return made;
  };
  const writeGroup = () => {
    const rows = waiting[0]!.length;
    const columnData = columns.map(([name], index) => ({ name, data: waiting[index]!, offsetIndex: false }));
    void writer.write({ columnData, rowGroupSize: rows });
    waiting = columns.map(() => []);
    characters = 0;
  };
  return {
    begin: taken,
    encode(events) {
      for (const event of events) {
        columns.forEach(([, , of], index) => {
          const cell = of(event);
          waiting[index]!.push(cell);
          if (typeof cell === 'string') characters += cell.length;
        });
      }
      if (waiting[0]!.length >= GROUP.rows || characters >= GROUP.characters) writeGroup();
      return taken();
    },
    end() {
      if (waiting[0]!.length > 0) writeGroup();
      void writer.finish();
      return taken();
    },
  };
}
