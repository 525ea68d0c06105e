import { statSync } from 'node:fs';
import type { LogFile } from '../sharing.ts';

/** The endings of the database, of its write-ahead log, and of the memory that its processes share. */
const FILES = ['', '-wal', '-shm'];

/**
 * Checks whether the files of an open database are still in place. SQLite goes on writing to files that were moved away, deleted
 * or replaced by a backup, and everything that it writes from then on is lost when it closes them.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #files: readonly string[];

  /** Construct it after the first read: before that, some of the files may not exist. */
  constructor(path: string) {
    this.#path = path;
    this.#files = FILES.map((ending) => identityOf(path + ending));
  }

  /** @throws {Error} if a file is another one. The message says what to do. */
  assertSame(): void {
    for (const [index, ending] of FILES.entries()) {
      if (identityOf(this.#path + ending) === this.#files[index]) continue;
      throw replaced(this.#path + ending);
    }
  }
}

/** The log's file at this path, as it stands now. */
export function fileAt(path: string): LogFile {
  return { path, identity: identityOf(path) };
}

/** Whether the file still stands at its path. */
export function isInPlace({ path, identity }: LogFile): boolean {
  return identityOf(path) === identity;
}

/**
 * Call it before a thread opens a file that another thread has open already: the path may lead to a backup by now, and what is
 * written to the backup would be lost once the log is put back.
 *
 * @throws {Error} if the file is another one. The message says what to do.
 */
export function assertInPlace(file: LogFile): void {
  if (!isInPlace(file)) throw replaced(file.path);
}

function replaced(path: string): Error {
  return new Error(
    `${path} was moved, deleted or replaced while it was open: put it back, or restart the gateway to continue with the present files`,
  );
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? { dev: 0, ino: 0 };
  return `${dev} ${ino}`;
}
