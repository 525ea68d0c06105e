import type { DatabaseSync } from 'node:sqlite';
import type { ReceivedSecret, ReceivedSecretStore } from '../../events/received-secret.ts';
import { BROUGHT_COLUMNS, fromReceivedSecretRow, toReceivedSecretRow } from '../received-secret-row.ts';
import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

/** Selects the secrets of one source, or of all. */
const SELECT_BROUGHT = `SELECT ${BROUGHT_COLUMNS.join(', ')} FROM brought WHERE source = coalesce(?, source) ORDER BY id`;

/** Keeps a secret, and only the newest `most` of its source, in the caller's transaction. Returns how many were deleted. */
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

/** The secrets that senders have brought. */
export class SqliteReceivedSecrets implements ReceivedSecretStore {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  keep(brought: ReceivedSecret, most: number): Promise<number> {
    return this.#queue.do({ kind: 'keepBrought', brought, most });
  }

  async list(source?: string): Promise<readonly ReceivedSecret[]> {
    return this.#reader.snapshot(() => this.#reader.all(SELECT_BROUGHT, source ?? null).map(fromReceivedSecretRow));
  }
}
