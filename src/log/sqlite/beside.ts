import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** The endings of the new file, and of the files that SQLite may make beside it. */
const ALL = ['', '-journal', '-wal', '-shm'];

/**
 * Makes a file under a temporary name in the same folder, and renames it when it is whole and on the disk. If this fails, no
 * file is left. Each run has a temporary name of its own, so that two runs at once don't write into one file.
 *
 * @param make - fills the file, which only its owner may read. Its errors are passed on.
 */
export async function makeBeside<T>(path: string, make: (partial: string) => Promise<T>): Promise<T> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  closeSync(openSync(partial, 'wx', 0o600));
  try {
    const made = await make(partial);
    sync(partial);
    renameSync(partial, path);
    try {
      sync(dirname(path));
    } catch {
      // Some network file systems can't sync a folder. The file is whole under either name.
    }
    return made;
  } finally {
    for (const ending of ALL) rmSync(partial + ending, { force: true });
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
