import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { NewAuditEntry } from '../../events/audit.ts';
import { toAuditRow } from '../audit-row.ts';
import { recordAudit } from './audit.ts';
import { explained } from './damage.ts';
import { assertVersion } from './schema.ts';

/** How long it waits for a gateway that writes, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Adds to the audit of a log that is not opened as one: to open it would bring it to this version's schema, and gateways of an older version
 * could no longer write. So it is only done where the schema is this version's already.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE
 */
export async function noteInFile(path: string, entries: readonly NewAuditEntry[]): Promise<void> {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: PATIENCE });
    database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    assertVersion(database);
    recordAudit(database, entries.map(toAuditRow));
    database.exec('COMMIT');
  } catch (error) {
    throw new HookcastError('LOG_UNAVAILABLE', `The log can't be written: ${explained(error).message}.`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}
