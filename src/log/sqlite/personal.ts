import type { DatabaseSync } from 'node:sqlite';

/**
 * Where in `personal` what an event says of people is: at its own position, or at that of the revision that wrote it last. Rows
 * are only added at the table's end and emptied where they are. One that grew where it is would not fit its page any
 * more, and SQLite would pack the neighbouring pages anew, leaving copies of other people's rows in their gaps.
 *
 * @param events the name by which the statement has the table of events.
 */
export const personalOf = (events: string) => `personal.seq = coalesce(${events}.personal_seq, ${events}.seq)`;

/** Events and what they say of people. */
export const EVENTS_WITH_PERSONAL = `events CROSS JOIN personal ON ${personalOf('events')}`;

/** Lets go of what the events of these positions, a JSON list, say about people. */
export function forgetPersonal(database: DatabaseSync, positions: string): void {
  const of = 'events.seq IN (SELECT value FROM json_each(?))';
  database
    .prepare(
      'DELETE FROM people WHERE (mark, seq) IN ' +
        `(SELECT value, events.seq FROM ${EVENTS_WITH_PERSONAL}, json_each(personal.marks) WHERE ${of})`,
    )
    .run(positions);
  database
    .prepare(
      'UPDATE personal SET personal = NULL, raw = NULL, marks = NULL, checksum = NULL ' +
        `WHERE seq IN (SELECT coalesce(personal_seq, seq) FROM events WHERE ${of})`,
    )
    .run(positions);
}
