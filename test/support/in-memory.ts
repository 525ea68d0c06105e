import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statfsSync } from 'node:fs';
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
  if (process.env['TMPDIR']) return undefined;
  removeLeft();
  if (!hasRoom()) return undefined;
  const folder = mkdtempSync(join(MEMORY, `hookcast-tests-${process.pid}-`));
  // As any folder for temporary files is: PostgreSQL is run by another user, if this is root.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => remove(folder);
}

/** Removes the files of a killed run, since nobody else gives the memory back. */
function removeLeft(): void {
  if (!existsSync(MEMORY)) return;
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = /^hookcast-tests-(\d+)-/.exec(name) ?? [];
    if (pid && !existsSync(`/proc/${pid}`)) remove(join(MEMORY, name));
  }
}

/** A file that can't be removed must not fail the tests: another run may be removing it. */
function remove(folder: string): void {
  try {
    // A test of a full disk mounts one, and a run that was killed has left it there.
    for (const [, path = ''] of readFileSync('/proc/mounts', 'utf8').matchAll(/^\S+ (\S+)/gm)) {
      if (path.startsWith(`${folder}/`)) spawnSync('umount', ['-l', path]);
    }
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    process.stderr.write(`${folder} of the tests is still there: ${String(error)}\n`);
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ENOUGH;
  } catch {
    return false;
  }
}
