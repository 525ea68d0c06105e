import { accessSync, chmodSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isBusy, isKeptAway } from './damage.ts';

/** What SQLite makes beside a file in WAL mode, also to read it. */
const BESIDE = ['-wal', '-shm'];

/**
 * SQLite says only "unable to open database file", for any file and any reason.
 *
 * @throws {Error} when the log can't be written where it is, saying why.
 */
export function assertWritable(path: string): void {
  const all = ['', ...BESIDE].map((ending) => path + ending);
  for (const file of all) if (existsSync(file)) assertAccess(file, constants.R_OK | constants.W_OK);
  const folder = dirname(path);
  if (!all.every(existsSync) && existsSync(folder)) assertAccess(folder, constants.W_OK | constants.X_OK);
}

/** @throws {Error} when the file can't be read. */
export function assertReadable(path: string): void {
  assertAccess(path, constants.R_OK);
}

/**
 * The log holds personal data: nobody else on the machine may read it. Who may write a file of another owner may still not
 * change who else may read it: that is then its owner's to decide.
 */
export function keepPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Whether commits are in the write-ahead log, and may not be in the file itself. */
export function hasWal(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Opens a log only to read it, also where nothing can be made beside it. Gateways may be running on it.
 *
 * @param refused - makes the error for a file that would be read without its -wal.
 * @throws {Error} what SQLite says, if the file is damaged or another process has it locked.
 */
export function openToRead(
  path: string,
  refused: (why: string) => Error,
): { readonly database: DatabaseSync; readonly isAsItStands: boolean } {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return { database, isAsItStands: false };
  } catch (error) {
    database.close();
    // Another process has it locked: waiting helps, and reading it as it stands would not.
    if (isBusy(error) || !isKeptAway(error)) throw error;
  }
  if (hasWal(path)) {
    throw refused(
      'nothing can be written beside it, and it has a -wal. Copy both to another place, and check the copy',
    );
  }
  return { database: openAsItStands(path), isAsItStands: true };
}

/**
 * Opens a file to be read as it stands, where nothing can be made beside it: on a read-only file system, and on a full disk,
 * since SQLite needs 32 KiB there to read. It looks at no write-ahead log and takes no lock, so nobody may be writing.
 */
export function openAsItStands(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = 'immutable=1';
  return new DatabaseSync(url, { readOnly: true });
}

function assertAccess(path: string, mode: number): void {
  try {
    accessSync(path, mode);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') {
      throw new Error(
        `${path} is on a read-only file system: put the log where it can be written. "hookcast check" reads it where it is`,
        { cause: error },
      );
    }
    if (code !== 'EACCES') throw new Error(message, { cause: error });
    const what = mode & constants.W_OK ? 'written' : 'read';
    throw new Error(`${path} may not be ${what} by this user: change its owner or its mode`, { cause: error });
  }
}
