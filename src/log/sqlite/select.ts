import { KINDS } from '../../events/cancellation.ts';
import type { ReadRequest } from '../../events/event-log.ts';
import { ALL_PARTS, type Parts } from '../../events/event.ts';
import type { EventFilter } from '../../events/filter.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import { QUARANTINE_COLUMNS } from '../quarantine-row.ts';
import { ERASURE_COLUMNS, MARKS, NOT_READ, RECORDED_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Value } from '../value.ts';
import { hashOfSubject } from './hash.ts';
import { PLACES, positionsOf } from './hashes.ts';
import { EVENTS_WITH_PERSONAL, personalOf } from './personal.ts';

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
function columnsOf(events: string, { people, raw }: Parts = ALL_PARTS): string {
  const beside = people || raw ? OF_PERSONAL : UNREAD;
  return RECORDED_COLUMNS.map((column) => beside[column] ?? `${events}.${column}`).join(', ');
}
const withPersonal = (events: string) => `LEFT JOIN personal ON ${personalOf(events)}`;

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

/**
 * The lists of a filter, the most selective first: the first one present drives the search through its index. That of subjects is
 * `hashes.ts`.
 */
const LISTS = [
  { name: 'subjects', column: 'subject', index: null },
  { name: 'tenants', column: 'tenant', index: 'events_by_tenant' },
  { name: 'types', column: 'type', index: 'events_by_type' },
  { name: 'happened', column: 'happened', index: 'events_by_happened' },
  { name: 'typenames', column: 'shape', index: 'events_by_shape' },
  { name: 'kinds', column: 'kind', index: 'cancellations_by_kind' },
  { name: 'sources', column: 'source', index: 'events_by_source' },
  { name: 'providers', column: 'provider', index: 'events_by_provider' },
] as const;

/** Lists that have an index of cancellations alone. */
const OF_CANCELLATIONS: ReadonlySet<string> = new Set(['tenants', 'kinds']);
/** Lists that say nothing of an erasure. */
const OF_EVENTS: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'happened']);

export interface SqlQuery {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

type ListName = (typeof LISTS)[number]['name'];

/**
 * How a filter is searched: by the index of one list. Rows that it finds are rows of the page, unless there is more to look
 * at in each (`isExact`).
 *
 * @param by another list than the first, or the window of time.
 */
function planOf(filter: EventFilter, by: Search['by'] = null) {
  const present = LISTS.filter((list) => filter[list.name] !== undefined);
  const driver = by === 'time' ? undefined : (present.find(({ name }) => name === by) ?? present[0]);
  // Every kind is what the index of a tenant's cancellations has. Those of types and subjects have other events too.
  const hasEveryKind = driver?.name === 'tenants' && wantsEveryKind(filter.kinds);
  const others = present.filter((list) => list !== driver && (list.name !== 'kinds' || !hasEveryKind));
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  const index = driver?.name === 'tenants' && filter.kinds ? 'cancellations_by_tenant' : driver?.index;
  return { driver, index, others, isTimed, isExact: others.length === 0 && !isTimed };
}

/** Whether all that an index finds fits, so that a page costs no more rows than it has. */
export function isExact(filter: EventFilter): boolean {
  return planOf(filter).isExact;
}

/**
 * Counts the events that each other way of searching would go through, up to a number: for a filter with one common part and one
 * rare part. A window of time has an index too, though not in the order of the log.
 */
export function otherWays(
  request: ReadRequest,
  most: number,
): { readonly by: ListName | 'time'; readonly count: SqlQuery }[] {
  const { filter } = request;
  const { bounds, parameters } = boundsOf(request);
  const count = (from: string, ...before: Value[]): SqlQuery => ({
    sql: `SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ?)`,
    parameters: [...before, most],
  });
  const lists = planOf(filter).others.map(({ name, column, index }) => ({
    by: name,
    count: count(
      `json_each(?) AS wanted CROSS JOIN events AS candidate INDEXED BY ${index} ` +
        `WHERE candidate.${column} = wanted.value${bounds}${filter.kinds && name === 'kinds' ? ' AND candidate.kind IS NOT NULL' : ''}`,
      listOf(filter[name]),
      ...parameters,
    ),
  }));
  const { occurredFrom, occurredBefore } = filter;
  if (occurredFrom === undefined || occurredBefore === undefined) return lists;
  const window = 'events INDEXED BY events_by_occurrence WHERE occurred_at >= ? AND occurred_at < ?';
  return [{ by: 'time', count: count(window, occurredFrom, occurredBefore) }, ...lists];
}

/**
 * How far a search gets by so many rows of its index, as a position; null when there are fewer. Without a list there is no
 * such index.
 */
export function selectReach(request: ReadRequest, rows: number): SqlQuery | null {
  const { driver, index } = planOf(request.filter);
  if (!driver) return null;
  const isBySubject = driver.name === 'subjects';
  const { order, bounds, parameters } = boundsOf(request, isBySubject ? 'place' : 'candidate');
  const ofKind = request.filter.kinds && OF_CANCELLATIONS.has(driver.name) ? ' AND candidate.kind IS NOT NULL' : '';
  const wanted = request.filter[driver.name] ?? [];
  // Each value may be as far as the others, or one of them would be walked for a share of the others.
  const share = Math.max(request.limit, Math.ceil(rows / Math.max(wanted.length, 1)));
  const ofOne = isBySubject
    ? inBoth((places) => `SELECT place.seq FROM ${places} WHERE place.hash = wanted.value ->> 0${bounds}`)
    : `SELECT candidate.seq FROM events AS candidate INDEXED BY ${index} ` +
      `WHERE candidate.${driver.column} = wanted.value${bounds}${ofKind}`;
  return {
    sql:
      `SELECT ${order === 'ASC' ? 'min' : 'max'}(seq) FROM (SELECT (${ofOne} ORDER BY 1 ${order} LIMIT 1 OFFSET ?) AS seq ` +
      'FROM json_each(?) AS wanted)',
    parameters: [
      ...parameters,
      ...(isBySubject ? parameters : []),
      share - 1,
      isBySubject ? hashedListOf(wanted) : listOf(wanted),
    ],
  };
}

export interface Search {
  /** How far it may go, as `selectReach` has it. */
  readonly reach: number | null;
  /** By which index; null is the first list that the filter has, or the log itself. */
  readonly by: ListName | 'time' | null;
}

/**
 * The filter as SQL. `tenant IN (…) ORDER BY seq LIMIT n` would sort every event of those tenants to find n of them,
 * so each wanted value of the driving list gives up its own first n in index order and only those are merged: the
 * cost grows with the values and the page, not with the log (`npm run bench -- query`). What is merged are positions: events
 * are read one after the other, until there are enough.
 */
export function selectPage(request: ReadRequest, { reach, by }: Search = EVERYWHERE): SqlQuery {
  const { limit, filter, parts } = request;
  const { driver, index, others } = planOf(filter, by);
  const isBySubject = driver?.name === 'subjects';
  const { order, bounds, parameters } = boundsOf(request, isBySubject ? 'place' : 'candidate');

  const conditions: string[] = [];
  const where = (condition: string, value: Value) => {
    conditions.push(condition);
    parameters.push(value);
  };
  if (reach !== null) where(`${isBySubject ? 'place' : 'candidate'}.seq ${order === 'ASC' ? '<=' : '>='} ?`, reach);
  if (filter.occurredFrom !== undefined) where('candidate.occurred_at >= ?', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('candidate.occurred_at < ?', filter.occurredBefore);
  for (const list of others) {
    where(`candidate.${list.column} IN (SELECT value FROM json_each(?))`, listOf(filter[list.name]));
  }
  // Said apart from the list, since only this lets SQLite use the partial indexes.
  if (filter.kinds) conditions.push('candidate.kind IS NOT NULL');
  const rest = bounds + conditions.map((condition) => ` AND ${condition}`).join('');

  const events = (seqs: string) =>
    `SELECT ${columnsOf('events', parts)} FROM events NOT INDEXED ${withPersonal('events')} ` +
    `WHERE events.seq IN (${seqs}) ORDER BY events.seq ${order}`;
  const candidates = (through: string, condition: string) =>
    `SELECT candidate.seq FROM events AS candidate ${through} WHERE ${condition}${rest} ORDER BY candidate.seq ${order} LIMIT ?`;
  if (!driver) {
    if (by === 'time') {
      return { sql: events(candidates('INDEXED BY events_by_occurrence', 'TRUE')), parameters: [...parameters, limit] };
    }
    return {
      sql:
        `SELECT ${columnsOf('candidate', parts)} FROM events AS candidate NOT INDEXED ${withPersonal('candidate')} ` +
        `WHERE TRUE${rest} ORDER BY candidate.seq ${order} LIMIT ?`,
      parameters: [...parameters, limit],
    };
  }
  const wanted = [...new Set(filter[driver.name])];
  if (isBySubject) {
    const each = (hash: string, subject: string) =>
      `${inBoth(
        (places) =>
          `SELECT place.seq FROM ${places} CROSS JOIN events AS candidate NOT INDEXED ON candidate.seq = place.seq ` +
          `WHERE place.hash = ${hash} AND candidate.subject = ${subject}${rest}`,
      )} ORDER BY 1 ${order} LIMIT ?`;
    return {
      sql: events(
        `SELECT found.seq FROM json_each(?) AS wanted CROSS JOIN events AS found NOT INDEXED ` +
          `ON found.seq IN (${each('wanted.value ->> 0', 'wanted.value ->> 1')}) ORDER BY found.seq ${order} LIMIT ?`,
      ),
      parameters: [hashedListOf(wanted), ...parameters, ...parameters, limit, limit],
    };
  }
  const through = `INDEXED BY ${index}`;
  if (wanted.length === 1) {
    return {
      sql: events(candidates(through, `candidate.${driver.column} = ?`)),
      parameters: [toUtf8Text(wanted[0]!), ...parameters, limit],
    };
  }
  const each = candidates(through, `candidate.${driver.column} = wanted.value`);
  return {
    sql: events(
      `SELECT found.seq FROM json_each(?) AS wanted CROSS JOIN events AS found NOT INDEXED ON found.seq IN (${each}) ` +
        `ORDER BY found.seq ${order} LIMIT ?`,
    ),
    parameters: [listOf(wanted), ...parameters, limit, limit],
  };
}

const EVERYWHERE: Search = { reach: null, by: null };

/** What is the same for both tables of hashes, of which each has its own order and only as many are read as are wanted. */
function inBoth(of: (places: string) => string): string {
  return `${of(PLACES.sorted)} UNION ALL ${of(PLACES.late)}`;
}

/**
 * From where to where, and in which direction.
 *
 * @param table whose positions these are.
 */
function boundsOf({ direction, after, before }: ReadRequest, table = 'candidate') {
  const parameters: Value[] = [];
  let bounds = '';
  if (after) {
    bounds += ` AND ${table}.seq > ?`;
    parameters.push(after.seq);
  }
  if (before) {
    bounds += ` AND ${table}.seq < ?`;
    parameters.push(before.seq);
  }
  return { order: direction === 'forward' ? 'ASC' : 'DESC', bounds, parameters } as const;
}

/** The first erasures of the stretch from the request's `after` to a position. Events of any type may have lost something. */
export function selectErasures({ after, filter }: ReadRequest, upTo: number, most: number): SqlQuery {
  const conditions = ['seq > ?', 'seq <= ?'];
  const parameters: Value[] = [after?.seq ?? 0, upTo];
  for (const list of LISTS) {
    if (OF_EVENTS.has(list.name) || filter[list.name] === undefined) continue;
    conditions.push(`${list.column} IN (SELECT value FROM json_each(?))`);
    parameters.push(listOf(filter[list.name]));
  }
  return {
    sql: `SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures WHERE ${conditions.join(' AND ')} ORDER BY seq LIMIT ?`,
    parameters: [...parameters, most],
  };
}

/** Of the first revisions of a stretch, how far so many of them reach; nothing where there are fewer. */
export const SELECT_REVISED =
  'SELECT seq, revised_at FROM revisions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1 OFFSET ?';

/** Lists: an event may be in another one after a revision than before. What had happened by its former form is not kept. */
const OF_FORMER: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'subjects', 'happened']);
const isKept = ({ name }: (typeof LISTS)[number]) => name !== 'happened';

/** @param table that of the events as they are, or of the revisions with what they were. */
const within = (table: string, column: string) => `${table}.${column} IN (SELECT value FROM json_each(?))`;

/**
 * The revisions of the stretch from the request's `after` to a position that concern whom the filter is of, as
 * `REVISION_COLUMNS` and then `RECORDED_COLUMNS` of the event as it is now. Of one that is gone there is nothing to tell.
 */
export function selectRevisions({ after, filter, parts }: ReadRequest, upTo: number): SqlQuery {
  const conditions = ['revisions.seq > ?', 'revisions.seq <= ?'];
  const parameters: Value[] = [after?.seq ?? 0, upTo];
  const where = (condition: string, value: Value) => {
    conditions.push(condition);
    parameters.push(value);
  };
  if (filter.occurredFrom !== undefined) where('events.occurred_at >= ?', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('events.occurred_at < ?', filter.occurredBefore);
  const present = LISTS.filter(({ name }) => filter[name] !== undefined);
  for (const { name, column } of present)
    if (!OF_FORMER.has(name)) where(within('events', column), listOf(filter[name]));
  const ofFormer = present.filter(({ name }) => OF_FORMER.has(name));
  if (ofFormer.length > 0) {
    const former = ofFormer.filter(isKept);
    const fits = (table: string, lists: typeof ofFormer) =>
      ['TRUE', ...lists.map(({ column }) => within(table, column))].join(' AND ');
    conditions.push(`(${fits('events', ofFormer)} OR ${fits('revisions', former)})`);
    parameters.push(...[...ofFormer, ...former].map(({ name }) => listOf(filter[name])));
  }
  return {
    sql:
      `SELECT ${REVISION_COLUMNS.map((column) => `revisions.${column}`).join(', ')}, ${columnsOf('events', parts)} ` +
      `FROM revisions CROSS JOIN events ON events.seq = event_seq ${withPersonal('events')} ` +
      `WHERE ${conditions.join(' AND ')} ORDER BY revisions.seq`,
    parameters,
  };
}

/** Without repetitions: a value named twice must not give its events twice. */
export function listOf(values: readonly string[] | undefined): string {
  return JSON.stringify([...new Set(values)].map(toUtf8Text));
}

/** Subjects without repetitions, each behind its hash. */
function hashedListOf(subjects: readonly string[]): string {
  const texts = [...new Set(subjects)].map(toUtf8Text);
  return JSON.stringify(texts.map((text) => [hashOfSubject(text), text]));
}

function wantsEveryKind(kinds: readonly string[] | undefined): boolean {
  return KINDS.every((kind) => kinds?.includes(kind));
}
