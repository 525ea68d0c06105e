import type { Logger } from 'pino';
import type { AuditRecord } from './events/audit.ts';
import type { Commits } from './events/observer.ts';
import type { EventLog } from './events/event-log.ts';
import type { QuarantineReview } from './events/quarantine.ts';
import type { RefusedDesk } from './events/refused.ts';
import type { Reprocessor } from './events/reprocess.ts';
import { admit } from './ingest/admit.ts';
import { Review } from './ingest/review.ts';
import { Drift } from './ingest/drift.ts';
import { Ingest } from './ingest/ingest.ts';
import { Reconciling } from './ingest/reconciliation.ts';
import { Reprocessing } from './ingest/reprocess.ts';
import type { Checked } from './log/checked.ts';
import type { Adopted } from './log/postgres/adopt.ts';
import type { PostgresLog } from './log/postgres/postgres-log.ts';
import { type BackUpOptions, backUp } from './log/sqlite/back-up.ts';
import { noteInFile } from './log/sqlite/note-in-file.ts';
import { checkFile } from './log/sqlite/check-file.ts';
import { type Restored, restore } from './log/sqlite/restore.ts';
import { SqliteLog } from './log/sqlite/sqlite-log.ts';
import type { AskForThread, LogSharing, StartThread, ThreadName } from './log/sharing.ts';
import { SharedThreads, sharedThread } from './log/sqlite/threads.ts';
import type { Provider } from './providers/provider.ts';

/**
 * Opens the log that a DATABASE_URL names.
 *
 * @param commits called for each commit of events.
 * @param warn called with a sentence for each odd thing about the URL or the database.
 * @param sharing how the gateways of one process share the log; null for one gateway alone.
 * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
 */
export async function openLog(
  databaseUrl: string,
  commits: Commits | null = null,
  warn: (message: string) => void = () => {},
  sharing: LogSharing | null = null,
): Promise<EventLog> {
  if (databaseUrl.startsWith('sqlite:')) return new SqliteLog(databaseUrl.slice('sqlite:'.length), commits, sharing);
  return (await postgres()).open(databaseUrl, { commits, warn, gateways: sharing?.gateways ?? 1 });
}

/** The threads that all gateways of this process share for a log in a file. A log in PostgreSQL needs none. */
export function openThreads(failed: (name: ThreadName, reason: string) => void): SharedThreads {
  return new SharedThreads(failed);
}

/** Gives a gateway access to the log's threads, which another part of the process runs. */
export function startShared(ask: AskForThread): StartThread {
  return sharedThread(ask);
}

/** The code is loaded only when it is used: a gateway on SQLite starts without the sixty modules of PostgreSQL. */
async function postgres(): Promise<typeof PostgresLog> {
  return (await import('./log/postgres/postgres-log.ts')).PostgresLog;
}

/** Checks the log that a DATABASE_URL names. @throws {HookcastError} LOG_UNAVAILABLE when it can't be reached. */
export async function checkLog(databaseUrl: string): Promise<Checked> {
  if (databaseUrl.startsWith('sqlite:')) return checkFile(databaseUrl.slice('sqlite:'.length));
  return (await import('./log/postgres/check-database.ts')).checkDatabase(databaseUrl);
}

/** Adds to the audit of a log in a file, without a migration of the file. */
export function auditOf(databaseUrl: string): Pick<AuditRecord, 'add'> {
  return { add: (entries) => noteInFile(databaseUrl.slice('sqlite:'.length), entries) };
}

/** Copies an SQLite log into a file that is checked before it gets its name. @throws {HookcastError} if no whole copy can be made. */
export function backUpLog(databaseUrl: string, file: string, options: BackUpOptions): Promise<Checked> {
  return backUp(databaseUrl.slice('sqlite:'.length), file, options);
}

/** Puts a backup in the place of an SQLite log. @throws {HookcastError} if that can't be done; the log is then untouched. */
export function restoreLog(file: string, databaseUrl: string, options: BackUpOptions): Promise<Restored> {
  return restore(file, databaseUrl.slice('sqlite:'.length), options);
}

interface WithoutGateway {
  readonly sources: ReadonlyMap<string, Provider>;
  readonly mostValues: number;
  readonly logger: Logger;
}

/** Opens the review of quarantine without a gateway. */
export function openReview(log: EventLog, options: WithoutGateway): QuarantineReview {
  return new Review({ ...options, log, onLimit: () => {}, now: Date.now });
}

/** Opens what tries refused deliveries again, without a gateway. The caller has to close it. */
export async function openAdmission(
  log: EventLog,
  { publicUrl, ...options }: WithoutGateway & { readonly publicUrl: string | null },
): Promise<RefusedDesk & { close(): Promise<void> }> {
  const drift = new Drift({ record: log.fields, logger: options.logger, onDrift: () => {} }, await log.fields.list());
  const nobody = { onQuarantine: () => {}, onLimit: () => {}, now: Date.now, mostWaiting: 1 };
  const ingest = new Ingest({ ...options, ...nobody, log, drift });
  return { admit: (id) => admit({ ingest, log, publicUrl, now: Date.now }, id), close: () => drift.stop() };
}

/** Opens what runs the present code over recorded events, without a gateway. */
export function openReprocessor(log: EventLog, options: WithoutGateway): Reprocessor {
  return new Reprocessing({ ...options, log, onLimit: () => {}, now: Date.now });
}

export type { Progress as RunProgress } from './ingest/reconciliation.ts';

/** Opens what compares a source with its provider's API, without a gateway. */
export function openReconciling(log: EventLog, options: WithoutGateway): Reconciling {
  return new Reconciling({ ...options, log, onLimit: () => {}, now: Date.now });
}

/**
 * Copies a log into an empty PostgreSQL database, or adds to a copy what the log has recorded since. Clients' cursors are valid in both.
 * Start gateways on the copy only after those on the old log have ended.
 *
 * @param first called with the log before anything is copied.
 * @throws {HookcastError} BAD_REQUEST when the database holds another log, LOG_UNAVAILABLE when one of them can't be used.
 */
export async function copyLog(
  from: string,
  to: string,
  first: (log: EventLog) => Promise<void>,
  progress: (done: Adopted) => void,
): Promise<Adopted> {
  const source = await openLog(from);
  try {
    await first(source);
    const copy = await (await postgres()).open(to, { forCopy: true });
    try {
      return await copy.adopt(source, progress);
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}
