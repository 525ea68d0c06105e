import type { DatabaseSync } from 'node:sqlite';
import { unmarkAll } from './people.ts';

/** Removes the personal data of the events at these positions, a JSON list. */
export function forgetPersonal(database: DatabaseSync, positions: string): void {
  unmarkAll(database, positions);
  database
    .prepare(
      'UPDATE personal SET personal = NULL, raw = NULL, marks = NULL, checksum = NULL WHERE seq IN ' +
        '(SELECT coalesce(personal_seq, seq) FROM events WHERE events.seq IN (SELECT value FROM json_each(?)))',
    )
    .run(positions);
}
