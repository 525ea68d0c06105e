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
/** The same at the start, when another one may be bringing the schema up to date. */
const MIGRATING = 60_000;
/**
 * Bytes of a page, of a file that is made now: an older one keeps its 4,096. An event is three or four kilobytes in two tables, and each
 * page that a commit writes costs two calls of the kernel. With 8,192, thirty events in one commit write 43 pages instead of 62, and one
 * event 18 instead of 20.
 */
export const PAGE = 8_192;
/** What the write-ahead log may keep of the disk when nothing waits in it, in bytes. */
const WAL_KEPT = 32 * 1024 * 1024;

/**
 * Opens the file for reading and writing, makes it when it is missing, and brings its schema up to date.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened, is damaged, or was written by a newer hookcast.
 */
export function openDatabase(path: string): DatabaseSync {
  assertBinds();
  try {
    // Its folder and no more: a path that is mistyped further up should be told, and Node's recursive mkdir never ends
    // in places where nothing can be made, like /proc.
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

/** One connection, set so that a commit is on the disk when it returns. */
export function connect(path: string): DatabaseSync {
  // Wix hangs up after 1,250 ms: another process that holds the file for longer makes it a 503 instead.
  return orClose(new DatabaseSync(path, { timeout: BUSY }), (database) => {
    // FULL syncs the write-ahead log at each commit; NORMAL, the usual advice for WAL, would lose the last ones.
    // A longer WAL than the default 1,000 pages lets a hot page be written back once instead of several times.
    // The size of a page is set before all else: a file has one from its first write on.
    database.exec(`PRAGMA page_size = ${PAGE}; PRAGMA journal_mode = WAL`);
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000');
    // Or a reader that stayed for long would leave the file as large as it made it: nobody saw from outside that it is gone.
    database.exec(`PRAGMA journal_size_limit = ${WAL_KEPT}`);
    // What is erased is overwritten, and not only let go of.
    database.exec('PRAGMA secure_delete = ON');
  });
}

/** Or it would stay open for as long as the process runs, and keep the file's lock. */
function orClose(database: DatabaseSync, prepare: (database: DatabaseSync) => void): DatabaseSync {
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Also for a process that uses none of our commands. @throws {HookcastError} LOG_UNAVAILABLE on a Node that is too old. */
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
  // A process that holds the lock for long may be a gateway at work, which is no reason to wait.
  if (saidVersion(database) === VERSION) return;
  // Taken before the version is read, so that two processes starting on an empty file don't both create it.
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
 * What a gateway knows of the columns must be what they are: another one may have changed them while it ran.
 *
 * @throws {Error} saying what to do.
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
 * Once, for a file of version 1: what that deleted, or moved from one page to another, may still stand in its free space.
 * It takes about as long as copying the file, and needs as much space beside it.
 */
function rewrite(database: DatabaseSync): void {
  const isRewritten = () => database.prepare('SELECT rewritten FROM log').get()?.['rewritten'] === 1;
  if (isRewritten()) return;
  // Another process may be at it: once it lets go of the lock there is nothing left to do.
  database.exec('BEGIN IMMEDIATE; COMMIT');
  if (isRewritten()) return;
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  database.exec('UPDATE log SET rewritten = 1');
}
