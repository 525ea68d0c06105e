import { statSync } from 'node:fs';

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
      throw new Error(
        `${this.#path}${ending} was moved, deleted or replaced while it was open: put it back, or restart the gateway ` +
          'to continue with the present files',
      );
    }
  }
}

/** What tells a file from another one at the same path. */
export function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? { dev: 0, ino: 0 };
  return `${dev} ${ino}`;
}
