import { type Cell, type Column, columnsOf } from '../export/columns.ts';
import type { ExportedEvent, ExportedParts } from '../export/exported-event.ts';
import { type Delimiter, csvLine, jsonLine } from '../export/lines.ts';
import { readVersion } from '../version.ts';

export const FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];
export type Chunk = string | Uint8Array;

/** The format that the name of a file says, such as `events.csv` or `events.csv.gz`. Null if it says none. */
export function formatOf(file: string): Format | null {
  const [, ending] = /\.(\w+?)(?:\.gz)?$/.exec(file) ?? [];
  return ending === 'jsonl' ? 'ndjson' : (FORMATS.find((format) => format === ending) ?? null);
}

/** Writes events in one format. If a chunk is empty, there is nothing to write yet. */
export interface Encoder {
  readonly begin: () => Chunk;
  readonly encode: (events: readonly ExportedEvent[]) => Chunk;
  readonly end: () => Chunk;
}

/** The encoder of a format for events with these parts. The delimiter is that of CSV. */
export async function encoderOf(format: Format, parts: ExportedParts, delimiter?: Delimiter): Promise<Encoder> {
  if (format === 'ndjson') return NDJSON;
  if (format === 'csv') return csv(columnsOf(parts), delimiter);
  return parquet(columnsOf(parts));
}

const NDJSON: Encoder = {
  begin: () => '',
  encode: (events) => events.map(jsonLine).join(''),
  end: () => '',
};

function csv(columns: readonly Column[], delimiter?: Delimiter): Encoder {
  const line = (of: (column: Column) => Cell) => csvLine(columns.map(of), delimiter);
  return {
    begin: () => line(([name]) => name),
    encode: (events) => events.map((event) => line(([, , of]) => of(event))).join(''),
    end: () => '',
  };
}

/** The limits of a group of rows, by its rows and by the characters of its texts. A group is in memory until it is written. */
const GROUP = { rows: 20_000, characters: 16 * 1024 * 1024 };

/** The library is loaded only when it is needed, so that other commands don't pay for it. */
async function parquet(columns: readonly Column[]): Promise<Encoder> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const empty = columns.map(([name, type]) => ({ name, type, data: [] }));
  const schema = schemaFromColumnData({ columnData: empty });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: `hookcast ${readVersion()}` });
  let waiting: Cell[][] = columns.map(() => []);
  let characters = 0;
  /** Takes the bytes made since the last call out of the writer. The writer's offset goes on. */
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
