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
