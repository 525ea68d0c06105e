import type { DatabaseSync } from 'node:sqlite';
import { SERVED_FOR, type TypesRecord } from '../../events/served.ts';
import type { WriteQueue } from './write-queue.ts';

/** Records which types a gateway serves, in the caller's transaction. Returns how many gateways serve other types. */
export function recordTypes(database: DatabaseSync, gateway: string, types: string): number {
  const now = Date.now();
  database.prepare('DELETE FROM gateways WHERE seen_at < ?').run(now - SERVED_FOR);
  database
    .prepare(
      'INSERT INTO gateways (gateway, types, seen_at) VALUES (?, ?, ?) ' +
        'ON CONFLICT DO UPDATE SET types = excluded.types, seen_at = excluded.seen_at',
    )
    .run(gateway, types, now);
  const others = database.prepare('SELECT count(*) AS others FROM gateways WHERE types <> ?').get(types);
  return Number(others?.['others']);
}

/** Removes the record of a gateway. */
export function forgetTypes(database: DatabaseSync, gateway: string): void {
  database.prepare('DELETE FROM gateways WHERE gateway = ?').run(gateway);
}

/** Which types of events each gateway serves. */
export class SqliteTypes implements TypesRecord {
  readonly #queue: WriteQueue;

  constructor(queue: WriteQueue) {
    this.#queue = queue;
  }

  announce(gateway: string, types: string): Promise<number> {
    return this.#queue.do({ kind: 'recordTypes', gateway, types });
  }

  async withdraw(gateway: string): Promise<void> {
    await this.#queue.do({ kind: 'forgetTypes', gateway });
  }
}
