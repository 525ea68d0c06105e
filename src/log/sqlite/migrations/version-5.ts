import type { DatabaseSync } from 'node:sqlite';
import type { Step } from './step.ts';

/** When the people were taken out of a delivery in quarantine, since one of them was erased. */
export const TO_5: Step = [
  (database) => {
    if (!hasColumn(database)) database.exec('ALTER TABLE quarantine ADD COLUMN erased_at INTEGER');
  },
];

/** A log that was rescued has it already. */
function hasColumn(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info('quarantine') WHERE name = 'erased_at'").get() !== undefined;
}
