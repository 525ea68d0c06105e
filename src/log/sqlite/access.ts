import { accessSync, chmodSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isBusy, isKeptAway } from './damage.ts';

/** The files that SQLite makes beside a file in WAL mode, also for reading. */
const BESIDE = ['-wal', '-shm'];

/**
 * Checks access beforehand, since SQLite says only "unable to open database file", for any file and any reason.
 *
 * @throws {Error} if the log can't be written where it is. The message says why.
 */
export function assertWritable(path: string): void {
  assertIsFile(path);
  const all = ['', ...BESIDE].map((ending) => path + ending);
  for (const file of all) if (existsSync(file)) assertAccess(file, constants.R_OK | constants.W_OK);
  const folder = dirname(path);
  if (!all.every(existsSync) && existsSync(folder)) assertAccess(folder, constants.W_OK | constants.X_OK);
}

/** @throws {Error} if the file can't be read. */
export function assertReadable(path: string): void {
  assertIsFile(path);
  assertAccess(path, constants.R_OK);
}

function assertIsFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${path} is a folder: name a file in it, such as ${join(path, 'hookcast.db')}`);
  }
}

/**
 * Lets only the owner read the file, since the log holds personal data. A process that may write a file of another owner still
 * may not change its mode: the owner then decides who reads it.
 */
export function keepPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Whether there is a write-ahead log. Its commits may be missing in the file itself. */
export function hasWal(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Opens a log only to read it, also where no file can be made beside it. Gateways may be running on it.
 *
 * @param refused - makes the error if the file could only be read without its -wal.
 * @throws {Error} SQLite's error if the file is damaged or another process has it locked.
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
    // If another process has the file locked, the caller should wait. To read the file as it stands would be wrong.
    if (isBusy(error) || !isKeptAway(error)) throw error;
  }
  if (hasWal(path)) {
    throw refused(
      'no file can be written beside it, and it has a -wal file. Copy both to another place, and check the copy',
    );
  }
  return { database: openAsItStands(path), isAsItStands: true };
}

/**
 * Opens a file to be read as it stands, where no file can be made beside it: on a read-only file system, and on a full disk,
 * since SQLite needs 32 KiB there to read. SQLite then ignores the write-ahead log and takes no lock, so nobody may be writing.
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
