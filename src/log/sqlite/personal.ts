/**
 * The SQL condition for an event's row of `personal`: the row is at the event's own position, or at that of its last revision. Rows
 * are only added at the table's end and emptied in place. A row that grew in place would no longer fit its page, and SQLite would
 * pack the neighboring pages anew and leave copies of other people's rows in their gaps.
 *
 * @param events the name of the table of events in the statement.
 */
export const personalOf = (events: string) => `personal.seq = coalesce(${events}.personal_seq, ${events}.seq)`;

/** Events and their rows of `personal`. */
export const EVENTS_WITH_PERSONAL = `events CROSS JOIN personal ON ${personalOf('events')}`;
