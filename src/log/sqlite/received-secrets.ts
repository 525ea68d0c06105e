import type { DatabaseSync } from 'node:sqlite';
import type { ReceivedSecret } from '../../events/received-secret.ts';
import { BROUGHT_COLUMNS, toReceivedSecretRow } from '../received-secret-row.ts';

/** Of one source, or of all. */
export const SELECT_BROUGHT = `SELECT ${BROUGHT_COLUMNS.join(', ')} FROM brought WHERE source = coalesce(?, source) ORDER BY id`;

/** Keeps a secret, and of its source the newest `most`, in the caller's transaction. How many were let go of. */
export function keepReceivedSecret(database: DatabaseSync, brought: ReceivedSecret, most: number): number {
  const { source } = brought;
  database
    .prepare(`INSERT INTO brought (${BROUGHT_COLUMNS.join(', ')}) VALUES (?, ?, ?)`)
    .run(...toReceivedSecretRow(brought));
  const { changes } = database
    .prepare(
      'DELETE FROM brought WHERE source = ?1 AND id NOT IN (SELECT id FROM brought WHERE source = ?1 ORDER BY id DESC LIMIT ?2)',
    )
    .run(source, most);
  return Number(changes);
}
