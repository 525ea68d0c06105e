import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, linkSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { ErasureOrder } from '../../events/erasure.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import type { Checked } from '../checked.ts';
import type { Row } from '../value.ts';
import { TOKEN_COLUMNS } from '../token-row.ts';
import { openToRead } from './access.ts';
import { holdAlone } from './alone.ts';
import { type BackUpOptions, isSameFile, told } from './back-up.ts';
import { makeBeside } from './beside.ts';
import { checkFile } from './check-file.ts';
import { saidVersion, versionOf } from './copied.ts';
import { copyWhole } from './copy-whole.ts';
import { explained } from './damage.ts';
import { VERSION, takeSteps } from './migrations/steps.ts';

export interface Restored {
  readonly checked: Checked;
  /** The log that was replaced, if there was one. */
  readonly replaced: {
    readonly keptAs: string;
    /** Its erasures that the backup lacks, oldest first; null if they can't be read. */
    readonly erasures: readonly ErasureOrder[] | null;
  } | null;
}

/**
 * Puts a checked copy of a backup in a log's place and gives it a new epoch, so that clients that have read the former log get a
 * Gap.
 *
 * @param options - with `force`, an existing log is put aside under another name.
 * @throws {HookcastError} BAD_REQUEST if there is a log and no `force`, LOG_UNAVAILABLE if a gateway has the log open or the backup
 *   can't be used. The existing log is then unchanged.
 */
export async function restore(from: string, path: string, { force, ...copying }: BackUpOptions): Promise<Restored> {
  if (!existsSync(from)) throw refused(`There is no backup at ${from}.`);
  if (isSameFile(from, path)) throw refused(`${from} is the log itself: name its backup.`);
  const isThere = existsSync(path);
  if (isThere && !force) {
    throw refused(`There is a log at ${path}. With --force it is renamed, and the backup takes its place.`);
  }
  const left = isThere ? undefined : ['-wal', '-journal'].find((ending) => existsSync(path + ending));
  // SQLite would take such a file for a part of the backup.
  if (left) throw refused(`${path}${left} exists without its log: move it to another place.`);
  const old = isThere ? holdAlone(path) : null;
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 });
    assertKnown(from);
    const checked = checkFile(from);
    if (checked.problems.length > 0) throw new Error(`the backup is damaged (${told(checked)})`);
    return await makeBeside(path, async (partial) => {
      // No gateway runs on the log, and all wait for it, so the copy needs no pauses.
      await copyWhole(from, partial, 'fast', copying);
      const erasures = old && erasuresSince(old, partial);
      if (old) carryRevoked(old, partial);
      beginEpoch(partial);
      giveTo(partial, old ? path : dirname(path));
      await setImmediate();
      copying.signal.throwIfAborted();
      return { checked, replaced: old && { keptAs: keepAside(path), erasures } };
    });
  } catch (error) {
    throw new HookcastError('LOG_UNAVAILABLE', `Nothing was restored to ${path}: ${explained(error).message}.`, {
      cause: error,
    });
  } finally {
    old?.close();
  }
}

/** @throws {Error} for a backup of a newer hookcast. A gateway of this version would not start on it. */
function assertKnown(from: string): void {
  const { database } = openToRead(from, (why) => new Error(why));
  try {
    const version = saidVersion(database);
    if (version <= VERSION) return;
    throw new Error(
      `a newer hookcast wrote the backup (schema ${version}, this one knows ${VERSION}). Upgrade hookcast`,
    );
  } finally {
    database.close();
  }
}

/** Copies revocations into the backup. Otherwise a token that was revoked after the backup would be valid again. */
function carryRevoked(old: DatabaseSync, path: string): void {
  // A log that is older than tokens with ids has none, and a damaged log may be unreadable.
  const revoked = revokedIn(old);
  if (revoked.length === 0) return;
  const backup = new DatabaseSync(path);
  try {
    backup.exec('BEGIN IMMEDIATE');
    takeSteps(backup, versionOf(backup), VERSION);
    const into = backup.prepare(
      `INSERT INTO tokens (${TOKEN_COLUMNS.join(', ')}) VALUES (${TOKEN_COLUMNS.map(() => '?').join(', ')}) ` +
        'ON CONFLICT DO UPDATE SET revoked_at = excluded.revoked_at',
    );
    for (const row of revoked) into.run(...row);
    backup.exec('COMMIT');
  } finally {
    backup.close();
  }
}

function revokedIn(old: DatabaseSync): readonly Row[] {
  try {
    const select = old.prepare(`SELECT ${TOKEN_COLUMNS.join(', ')} FROM tokens WHERE revoked_at IS NOT NULL`);
    select.setReturnArrays(true);
    return select.all() as unknown as Row[];
  } catch {
    return [];
  }
}

function beginEpoch(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.prepare('UPDATE log SET epoch = ?').run(randomBytes(12).toString('base64url'));
  } finally {
    database.close();
  }
}

/**
 * The erasures of the old log that the backup lacks. Tombstones show them: an erasure lays tombstones even if it finds nothing, and
 * all of them have the order's time and who ordered it.
 */
function erasuresSince(old: DatabaseSync, path: string): readonly ErasureOrder[] | null {
  const backup = new DatabaseSync(path, { readOnly: true });
  try {
    const known = new Set(ordersIn(backup).map((order) => JSON.stringify(order)));
    return ordersIn(old).filter((order) => !known.has(JSON.stringify(order)));
  } catch {
    // The log may be damaged, or older than tombstones. The backup can still be restored.
    return null;
  } finally {
    backup.close();
  }
}

function ordersIn(database: DatabaseSync): readonly ErasureOrder[] {
  return database
    .prepare('SELECT DISTINCT erased_at, ordered_by FROM tombstones ORDER BY erased_at')
    .all()
    .map((row) => ({ at: Number(row['erased_at']), orderedBy: fromUtf8Text(String(row['ordered_by'])) }));
}

/** Gives a file the owner of another one, since the gateway may run as another user. Only root can give a file away. */
function giveTo(path: string, ownerOf: string): void {
  const { uid, gid } = statSync(ownerOf);
  if (statSync(path).uid === uid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Gives the log a second name, so that its own name is never free: a gateway that starts would then make a new log. */
function keepAside(path: string): string {
  const keptAs = `${path}.replaced-${new Date().toISOString().replaceAll(':', '-')}`;
  try {
    linkSync(path, keptAs);
  } catch (error) {
    // The file system may have no hard links.
    if (existsSync(keptAs)) throw error;
    renameSync(path, keptAs);
  }
  return keptAs;
}

function refused(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}
