import type { DatabaseSync } from 'node:sqlite';
import { RETRIED_FOR } from '../marks.ts';
import { NEW_QUARANTINE_COLUMNS, toRemainder } from '../quarantine-row.ts';
import type { Row } from '../value.ts';

/** The columns that are in `payloads`, apart from the rest, since a payload holds personal data. */
const OF_PAYLOAD: readonly string[] = ['payload', 'marks', 'checksum'];
const COLUMNS = NEW_QUARANTINE_COLUMNS.filter((column) => !OF_PAYLOAD.includes(column) && column !== 'remainder');

/**
 * Keeps a delivery, with a row as `NEW_QUARANTINE_COLUMNS`, in the caller's transaction. Returns its id. If the delivery names
 * somebody who was erased, it is kept without its people. Its sender is told that it was kept, and won't send it again.
 */
export function quarantine(database: DatabaseSync, row: Row): number {
  const of = Object.fromEntries(NEW_QUARANTINE_COLUMNS.map((column, index) => [column, row[index] ?? null]));
  const [source = null, tenant = null, digest = null, issues = null, receivedAt = null, marks = null] = [
    of['source'],
    of['tenant'],
    of['digest'],
    of['issues'],
    of['received_at'],
    of['marks'],
  ];
  const before = database.prepare('SELECT id FROM quarantine WHERE source = ? AND digest = ?').get(source, digest);
  if (before) {
    const again = database.prepare(
      "UPDATE quarantine SET issues = ?, tenant = coalesce(?, tenant) WHERE id = ? AND state = 'WAITING'",
    );
    again.run(issues, tenant, before['id'] ?? null);
    return Number(before['id']);
  }
  const isErased =
    database
      .prepare(
        "SELECT 1 FROM tombstones WHERE mark IN (SELECT value FROM json_each(?)) AND source IN (?, '*') " +
          "AND tenant IN (?, '*') AND (lasting OR erased_at > ?) LIMIT 1",
      )
      .get(marks ?? '[]', source, tenant, Number(receivedAt) - RETRIED_FOR) !== undefined;
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO quarantine (${COLUMNS.join(', ')}, erased_at) VALUES (${COLUMNS.map(() => '?').join(', ')}, ?)`,
    )
    .run(...COLUMNS.map((column) => of[column] ?? null), isErased ? receivedAt : null);
  const keep = database.prepare(`INSERT INTO payloads (id, ${OF_PAYLOAD.join(', ')}) VALUES (?, ?, ?, ?)`);
  if (isErased) keep.run(lastInsertRowid, of['remainder'] ?? null, null, null);
  else {
    keep.run(lastInsertRowid, ...OF_PAYLOAD.map((column) => of[column] ?? null));
    const index = database.prepare('INSERT INTO payload_marks SELECT value, ? FROM json_each(?)');
    index.run(lastInsertRowid, marks ?? '[]');
  }
  return Number(lastInsertRowid);
}

/** Removes the people from a waiting delivery, since one of them is erased. */
export function takeOutPeople(database: DatabaseSync, id: number, at: number): void {
  const payload = database.prepare('SELECT payload FROM payloads WHERE id = ?').get(id)?.['payload'];
  forget(database, id, typeof payload === 'string' ? toRemainder(payload) : null);
  database.prepare('UPDATE quarantine SET erased_at = ? WHERE id = ?').run(at, id);
}

/** Settles a waiting delivery, and deletes its payload. A delivery that is already settled stays as it is. */
export function settle(
  database: DatabaseSync,
  id: number,
  as: { readonly state: 'RELEASED' | 'DISCARDED'; readonly eventId: string | null; readonly at: number },
): void {
  const { changes } = database
    .prepare(
      'UPDATE quarantine SET state = ?, settled_at = ?, event_id = coalesce(?, event_id) ' +
        "WHERE id = ? AND state = 'WAITING'",
    )
    .run(as.state, as.at, as.eventId, id);
  if (changes === 0) return;
  forget(database, id, null);
}

/** Replaces a payload by its remainder. The remainder gets no checksum, since it is not what was written. */
function forget(database: DatabaseSync, id: number, remainder: string | null): void {
  const marks = 'SELECT value, payloads.id FROM payloads, json_each(payloads.marks) WHERE payloads.id = ?';
  database.prepare(`DELETE FROM payload_marks WHERE (mark, id) IN (${marks})`).run(id);
  database.prepare('UPDATE payloads SET payload = ?, marks = NULL, checksum = NULL WHERE id = ?').run(remainder, id);
}
