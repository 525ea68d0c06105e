import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { Checked } from '../checked.ts';
import { makeBeside } from './beside.ts';
import { checkFile } from './check-file.ts';
import { type Copying, copyWhole } from './copy-whole.ts';
import { explained } from './damage.ts';

/** The files that SQLite reads together with a database, if they exist. */
const BESIDE = ['-wal', '-shm', '-journal'];
/** The most problems of a damaged log that the error names. `hookcast check` names more. */
const MOST = 3;

export interface BackUpOptions extends Copying {
  /** Whether to replace an existing file. */
  readonly force: boolean;
}

/**
 * Copies the log into a file, and checks the copy before it gets its name. Gateways may be running on the log.
 *
 * @returns the result of the check, which has no problems.
 * @throws {HookcastError} BAD_REQUEST if the file may not be overwritten, LOG_UNAVAILABLE if no whole copy can be made. In either
 * case the file keeps its former content, or stays missing.
 */
export async function backUp(path: string, to: string, { force, ...copying }: BackUpOptions): Promise<Checked> {
  assertMayBecome(to, path, force);
  try {
    return await makeBeside(to, async (partial) => {
      await copyWhole(path, partial, 'considerate', copying);
      const checked = checkFile(partial);
      if (checked.problems.length > 0) throw new Error(`the log is damaged (${told(checked)}): run "hookcast check"`);
      // The check has blocked the thread. A signal that arrived meanwhile is handled now.
      await setImmediate();
      copying.signal.throwIfAborted();
      // Another backup may have written the file meanwhile.
      assertMayBecome(to, path, force);
      return checked;
    });
  } catch (error) {
    if (error instanceof HookcastError && error.code === 'BAD_REQUEST') throw error;
    throw new HookcastError('LOG_UNAVAILABLE', `No backup was written to ${to}: ${explained(error).message}.`, {
      cause: error,
    });
  }
}

/** The first problems of a check, in one line. */
export function told({ problems }: Checked): string {
  const more = problems.length > MOST ? `; and ${problems.length - MOST} more` : '';
  return problems.slice(0, MOST).join('; ') + more;
}

/** Whether two paths name the same file. */
export function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

function assertMayBecome(to: string, path: string, force: boolean): void {
  if (['', ...BESIDE].some((ending) => isSameFile(to, path + ending))) {
    throw refused(`${to} belongs to the log itself: name another file.`);
  }
  if (!existsSync(dirname(to))) throw refused(`There is no folder ${dirname(to)}. Make it first.`);
  const there = statSync(to, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw refused(`${to} is not a file: name the file to write.`);
  if (there && !force) throw refused(`${to} exists. Name another file, or replace it with --force.`);
  // SQLite would take such a file for a part of the backup.
  const left = BESIDE.find((ending) => existsSync(to + ending));
  if (left) {
    throw refused(`${to}${left} exists, so ${basename(to)} may be a log that is in use: name another file.`);
  }
}

function refused(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}
