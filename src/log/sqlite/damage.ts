import { AlteredRow } from '../altered-row.ts';

/**
 * SQLite's result codes for a file that SQLite did not write like this: CORRUPT and NOTADB; and ERROR, since the statements are
 * always the same, and a table or column that they name is only missing if the schema is damaged.
 */
const DAMAGED = new Set([1, 11, 26]);
const BUSY = 5;
/** FULL, and IOERR_SHMSIZE: the disk has no room for the -shm file, without which SQLite reads nothing. */
const FULL = new Set([13, 4_874]);
/** PERM, BUSY, LOCKED, NOMEM, READONLY, CANTOPEN: codes that say nothing about the content of the file. */
const NOT_OF_THE_FILE = new Set([3, 5, 6, 7, 8, 14]);

/** The file no longer has the content that was written to it. */
export class Damage extends Error {
  constructor(what: string) {
    super(
      `the log's file is damaged (${what}): stop the gateway, keep a copy of the file and of its -wal, ` +
        'and restore a backup or rescue what can be read (docs/RELIABILITY.md)',
    );
    this.name = 'Damage';
  }
}

/** Turns an error of SQLite's into the one that an operator sees. */
export function explained(error: unknown): Error {
  if (isOf(error, (code) => DAMAGED.has(code))) return new Damage((error as Error).message);
  if (error instanceof AlteredRow) return new Damage(error.message);
  if (isFull(error)) return new Error(`the disk is full (${(error as Error).message})`);
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether the error says that the disk is full. */
export function isFull(error: unknown): boolean {
  return FULL.has(Number((error as { errcode?: unknown } | null)?.errcode));
}

/** Whether the file could not be read for a reason that says nothing about its content. */
export function isKeptAway(error: unknown): boolean {
  return isFull(error) || isOf(error, (code) => NOT_OF_THE_FILE.has(code));
}

/** Whether another connection held the lock for longer than ours waits. */
export function isBusy(error: unknown): boolean {
  return isOf(error, (code) => code === BUSY);
}

function isOf(error: unknown, wanted: (primaryCode: number) => boolean): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && wanted(code & 0xff);
}
