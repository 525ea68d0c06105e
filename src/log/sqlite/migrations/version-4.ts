import type { DatabaseSync } from 'node:sqlite';
import type { Step } from './step.ts';

/**
 * Checksums of what was written: of what an erasure leaves in `events`, and of what it takes beside that itself, since it must
 * not leave what guesses could be held against. Rows of older versions have none. To give them one would write the
 * whole file anew, and vouch for whatever stands there by now.
 */
const CHECKED = ['events', 'personal', 'payloads'];

export const TO_4: Step = [
  (database) => {
    for (const table of CHECKED) {
      if (!hasChecksum(database, table)) database.exec(`ALTER TABLE ${table} ADD COLUMN checksum INTEGER`);
    }
  },
];

/** A log that was rescued has it already. */
function hasChecksum(database: DatabaseSync, table: string): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = 'checksum'").get(table) !== undefined;
}
