import type { DatabaseSync } from 'node:sqlite';

/** Takes the log's next position for an erasure or a revision, in the caller's transaction. */
export function drawPosition(database: DatabaseSync): number {
  const draw = database.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq");
  return Number(draw.get()?.['seq']);
}
