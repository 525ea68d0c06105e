import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import { explained, isBusy } from './damage.ts';
import { assertEndsWithAPage, assertWalIsWhole } from './wal.ts';

/**
 * Holds a log's file exclusively until the connection is closed: no other process has it open, and a process that tries to open it
 * gets an error that it is locked. All commits are then in the file itself, and no -wal is beside it.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE if another process has the file open, or if this can't be found out.
 */
export function holdAlone(path: string): DatabaseSync {
  try {
    // Otherwise SQLite would lose the commits behind the damage when it empties the write-ahead log.
    assertWalIsWhole(path);
    assertEndsWithAPage(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      // A connection that has read a file with a write-ahead log keeps a lock on it, also while idle. SQLite can change the
      // journal mode to DELETE only if no other connection has such a lock.
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (isBusy(error)) {
      throw new HookcastError(
        'LOG_UNAVAILABLE',
        `A gateway or another command has the log ${path} open. Stop all of them, and run this again.`,
      );
    }
    throw new HookcastError(
      'LOG_UNAVAILABLE',
      `It is unknown whether a gateway has the log ${path} open: ${explained(error).message}. End all gateways, move the ` +
        "log's file, its -wal and its -shm to another place yourself, and run this again.",
      { cause: error },
    );
  }
}
