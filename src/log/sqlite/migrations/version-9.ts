import type { DatabaseSync } from 'node:sqlite';
import type { Step } from './step.ts';

/** What was revised, and what it was before: see `revise.ts`. And which types each gateway serves: see `served.ts`. */
const VERSION_9 = `
  CREATE TABLE IF NOT EXISTS revisions (
    seq INTEGER PRIMARY KEY,
    -- The position of the event, and its former values, by which filters found it.
    event_seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    shape TEXT NOT NULL,
    kind TEXT,
    subject TEXT,
    -- Whether the event is now counted differently.
    recounted INTEGER NOT NULL,
    revised_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS gateways (
    gateway TEXT PRIMARY KEY,
    -- A hash of the types that the gateway serves.
    types TEXT NOT NULL,
    seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** By table: none of them is in a file of before. */
const COLUMNS = [
  // The mark in the cursors of a revised event: its first checksum.
  ['events', 'cursor_mark INTEGER'],
  // Where in `personal` what it says of people is. Null is the event's own position.
  ['events', 'personal_seq INTEGER'],
  // Who revises just now, and until when, unless it says so again. Milliseconds since 1970.
  ['log', 'reviser TEXT'],
  ['log', 'revising_until INTEGER'],
] as const;

export const TO_9: Step = [
  VERSION_9,
  (database) => {
    for (const [table, column] of COLUMNS) {
      // A log that was rescued has it already.
      if (!hasColumn(database, table, column.split(' ')[0]!))
        database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
    }
  },
];

function hasColumn(database: DatabaseSync, table: string, column: string): boolean {
  return database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined;
}
