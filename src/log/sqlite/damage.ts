import { AlteredRow } from '../row.ts';

/**
 * SQLite's result codes for a file that is not what it wrote: CORRUPT and NOTADB; and ERROR, since the statements are always
 * the same, and a table or column that they name can only be missing where the schema is damaged.
 */
const DAMAGED = new Set([1, 11, 26]);
const BUSY = 5;

/** What is in the file is not what was written to it. */
export class Damage extends Error {
  constructor(what: string) {
    super(
      `the log's file is damaged (${what}): stop the gateway, keep a copy of the file and of its -wal, ` +
        'and restore a backup or rescue what can be read (docs/RELIABILITY.md)',
    );
    this.name = 'Damage';
  }
}

/** What an operator is told of an error of SQLite's. */
export function explained(error: unknown): Error {
  if (isOf(error, (code) => DAMAGED.has(code))) return new Damage((error as Error).message);
  if (error instanceof AlteredRow) return new Damage(error.message);
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether somebody else held the lock for longer than we wait. */
export function isBusy(error: unknown): boolean {
  return isOf(error, (code) => code === BUSY);
}

function isOf(error: unknown, wanted: (primaryCode: number) => boolean): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && wanted(code & 0xff);
}
