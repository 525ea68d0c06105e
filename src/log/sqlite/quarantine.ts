import type { DatabaseSync } from 'node:sqlite';
import type { QuarantineState } from '../../events/quarantine.ts';
import { RETRIED_FOR } from '../marks.ts';
import { NEW_QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import type { Row } from '../row.ts';

const COLUMNS = NEW_QUARANTINE_COLUMNS.filter((column) => column !== 'payload' && column !== 'marks');

/** Keeps a delivery, with a row as `NEW_QUARANTINE_COLUMNS`, in the caller's transaction. Its id. */
export function quarantine(database: DatabaseSync, row: Row): number {
  const of = Object.fromEntries(NEW_QUARANTINE_COLUMNS.map((column, index) => [column, row[index] ?? null]));
  const [source = null, digest = null, issues = null, receivedAt = null, payload = null, marks = null] = [
    of['source'],
    of['digest'],
    of['issues'],
    of['received_at'],
    of['payload'],
    of['marks'],
  ];
  const before = database.prepare('SELECT id FROM quarantine WHERE source = ? AND digest = ?').get(source, digest);
  if (before) {
    const again = database.prepare("UPDATE quarantine SET issues = ? WHERE id = ? AND state = 'WAITING'");
    again.run(issues, before['id'] ?? null);
    return Number(before['id']);
  }
  const isErased =
    database
      .prepare(
        "SELECT 1 FROM tombstones WHERE mark IN (SELECT value FROM json_each(?)) AND source IN (?, '*') " +
          'AND (lasting OR erased_at > ?) LIMIT 1',
      )
      .get(marks ?? '[]', source, Number(receivedAt) - RETRIED_FOR) !== undefined;
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO quarantine (${COLUMNS.join(', ')}, state, settled_at) VALUES (${COLUMNS.map(() => '?').join(', ')}, ?, ?)`,
    )
    .run(...COLUMNS.map((column) => of[column] ?? null), isErased ? 'ERASED' : 'WAITING', isErased ? receivedAt : null);
  if (!isErased) {
    database.prepare('INSERT INTO payloads (id, payload, marks) VALUES (?, ?, ?)').run(lastInsertRowid, payload, marks);
    const index = database.prepare('INSERT INTO payload_marks SELECT value, ? FROM json_each(?)');
    index.run(lastInsertRowid, marks ?? '[]');
  }
  return Number(lastInsertRowid);
}

/** Settles a delivery that waits, and lets go of what it says. One that is settled stays as it is. */
export function settle(
  database: DatabaseSync,
  id: number,
  as: { readonly state: Exclude<QuarantineState, 'WAITING'>; readonly eventId: string | null; readonly at: number },
): void {
  const { changes } = database
    .prepare(
      'UPDATE quarantine SET state = ?, settled_at = ?, event_id = coalesce(?, event_id) ' +
        "WHERE id = ? AND state = 'WAITING'",
    )
    .run(as.state, as.at, as.eventId, id);
  if (changes === 0) return;
  const marks = 'SELECT value, payloads.id FROM payloads, json_each(payloads.marks) WHERE payloads.id = ?';
  database.prepare(`DELETE FROM payload_marks WHERE (mark, id) IN (${marks})`).run(id);
  database.prepare('UPDATE payloads SET payload = NULL, marks = NULL WHERE id = ?').run(id);
}
