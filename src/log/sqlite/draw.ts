import type { DatabaseSync } from 'node:sqlite';

/** The next position of the log, for what is no event. In the caller's transaction. */
export function drawPosition(database: DatabaseSync): number {
  const draw = database.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq");
  return Number(draw.get()?.['seq']);
}
