import { statSync } from 'node:fs';

/** The database, the log before it, and what its processes share. */
const FILES = ['', '-wal', '-shm'];

/**
 * Whether the files of an open database are still where they were. SQLite goes on writing to files that were moved away, deleted
 * or replaced by a backup, and everything written from then on is gone when it closes them.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #files: readonly string[];

  /** To be made when something has been read: only then there are all of them. */
  constructor(path: string) {
    this.#path = path;
    this.#files = FILES.map((ending) => identityOf(path + ending));
  }

  /** @throws {Error} saying what to do. */
  assertSame(): void {
    for (const [index, ending] of FILES.entries()) {
      if (identityOf(this.#path + ending) === this.#files[index]) continue;
      throw new Error(
        `${this.#path}${ending} was moved, deleted or replaced while it was open: put it back, or restart the gateway ` +
          'to go on with what is there now',
      );
    }
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? { dev: 0, ino: 0 };
  return `${dev} ${ino}`;
}
