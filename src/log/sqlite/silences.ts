import type { DatabaseSync } from 'node:sqlite';

/** Each of these is done in the caller's transaction. */
export function beginSilence(database: DatabaseSync, source: string, since: number): boolean {
  return database.prepare('INSERT INTO silences VALUES (?, ?) ON CONFLICT DO NOTHING').run(source, since).changes === 1;
}

export function endSilence(database: DatabaseSync, source: string): number | null {
  const row = database.prepare('DELETE FROM silences WHERE source = ? RETURNING since_at').get(source);
  return row ? Number(row['since_at']) : null;
}
