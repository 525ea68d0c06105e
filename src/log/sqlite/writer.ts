import type { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Marker } from '../marks.ts';
import type { LogFile } from '../sharing.ts';
import { recordAnswers } from './answers.ts';
import { type AppendReply, Appender } from './append.ts';
import { recordAudit, trimAudit } from './audit.ts';
import { keepReceivedSecret } from './received-secrets.ts';
import { explained } from './damage.ts';
import { erase, erasePiece } from './erase.ts';
import { expectFields, recordFields } from './fields.ts';
import { previewErasure } from './find-people.ts';
import type { Durability, Job } from './job.ts';
import { Jobs } from './jobs.ts';
import { pauseSource, resumeSource } from './paused.ts';
import { OpenFiles, assertInPlace } from './open-files.ts';
import { quarantine, settle } from './quarantine.ts';
import { endReconciliation, keepReconciliation, takeReconciliation } from './reconciliations.ts';
import { dropRefused, expireRefused, keepRefused } from './refused.ts';
import { endTurn, revise, takeTurn } from './revise.ts';
import { BUSY, assertVersion, connect } from './schema.ts';
import { forgetTypes, recordTypes } from './served.ts';
import { beginSilence, endSilence } from './silences.ts';
import { keepToken, revokeToken, useTokens } from './tokens.ts';
import { trim } from './trim.ts';
import { addWords } from './words.ts';

/** How long `clean` waits for readers, in milliseconds. Writers in all processes wait meanwhile. */
const READING = 50;

/**
 * The only connection that writes, in a thread of its own. While a commit waits for the disk, the gateway goes on reading
 * deliveries and serving subscribers, and the deliveries that arrive meanwhile form the next transaction.
 */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #appender: Appender;
  readonly #marker: Marker;
  readonly #place: OpenFiles;
  #asserted = false;

  constructor(file: LogFile) {
    // The thread may take the place of one that has died.
    assertInPlace(file);
    const { path } = file;
    this.#database = connect(path);
    // Otherwise SQLite would write what a statement may have to take back, with personal data, into a temporary file.
    this.#database.exec('PRAGMA temp_store = MEMORY');
    this.#appender = new Appender(this.#database);
    this.#marker = new Marker(String(this.#database.prepare('SELECT salt FROM log').get()?.['salt']));
    this.#place = new OpenFiles(path);
  }

  /** Executes appends of several gateways in one transaction: all are committed, or none. */
  append(jobs: readonly Extract<Job, { readonly kind: 'append' }>[]): readonly AppendReply[] {
    return this.#transaction(() => jobs.map(({ rows }) => this.#appender.append(rows)));
  }

  do(job: Job): unknown {
    switch (job.kind) {
      case 'append':
        return this.append([job])[0];
      case 'tryToWrite':
        return this.#transaction(() => this.#tryToWrite());
      case 'erase':
        return this.#transaction(() => erase(this.#database, this.#marker, job.request, job.order));
      case 'erasePiece':
        return this.#transaction(() => erasePiece(this.#database, job.piece, job.request, job.order));
      case 'previewErasure':
        return this.#reading(() => previewErasure(this.#database, this.#marker, job.request));
      case 'takeTurn':
        return this.#transaction(() => takeTurn(this.#database, job.holder));
      case 'revise':
        return this.#transaction(() => revise(this.#database, this.#appender, job));
      case 'endTurn':
        return this.#transaction(() => endTurn(this.#database, job.holder));
      case 'clean':
        return this.#clean();
      case 'trim':
        return this.#transaction(() => trim(this.#database, job.receivedBefore, job.most));
      case 'addWords':
        return this.#transaction(() => addWords(this.#database, job.progress));
      case 'quarantine':
        return this.#transaction(() => quarantine(this.#database, job.row));
      case 'settle':
        return this.#transaction(() => settle(this.#database, job.id, job.as));
      case 'recordFields':
        return this.#transaction(() => recordFields(this.#database, job.rows));
      case 'expectFields':
        return this.#transaction(() => expectFields(this.#database, job.source));
      case 'recordAnswers':
        return this.#transaction(() => recordAnswers(this.#database, job.rows));
      case 'recordTypes':
        return this.#transaction(() => recordTypes(this.#database, job.gateway, job.types));
      case 'forgetTypes':
        return this.#transaction(() => forgetTypes(this.#database, job.gateway));
      case 'keepBrought':
        return this.#transaction(() => keepReceivedSecret(this.#database, job.brought, job.most));
      case 'keepToken':
        return this.#transaction(() => keepToken(this.#database, job.row));
      case 'revokeToken':
        return this.#transaction(() => revokeToken(this.#database, job.id, job.at));
      case 'useTokens':
        return this.#transaction(() => useTokens(this.#database, job.uses));
      case 'recordAudit':
        return this.#transaction(() => recordAudit(this.#database, job.rows));
      case 'trimAudit':
        return this.#transaction(() => trimAudit(this.#database, job.notedBefore));
      case 'keepRefused':
        return this.#transaction(() => keepRefused(this.#database, job.refused, job.room));
      case 'dropRefused':
        return this.#transaction(() => dropRefused(this.#database, job.id));
      case 'expireRefused':
        return this.#transaction(() => expireRefused(this.#database, job.now));
      case 'pauseSource':
        return this.#transaction(() => pauseSource(this.#database, job.row));
      case 'resumeSource':
        return this.#transaction(() => resumeSource(this.#database, job.source));
      case 'takeReconciliation':
        return this.#transaction(() => takeReconciliation(this.#database, job.source, job.holder));
      case 'keepReconciliation':
        return this.#transaction(() => keepReconciliation(this.#database, job.row, job.holder));
      case 'endReconciliation':
        return this.#transaction(() => endReconciliation(this.#database, job.source, job.holder));
      case 'beginSilence':
        return this.#transaction(() => beginSilence(this.#database, job.source, job.since));
      case 'endSilence':
        return this.#transaction(() => endSilence(this.#database, job.source));
      case 'durability':
        return this.#durability();
      case 'close':
        return this.#close();
    }
  }

  /** Writes a row without a change: SQLite still writes its page, and the commit waits for the disk. */
  #tryToWrite(): null {
    this.#database.exec('UPDATE log SET floor = floor');
    return null;
  }

  /** Copies the whole write-ahead log into the file, where it overwrites the former data, and empties it. Returns whether it could. */
  #clean(): boolean {
    this.#database.exec(`PRAGMA busy_timeout = ${READING}`);
    try {
      return this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY}`);
    }
  }

  /** Empties the write-ahead log if possible, and closes the file. Data that stays in the log is durable there as well. */
  #close(): null {
    try {
      this.#clean();
    } catch {
      // The disk may be full, for example. The file can be closed all the same.
    }
    this.#database.close();
    return null;
  }

  /** Reads from one state of the file. No writer of another process waits for it. */
  #reading<T>(work: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      // Checked under the lock, so that the version stays the same until the commit.
      assertVersion(this.#database);
      result = work();
      // Checked at the last moment: writes to a file that was moved or deleted must not be acknowledged.
      this.#place.assertSame();
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (a full disk, for example).
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#assertDurable();
    return result;
  }

  /** A pragma that has no effect gives no error, and would make every acknowledgment false. */
  #assertDurable(): void {
    if (this.#asserted) return;
    const { journalMode, synchronous } = this.#durability();
    if (journalMode !== 'wal' || synchronous < 2) {
      throw new Error(`commits are not durable (journal_mode ${journalMode}, synchronous ${synchronous})`);
    }
    const secure = this.#database.prepare('PRAGMA secure_delete').get()?.['secure_delete'];
    if (secure !== 1) throw new Error(`erased data would stay in the file (secure_delete ${String(secure)})`);
    this.#asserted = true;
  }

  #durability(): Durability {
    return {
      journalMode: String(this.#database.prepare('PRAGMA journal_mode').get()?.['journal_mode']),
      synchronous: Number(this.#database.prepare('PRAGMA synchronous').get()?.['synchronous']),
    };
  }
}

/** Opens the writer. The thread ends with the error that is thrown here, and an operator sees nothing else. */
function started(file: LogFile): Writer {
  try {
    return new Writer(file);
  } catch (error) {
    throw explained(error);
  }
}

/** Does the jobs of this port. */
export function serveWriter(file: LogFile, port: MessagePort): void {
  new Jobs(started(file), port).begin();
}

// A thread that was started without a file imports this, and says itself when it serves.
if (parentPort && workerData) serveWriter(workerData as LogFile, parentPort);
