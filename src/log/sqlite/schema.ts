import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import { NEEDED_NODE } from '../../needed-node.ts';
import { assertWritable, keepPrivate } from './access.ts';
import { continuePositions, saidVersion, versionOf } from './copied.ts';
import { explained } from './damage.ts';
import { VERSION, takeSteps } from './migrations/steps.ts';
import { assertEndsWithAPage, assertWalIsWhole } from './wal.ts';

/** How long a connection waits for another one's lock, in milliseconds. */
export const BUSY = 1_000;
/** The same time at the start, when another process may be migrating the schema. */
const MIGRATING = 60_000;
/**
 * The size of a page in a new file, in bytes. An older file keeps its 4,096. An event is three or four kilobytes in two tables, and
 * each page that a commit writes costs two calls of the kernel. With 8,192, thirty events in one commit write 43 pages instead of
 * 62, and one event 18 instead of 20.
 */
export const PAGE = 8_192;
/** The most bytes of disk that an empty write-ahead log keeps. */
const WAL_KEPT = 32 * 1024 * 1024;

/**
 * Opens the file for reading and writing, makes it if it is missing, and brings its schema up to date.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE if the file can't be opened, is damaged, or was written by a newer hookcast.
 */
export function openDatabase(path: string): DatabaseSync {
  assertBinds();
  try {
    // Makes only the file's own folder: a typing error further up in the path should be reported, and Node's recursive mkdir
    // never ends in places where nothing can be made, like /proc.
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 });
    assertWritable(path);
    assertWalIsWhole(path);
    assertEndsWithAPage(path);
    return orClose(connect(path), (database) => {
      keepPrivate(path);
      database.exec(`PRAGMA busy_timeout = ${MIGRATING}`);
      migrate(database);
      rewrite(database);
      continuePositions(database);
      database.exec(`PRAGMA busy_timeout = ${BUSY}`);
    });
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    throw new HookcastError('LOG_UNAVAILABLE', `The log ${path} can't be opened: ${explained(error).message}.`, {
      cause: error,
    });
  }
}

/** Opens a connection whose commits are on the disk when they return. */
export function connect(path: string): DatabaseSync {
  // Wix hangs up after 1,250 ms. If another process holds the file for longer than `BUSY`, Wix gets a 503 before that.
  return orClose(new DatabaseSync(path, { timeout: BUSY }), (database) => {
    // FULL syncs the write-ahead log at each commit. NORMAL, the usual advice for WAL, could lose the last commits.
    // With a WAL longer than the default 1,000 pages, a hot page is written back once instead of several times.
    // The page size is set first, since it can't change after the first write to a file.
    database.exec(`PRAGMA page_size = ${PAGE}; PRAGMA journal_mode = WAL`);
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
    // Without a limit, the WAL would keep the size to which a long reader has made it grow, also after that reader is gone.
    database.exec(`PRAGMA journal_size_limit = ${WAL_KEPT}`);
    // SQLite overwrites deleted data, instead of only marking its space as free.
    database.exec('PRAGMA secure_delete = ON');
  });
}

/** Closes the connection if `prepare` fails. Otherwise it would stay open and lock the file for as long as the process runs. */
function orClose(database: DatabaseSync, prepare: (database: DatabaseSync) => void): DatabaseSync {
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A process that uses none of our commands needs this check too. @throws {HookcastError} LOG_UNAVAILABLE if Node is too old. */
function assertBinds(): void {
  const database = new DatabaseSync(':memory:');
  try {
    database.prepare('SELECT ?1').get(1);
  } catch (cause) {
    throw new HookcastError(
      'LOG_UNAVAILABLE',
      `This Node can't write an SQLite log: ${NEEDED_NODE} or newer is needed. Install it from https://nodejs.org.`,
      { cause },
    );
  } finally {
    database.close();
  }
}

function migrate(database: DatabaseSync): void {
  // If the schema is current, don't wait for the lock: a process that holds it for long may be a gateway at work.
  if (saidVersion(database) === VERSION) return;
  // The lock is taken before the version is read, so that two processes that start on an empty file don't both create the schema.
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > VERSION) {
      throw new HookcastError(
        'LOG_UNAVAILABLE',
        `The log was written by a newer hookcast (schema ${version}, this one knows ${VERSION}). Upgrade hookcast.`,
      );
    }
    takeSteps(database, version, VERSION);
    if (version === 0) database.exec('UPDATE log SET rewritten = 1');
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Checks that the schema is still this hookcast's: another process may have changed it while this one ran.
 *
 * @throws {Error} if it is another version. The message says what to do.
 */
export function assertVersion(database: DatabaseSync): void {
  const version = saidVersion(database);
  if (version !== VERSION)
    throw new Error(
      version > VERSION
        ? `the log was brought to schema ${version} by a newer hookcast, and this one writes schema ${VERSION}: start the newer ` +
            'hookcast everywhere'
        : `the log was put back to schema ${version}, and this hookcast writes schema ${VERSION}: start it again, which brings ` +
            'the log up to date',
    );
}

/**
 * Rewrites a file of version 1 once. Its free space may still hold data that version 1 deleted or moved from one page to another.
 * This takes about as long as a copy of the file, and needs as much free space.
 */
function rewrite(database: DatabaseSync): void {
  const isRewritten = () => database.prepare('SELECT rewritten FROM log').get()?.['rewritten'] === 1;
  if (isRewritten()) return;
  // Another process may be rewriting the file: this waits for its lock, and then there is nothing left to do.
  database.exec('BEGIN IMMEDIATE; COMMIT');
  if (isRewritten()) return;
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  database.exec('UPDATE log SET rewritten = 1');
}
