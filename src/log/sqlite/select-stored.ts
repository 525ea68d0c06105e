import { ALL_PARTS, type Parts } from '../../events/event.ts';
import { MARKS, NOT_READ, RECORDED_COLUMNS } from '../row.ts';
import { positionsOf } from './hashes.ts';
import { personalOf } from './personal.ts';

/** The SQL of the columns that are in `personal` and not in `events`. */
const OF_PERSONAL: Readonly<Record<string, string>> = {
  personal: 'personal.personal',
  raw: 'personal.raw',
  // Each event has a row there, which is empty after an erasure. A missing row is damage: -1 is never a checksum.
  personal_checksum: 'CASE WHEN personal.seq IS NULL THEN -1 ELSE personal.checksum END',
};
/** The same columns without the texts. No column after the texts is read unless they are null, since SQLite would read through them. */
const UNREAD: Readonly<Record<string, string>> = {
  personal: `CASE WHEN personal.personal IS NOT NULL THEN '${NOT_READ}' END`,
  raw: `CASE WHEN personal.raw IS NOT NULL THEN '${NOT_READ}' END`,
  personal_checksum:
    'CASE WHEN personal.seq IS NULL THEN -1 WHEN personal.personal IS NULL AND personal.raw IS NULL THEN personal.checksum END',
};

/** The columns of an event: those of the table with this name, and those of `personal`. */
export function columnsOf(events: string, { people, raw }: Parts = ALL_PARTS): string {
  const beside = people || raw ? OF_PERSONAL : UNREAD;
  return RECORDED_COLUMNS.map((column) => beside[column] ?? `${events}.${column}`).join(', ');
}
export const withPersonal = (events: string) => `LEFT JOIN personal ON ${personalOf(events)}`;

/** Selects an event by the hash of its key, and then by its key. */
export function selectByKey(parts: Parts): string {
  return (
    `SELECT ${columnsOf('events', parts)} FROM ${positionsOf('?1')} CROSS JOIN events USING (seq) ` +
    `${withPersonal('events')} WHERE source = ?2 AND event_id = ?3 LIMIT 1`
  );
}

/** The mark of the cursors of an event, erasure or revision at a position: see `Cursor.mark`. */
const markAt = (seq: string) =>
  `coalesce((SELECT coalesce(cursor_mark, checksum) FROM events WHERE seq = ${seq}), ` +
  `(SELECT erased_at % ${MARKS} FROM erasures WHERE seq = ${seq}), ` +
  `(SELECT revised_at % ${MARKS} FROM revisions WHERE seq = ${seq}))`;

export const SELECT_MARK = `SELECT ${markAt('?1')}`;

/** Selects both ends of the log. The head is never below the floor, also if retention has deleted all events. */
export const SELECT_EXTENT =
  `SELECT floor, head, ${markAt('head')} FROM (SELECT floor, ` +
  'max(floor, (SELECT coalesce(max(seq), 0) FROM events), (SELECT coalesce(max(seq), 0) FROM erasures), ' +
  '(SELECT coalesce(max(seq), 0) FROM revisions)) AS head FROM log)';

/** Selects all events, without an index. */
export const SELECT_ALL = `SELECT ${columnsOf('events')} FROM events NOT INDEXED ${withPersonal('events')} ORDER BY events.seq`;

/** Selects the events at some positions. */
export function selectAt(seqs: readonly number[], direction: 'forward' | 'backward', parts?: Parts) {
  return {
    sql:
      `SELECT ${columnsOf('events', parts)} FROM events NOT INDEXED ${withPersonal('events')} ` +
      `WHERE events.seq IN (SELECT value FROM json_each(?)) ORDER BY events.seq ${direction === 'forward' ? 'ASC' : 'DESC'}`,
    parameters: [JSON.stringify(seqs)],
  };
}
