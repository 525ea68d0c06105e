import type { DatabaseSync } from 'node:sqlite';
import { Marker } from '../../marks.ts';
import type { Row } from '../../value.ts';
import { NOBODYS, SAID_IN_VERSION_5, rekeyed } from '../../version-6.ts';
import type { Step } from './step.ts';

/**
 * Whose a delivery in quarantine is, and up to which position events may have ids and subjects that were made without the
 * log's secret.
 */
const VERSION_6 = `
  ALTER TABLE quarantine ADD COLUMN tenant TEXT;
  ALTER TABLE log ADD COLUMN former_up_to INTEGER NOT NULL DEFAULT 0;
  UPDATE log SET former_up_to = coalesce((SELECT max(seq) FROM events), 0);
`;

export const TO_6: Step = [
  (database) => {
    // A log that was rescued has taken it already, and its digests must not be hashed twice.
    if (hasColumn(database)) return;
    database.exec(VERSION_6);
    const salt = String(database.prepare('SELECT salt FROM log').get()?.['salt']);
    rekeyDigests(database, salt);
    forgetNobodys(database, new Marker(salt));
  },
];

function hasColumn(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info('log') WHERE name = 'former_up_to'").get() !== undefined;
}

/** Rows at once. */
const PIECE = 200;

function rekeyDigests(database: DatabaseSync, salt: string): void {
  const select = database.prepare(
    `SELECT id, checksum, EXISTS (SELECT 1 FROM events WHERE events.source = quarantine.source AND ` +
      `events.event_id = quarantine.event_id), ${SAID_IN_VERSION_5.join(', ')} ` +
      'FROM quarantine LEFT JOIN payloads USING (id) WHERE id > ? ORDER BY id LIMIT ?',
  );
  select.setReturnArrays(true);
  const keep = database.prepare('UPDATE quarantine SET digest = ?, event_id = ? WHERE id = ?');
  const keepChecksum = database.prepare('UPDATE payloads SET checksum = ? WHERE id = ?');
  for (let after = 0, full = true; full;) {
    const rows = select.all(after, PIECE) as unknown as Row[];
    for (const [id = null, checksum = null, isTaken, ...said] of rows) {
      const next = rekeyed(salt, said, checksum as number | null, isTaken === 1);
      keep.run(next.digest, next.eventId, id);
      keepChecksum.run(next.checksum, id);
    }
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
}

/** Lets go of tombstones of ids that are nobody's. */
function forgetNobodys(database: DatabaseSync, marker: Marker): void {
  const forget = database.prepare('DELETE FROM tombstones WHERE mark = ?');
  for (const { source } of database.prepare('SELECT DISTINCT source FROM tombstones').all()) {
    for (const mark of marker.values(String(source), NOBODYS)) forget.run(mark);
  }
}
