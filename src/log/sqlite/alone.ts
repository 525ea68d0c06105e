import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import { explained, isBusy } from './damage.ts';
import { assertEndsWithAPage, assertWalIsWhole } from './wal.ts';

/**
 * Has a log's file for itself until the connection is closed: no other process has it open, and one that tries to open it is told
 * that it is locked. All that was committed is then in the file, and nothing is beside it.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when another process has it open, or when that can't be told.
 */
export function holdAlone(path: string): DatabaseSync {
  try {
    // Or what is behind the damage would be lost when SQLite empties the write-ahead log.
    assertWalIsWhole(path);
    assertEndsWithAPage(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      // A connection that has read a file with a write-ahead log keeps a lock on it, also while idle. A journal of this mode is
      // possible only without such locks.
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
      `It can't be told whether a gateway has the log ${path} open: ${explained(error).message}. End all gateways, move the ` +
        "log's file, its -wal and its -shm to another place yourself, and run this again.",
      { cause: error },
    );
  }
}
