import { HookcastError } from '../../errors.ts';
import type { Extent } from '../../events/cursor.ts';
import type { RecordedEvent } from '../../events/event.ts';
import type { Page } from '../../events/event-log.ts';
import type { Quarantined } from '../../events/quarantine.ts';
import { QUARANTINE_COLUMNS, fromQuarantineRow } from '../quarantine-row.ts';
import { ERASURE_COLUMNS, RECORDED_COLUMNS, type Row, fromErasureRow, fromRow } from '../row.ts';
import { reasonOf } from './refusal.ts';
import { decode } from './row.ts';

/** The page of what `selectPage` gives: a row that says how far the log goes, and rows of events. */
export function pageOf([first, ...rows]: readonly Row[]): Page {
  const [epoch, floor, head, lineage, told] = JSON.parse(String(first?.[0])) as [
    ...Parameters<typeof extentOf>,
    readonly Row[] | null,
  ];
  return {
    events: rows.map((row) => eventOf(epoch, row.slice(1))),
    erasures: erasuresOf(epoch, told ?? []),
    ...extentOf(epoch, floor, head, lineage),
  };
}

export function extentOf(epoch: string, floor: number, head: number, lineage: readonly [string, number][]): Extent {
  return {
    head: { epoch, seq: head },
    floor: { epoch, seq: floor },
    lineage: lineage.map(([epoch, seq]) => ({ epoch, seq })),
  };
}

export function eventOf(epoch: string, row: Row): RecordedEvent {
  return fromRow(epoch, decode(RECORDED_COLUMNS, row));
}

export function erasuresOf(epoch: string, rows: readonly Row[]): Page['erasures'] {
  return rows.map((row) => fromErasureRow(epoch, decode(ERASURE_COLUMNS, row)));
}

export function quarantinedOf(row: Row): Quarantined {
  return fromQuarantineRow(decode(QUARANTINE_COLUMNS, row));
}

/** Whatever goes wrong with the server is LOG_UNAVAILABLE to whoever asked. */
export async function available<T>(what: 'read' | 'written', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    // Not the error itself, which carries the statement's parameters.
    const cause = new Error(reasonOf(error));
    throw new HookcastError('LOG_UNAVAILABLE', `The log can't be ${what} just now. Try again later.`, { cause });
  }
}
