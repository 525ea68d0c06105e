import { DatabaseSync } from 'node:sqlite';
import { HookcastError } from '../../errors.ts';
import type { NewAuditEntry } from '../../events/audit.ts';
import { toAuditRow } from '../audit-row.ts';
import { recordAudit } from './audit.ts';
import { explained } from './damage.ts';
import { assertVersion } from './schema.ts';

/** How long the audit entry waits for a gateway that writes, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Adds entries to a log's audit without opening the log: opening would migrate an older schema, and gateways of the older version
 * could no longer write. It fails if the schema is not this version's.
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
