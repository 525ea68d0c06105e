import { KINDS } from '../../events/cancellation.ts';
import type { ReadRequest } from '../../events/event-log.ts';
import { QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import { ERASURE_COLUMNS, MARKS, RECORDED_COLUMNS, type Value } from '../row.ts';

/** Where what stands in `personal` beside an event is there. */
const OF_PERSONAL: Readonly<Record<string, string>> = {
  personal: 'personal.personal',
  raw: 'personal.raw',
  // Each event has a row there, also when it is empty: where it is missing, what stood in it was not erased.
  personal_checksum: 'CASE WHEN personal.seq IS NULL THEN -1 ELSE personal.checksum END',
};

/** The columns of an event as the table of this name has them, and what stands in `personal` beside it. */
const columnsOf = (events: string) =>
  RECORDED_COLUMNS.map((column) => OF_PERSONAL[column] ?? `${events}.${column}`).join(', ');
const withPersonal = (events: string) => `LEFT JOIN personal ON personal.seq = ${events}.seq`;

/** An event by its key. */
export const SELECT_BY_KEY = `SELECT ${columnsOf('events')} FROM events ${withPersonal('events')} WHERE source = ? AND event_id = ?`;

/** What marks the cursors of what stands at a position, as `Cursor.mark` says. */
const markAt = (seq: string) =>
  `coalesce((SELECT checksum FROM events WHERE seq = ${seq}), ` +
  `(SELECT erased_at % ${MARKS} FROM erasures WHERE seq = ${seq}))`;

export const SELECT_MARK = `SELECT ${markAt('?1')}`;

/** Both ends of the log. The floor counts too: a log that was trimmed empty has not gone back to its beginning. */
export const SELECT_EXTENT =
  `SELECT floor, head, ${markAt('head')} FROM (SELECT floor, ` +
  'max(floor, (SELECT coalesce(max(seq), 0) FROM events), (SELECT coalesce(max(seq), 0) FROM erasures)) AS head FROM log)';

/** All events, by the table itself. */
export const SELECT_ALL = `SELECT ${columnsOf('events')} FROM events NOT INDEXED ${withPersonal('events')} ORDER BY events.seq`;

/** The lists of a filter, the most selective first: the first one present drives the search through its index. */
const LISTS = [
  { name: 'subjects', column: 'subject', index: 'events_by_subject' },
  { name: 'tenants', column: 'tenant', index: 'events_by_tenant' },
  { name: 'types', column: 'type', index: 'events_by_type' },
  { name: 'kinds', column: 'kind', index: 'cancellations_by_kind' },
  { name: 'sources', column: 'source', index: 'events_by_source' },
  { name: 'providers', column: 'provider', index: 'events_by_provider' },
] as const;

export interface Query {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

/**
 * The filter as SQL. `tenant IN (…) ORDER BY seq LIMIT n` would sort every event of those tenants to find n of them,
 * so each wanted value of the driving list gives up its own first n in index order and only those are merged: the
 * cost grows with the values and the page, not with the log (`npm run bench -- query`).
 */
export function selectPage({ direction, after, before, limit, filter }: ReadRequest): Query {
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  const present = LISTS.filter((list) => filter[list.name] !== undefined);
  const [driver, ...others] = present;

  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, value: Value) => {
    conditions.push(condition);
    parameters.push(value);
  };
  if (after) where('candidate.seq > ?', after.seq);
  if (before) where('candidate.seq < ?', before.seq);
  if (filter.occurredFrom !== undefined) where('candidate.occurred_at >= ?', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('candidate.occurred_at < ?', filter.occurredBefore);
  for (const list of others) {
    if (list.name === 'kinds' && wantsEveryKind(filter.kinds)) continue;
    where(`candidate.${list.column} IN (SELECT value FROM json_each(?))`, listOf(filter[list.name]));
  }
  // Said apart from the list, since only this lets SQLite use the partial indexes.
  if (filter.kinds) conditions.push('candidate.kind IS NOT NULL');

  const rest = conditions.map((condition) => ` AND ${condition}`).join('');
  if (!driver) {
    // A window closed on both sides is small; an open one is dense at one end of the log, which is walked instead.
    const closed = filter.occurredFrom !== undefined && filter.occurredBefore !== undefined;
    const through = closed ? 'INDEXED BY events_by_occurrence' : 'NOT INDEXED';
    return {
      sql:
        `SELECT ${columnsOf('candidate')} FROM events AS candidate ${through} ${withPersonal('candidate')} ` +
        `WHERE TRUE${rest} ORDER BY candidate.seq ${order} LIMIT ?`,
      parameters: [...parameters, limit],
    };
  }
  const index = driver.name === 'tenants' && filter.kinds ? 'cancellations_by_tenant' : driver.index;
  return {
    sql:
      `SELECT ${columnsOf('events')} FROM json_each(?) AS wanted CROSS JOIN events ON events.seq IN (` +
      `SELECT candidate.seq FROM events AS candidate INDEXED BY ${index} ` +
      `WHERE candidate.${driver.column} = wanted.value${rest} ORDER BY candidate.seq ${order} LIMIT ?) ` +
      `${withPersonal('events')} ORDER BY events.seq ${order} LIMIT ?`,
    parameters: [listOf(filter[driver.name]), ...parameters, limit, limit],
  };
}

/** The erasures of the stretch from the request's `after` to a position. Events of any type may have lost something. */
export function selectErasures({ after, filter }: ReadRequest, upTo: number): Query {
  const conditions = ['seq > ?', 'seq <= ?'];
  const parameters: Value[] = [after?.seq ?? 0, upTo];
  for (const list of LISTS) {
    if (list.name === 'types' || list.name === 'kinds' || filter[list.name] === undefined) continue;
    conditions.push(`${list.column} IN (SELECT value FROM json_each(?))`);
    parameters.push(listOf(filter[list.name]));
  }
  return {
    sql: `SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures WHERE ${conditions.join(' AND ')} ORDER BY seq`,
    parameters,
  };
}

/** Without repetitions: a value named twice must not give its events twice. */
function listOf(values: readonly string[] | undefined): string {
  return JSON.stringify([...new Set(values)]);
}

function wantsEveryKind(kinds: readonly string[] | undefined): boolean {
  return KINDS.every((kind) => kinds?.includes(kind));
}

/** Deliveries in quarantine. */
export const QUARANTINED = `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM quarantine LEFT JOIN payloads USING (id)`;

/** What waits in quarantine, of its index alone. */
export const COUNT_WAITING = "SELECT count(*) FROM (SELECT 1 FROM quarantine WHERE state = 'WAITING' LIMIT 100000)";

/** The marks of what comes after one position or id, up to another. */
export const SELECT_MARKS = {
  events: 'SELECT seq, marks FROM personal WHERE seq > ? AND seq <= ? AND marks IS NOT NULL ORDER BY seq',
  quarantine: 'SELECT id, marks FROM payloads WHERE id > ? AND id <= ? AND marks IS NOT NULL ORDER BY id',
} as const;
