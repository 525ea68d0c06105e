import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux keeps files in memory. In a container it often has no more than 64 MB. */
const MEMORY = '/dev/shm';
/** Bytes: several times what all tests write, since a full disk would fail them. */
const ENOUGH = 6e9;

/**
 * Once before all tests: their files are kept in memory, where that has enough room, unless TMPDIR says another place. Thousands of
 * commits each wait for a disk otherwise, which was a third of all time, and on a busy disk long enough that a log refuses what
 * it has not written within a second. What a process left behind when it was killed is the same in both places.
 */
export function setup(): (() => void) | undefined {
  if (process.env['TMPDIR'] || !hasRoom()) return undefined;
  const folder = mkdtempSync(join(MEMORY, 'hookcast-tests-'));
  // As any folder for temporary files is: PostgreSQL is run by another user, if this is root.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ENOUGH;
  } catch {
    return false;
  }
}
