import { ALL_PARTS, type Parts } from '../../events/event.ts';
import { MARKS, NOT_READ, RECORDED_COLUMNS } from '../row.ts';
import { positionsOf } from './hashes.ts';
import { personalOf } from './personal.ts';

/** Where what stands in `personal` beside an event is there. */
const OF_PERSONAL: Readonly<Record<string, string>> = {
  personal: 'personal.personal',
  raw: 'personal.raw',
  // Each event has a row there, also when it is empty: where it is missing, what stood in it was not erased.
  personal_checksum: 'CASE WHEN personal.seq IS NULL THEN -1 ELSE personal.checksum END',
};
/** The same without the texts. Nothing behind them in the row is asked for, or SQLite would have to go through them. */
const UNREAD: Readonly<Record<string, string>> = {
  personal: `CASE WHEN personal.personal IS NOT NULL THEN '${NOT_READ}' END`,
  raw: `CASE WHEN personal.raw IS NOT NULL THEN '${NOT_READ}' END`,
  personal_checksum:
    'CASE WHEN personal.seq IS NULL THEN -1 WHEN personal.personal IS NULL AND personal.raw IS NULL THEN personal.checksum END',
};

/** The columns of an event as the table of this name has them, and what stands in `personal` beside it. */
export function columnsOf(events: string, { people, raw }: Parts = ALL_PARTS): string {
  const beside = people || raw ? OF_PERSONAL : UNREAD;
  return RECORDED_COLUMNS.map((column) => beside[column] ?? `${events}.${column}`).join(', ');
}
export const withPersonal = (events: string) => `LEFT JOIN personal ON ${personalOf(events)}`;

/** An event by the hash of its key and then its key. */
export function selectByKey(parts: Parts): string {
  return (
    `SELECT ${columnsOf('events', parts)} FROM ${positionsOf('?1')} CROSS JOIN events USING (seq) ` +
    `${withPersonal('events')} WHERE source = ?2 AND event_id = ?3 LIMIT 1`
  );
}

/** What marks the cursors of what stands at a position, as `Cursor.mark` says. */
const markAt = (seq: string) =>
  `coalesce((SELECT coalesce(cursor_mark, checksum) FROM events WHERE seq = ${seq}), ` +
  `(SELECT erased_at % ${MARKS} FROM erasures WHERE seq = ${seq}), ` +
  `(SELECT revised_at % ${MARKS} FROM revisions WHERE seq = ${seq}))`;

export const SELECT_MARK = `SELECT ${markAt('?1')}`;

/** Both ends of the log. The floor counts too: a log that was trimmed empty has not gone back to its beginning. */
export const SELECT_EXTENT =
  `SELECT floor, head, ${markAt('head')} FROM (SELECT floor, ` +
  'max(floor, (SELECT coalesce(max(seq), 0) FROM events), (SELECT coalesce(max(seq), 0) FROM erasures), ' +
  '(SELECT coalesce(max(seq), 0) FROM revisions)) AS head FROM log)';

/** All events, by the table itself. */
export const SELECT_ALL = `SELECT ${columnsOf('events')} FROM events NOT INDEXED ${withPersonal('events')} ORDER BY events.seq`;
