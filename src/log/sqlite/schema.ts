import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';

/**
 * Steps from one version of the schema to the next; `PRAGMA user_version` counts those taken. Each index serves one
 * kind of filter in log order: SQLite keeps the rowid (`seq`) at the end of every index, so (tenant) is (tenant, seq).
 */
const MIGRATIONS = [
  `
  CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    floor INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    shape TEXT NOT NULL,
    kind TEXT,
    tenant TEXT NOT NULL,
    subject TEXT,
    occurred_at INTEGER NOT NULL,
    occurred_text TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    personal TEXT,
    raw TEXT
  ) STRICT;
  CREATE UNIQUE INDEX events_by_key ON events (source, event_id);
  CREATE INDEX events_by_provider ON events (provider);
  CREATE INDEX events_by_tenant ON events (tenant);
  CREATE INDEX events_by_type ON events (type);
  CREATE INDEX events_by_subject ON events (subject) WHERE subject IS NOT NULL;
  CREATE INDEX events_by_occurrence ON events (occurred_at);
  CREATE INDEX events_by_source ON events (source);
  CREATE INDEX cancellations_by_kind ON events (kind) WHERE kind IS NOT NULL;
  CREATE INDEX cancellations_by_tenant ON events (tenant) WHERE kind IS NOT NULL;

  -- Erasures have positions of the log like events, drawn from the same sequence.
  CREATE TABLE erasures (
    seq INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    event_ids TEXT NOT NULL,
    erased_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX erasures_by_subject ON erasures (source, subject, tenant);
  INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 0);

  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT,
    event_id TEXT,
    issues TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (source, digest)
  ) STRICT;
  `,
];

/**
 * Opens the file for reading and writing, makes it when it is missing, and brings its schema up to date.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened or was written by a newer hookcast.
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    // The log holds personal data: nobody else on the machine may read it.
    // Its folder and no more: a path that is mistyped further up should be told, and Node's recursive mkdir never ends
    // in places where nothing can be made, like /proc.
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 });
    const database = connect(path);
    chmodSync(path, 0o600);
    migrate(database);
    return database;
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    throw new HookcastError(
      'LOG_UNAVAILABLE',
      `The log ${path} can't be opened: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

/** One connection, set so that a commit is on the disk when it returns. */
export function connect(path: string): DatabaseSync {
  // Wix hangs up after 1,250 ms: another process that holds the file for longer makes it a 503 instead.
  const database = new DatabaseSync(path, { timeout: 1_000 });
  // FULL syncs the write-ahead log at each commit; NORMAL, the usual advice for WAL, would lose the last ones.
  // A longer WAL than the default 1,000 pages lets a hot page be written back once instead of several times.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000');
  return database;
}

function migrate(database: DatabaseSync): void {
  // Taken before the version is read, so that two processes starting on an empty file don't both create it.
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > MIGRATIONS.length) {
      throw new HookcastError(
        'LOG_UNAVAILABLE',
        `The log was written by a newer hookcast (schema ${version}, this one knows ${MIGRATIONS.length}). Upgrade hookcast.`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    if (version === 0) {
      const epoch = randomBytes(12).toString('base64url');
      database.prepare('INSERT INTO log (id, epoch, floor) VALUES (1, ?, 0)').run(epoch);
    }
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
