import type { DatabaseSync } from 'node:sqlite';
import { SERVED_FOR } from '../../events/served.ts';

/** Says which types a gateway serves, in the caller's transaction. Answers how many others serve other ones. */
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

/** Forgets what a gateway has said. */
export function forgetTypes(database: DatabaseSync, gateway: string): void {
  database.prepare('DELETE FROM gateways WHERE gateway = ?').run(gateway);
}
