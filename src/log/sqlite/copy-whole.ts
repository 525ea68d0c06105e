import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync, backup } from 'node:sqlite';
import { openToRead } from './access.ts';

/** Pages that are copied in one step: a mebibyte. */
const STEP = 256;
/** The longest pause after a step, in milliseconds. */
const LONGEST_PAUSE = 200;

export interface Copying {
  /** Ends the copy after the step that is under way, with the signal's reason. */
  readonly signal: AbortSignal;
  /** Told after each step which share of the pages is copied, from 0 to 1. */
  readonly progress: (share: number) => void;
}

/** How a log is copied: beside those who write to it, or as fast as the disk can. */
type Pace = 'considerate' | 'fast';

/**
 * Copies a log, as it is at one moment, into an empty file, also while the log is written to. It is meant for a process that does
 * nothing else: it blocks its thread in the pauses.
 *
 * SQLite begins a backup anew whenever another connection has written: beside a delivery every five milliseconds, a log of 300 MB
 * was begun 1,662 times in fifteen seconds and was not finished. Within a read transaction the backup sees no such write, and
 * ends. `VACUUM INTO` ends as well, but it can't be interrupted and does not say how far it is.
 *
 * A considerate copy syncs and pauses after each step, for the gateway's own syncs. Without the sync the kernel writes everything
 * out at once at the end, and a commit beside it took up to 570 ms instead of 84 ms.
 */
export async function copyWhole(from: string, to: string, pace: Pace, { signal, progress }: Copying): Promise<void> {
  const { database } = openToRead(from, (why) => new Error(why));
  const file = openSync(to, 'r+');
  try {
    database.exec('BEGIN');
    // Only a read begins the transaction.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    let began = performance.now();
    await backup(database, to, {
      rate: STEP,
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        progress(1 - remainingPages / totalPages);
        if (pace === 'fast') return;
        fdatasyncSync(file);
        pause(Math.min(performance.now() - began, LONGEST_PAUSE));
        began = performance.now();
      },
    });
    // A small log has no step but the last one, after which `progress` isn't called.
    signal.throwIfAborted();
  } finally {
    database.close();
    // Not before the backup has ended: closing a file gives up all locks that the process has on it.
    closeSync(file);
  }
  standAlone(to);
}

/**
 * A copy says, as its log does, that a -wal belongs to it; `hookcast check` could then not tell whether that was left behind. The
 * gateway that starts on the file sets it again.
 */
function standAlone(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}

/** `backup` begins the next step as soon as `progress` returns, so that nothing but blocking makes it wait. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
