import { KINDS } from '../../events/cancellation.ts';
import { PAGE_BYTES, type ReadRequest } from '../../events/event-log.ts';
import { ALL_PARTS, type Parts } from '../../events/event.ts';
import type { EventFilter } from '../../events/filter.ts';
import { ERASURE_COLUMNS, NOT_READ, RECORDED_COLUMNS, type Value } from '../row.ts';
import { typeOf } from './row.ts';
import { toText, toTextArray } from './text.ts';

const BEYOND = '9223372036854775807';
/** Rows that are looked at for one page, where not every one fits: some tens of milliseconds of the server's. */
const ROWS = 20_000;
/** Erasures on one page. */
export const MOST_ERASURES = 500;

/** The lists of a filter, the most selective first: the first one present drives the search through its index. */
const LISTS = [
  { name: 'subjects', column: 'subject' },
  { name: 'tenants', column: 'tenant' },
  { name: 'types', column: 'type' },
  { name: 'kinds', column: 'kind' },
  { name: 'sources', column: 'source' },
  { name: 'providers', column: 'provider' },
] as const;

export interface Query {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

/**
 * Whether the way to a page depends on the values: a narrow window of time is looked up, a wide one is dense enough to walk
 * the log for. Only the statistics tell, and a plan made once for all values would take the wrong one for some.
 */
export function dependsOnValues({ filter }: ReadRequest): boolean {
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  return isTimed && LISTS.every((list) => filter[list.name] === undefined);
}

/**
 * A page and the log's extent in one statement, so that both are of one moment: first a row with the extent, how far the
 * search got, and the erasures of the page's stretch as JSON, then the events, until they have enough bytes.
 */
export function selectPage(request: ReadRequest): Query {
  const { direction, bytes = PAGE_BYTES, parts = ALL_PARTS } = request;
  const reach = selectReach(request);
  const events = selectEvents(request);
  const erasures = direction === 'forward' ? selectErasures(request) : { sql: 'NULL::json', parameters: [] };
  // Asked for where there is something to compare it with.
  const marked = [request.after, request.before].map((cursor) => (cursor?.mark === undefined ? null : cursor.seq));
  const nothing = RECORDED_COLUMNS.slice(1)
    .map((column) => `NULL::${typeOf(column)}`)
    .join(', ');
  return {
    sql:
      `WITH reach AS MATERIALIZED (${reach.sql}), found AS MATERIALIZED (${events.sql}), ` +
      `page AS MATERIALIZED (SELECT * FROM (SELECT *, sum(${bytesOf(parts)}) OVER (ORDER BY seq ${orderOf(request)} ` +
      'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM found) AS measured ' +
      'WHERE coalesce(before, 0) < ?::bigint), extent AS MATERIALIZED (SELECT * FROM hookcast.extent) ' +
      'SELECT json_build_array(epoch, floor, head, mark, lineage, hookcast.mark_at(?::bigint), hookcast.mark_at(?::bigint), ' +
      '(SELECT seq FROM reach), hookcast.mark_at((SELECT seq FROM reach)), (SELECT count(*) FROM found), ' +
      `${erasures.sql})::text, NULL::bigint AS seq, ${nothing} ` +
      `FROM extent UNION ALL SELECT NULL, ${columnsOf(parts)} FROM page ORDER BY seq NULLS FIRST`,
    parameters: [...reach.parameters, ...events.parameters, bytes, ...marked, ...erasures.parameters],
  };
}

/** The columns of an event. The lengths of texts, and whether they are there, PostgreSQL knows without reading them. */
export function columnsOf({ people, raw }: Parts): string {
  const isRead = people || raw;
  return RECORDED_COLUMNS.map((column) =>
    (column === 'personal' || column === 'raw') && !isRead
      ? `CASE WHEN ${column} IS NOT NULL THEN '${NOT_READ}' END AS ${column}`
      : column,
  ).join(', ');
}

/** How many bytes of an event are read. */
export function bytesOf({ people, raw }: Parts): string {
  const beside = people || raw ? ' + coalesce(octet_length(personal), 0) + coalesce(octet_length(raw), 0)' : '';
  return `octet_length(data)${beside}`;
}

function orderOf({ direction }: ReadRequest): 'ASC' | 'DESC' {
  return direction === 'forward' ? 'ASC' : 'DESC';
}

/** The list whose index is searched, and those that are looked at in each row that it finds. */
function planOf(filter: EventFilter) {
  const [driver, ...rest] = LISTS.filter((list) => filter[list.name] !== undefined);
  const others = rest.filter(({ name }) => name !== 'kinds' || !KINDS.every((kind) => filter.kinds?.includes(kind)));
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  return { driver, others, isExact: others.length === 0 && !isTimed };
}

/** What the rows of an index are that a search goes through. */
function walkOf({ after, before, filter }: ReadRequest, column: string): Query {
  // Said apart from the lists: these are what the partial indexes are about.
  const ofKind = filter.kinds ? ' AND candidate.kind IS NOT NULL' : '';
  const ofSubject = column === 'subject' ? ' AND candidate.subject IS NOT NULL' : '';
  return {
    sql:
      `(candidate.${column}, candidate.seq) > (wanted.value, ?::bigint) AND ` +
      `(candidate.${column}, candidate.seq) < (wanted.value, ?::bigint)${ofKind}${ofSubject}`,
    parameters: [after?.seq ?? 0, before?.seq ?? BEYOND],
  };
}

/**
 * How far a search gets by so many rows of its index, as a position; null when there are fewer, or when every row of the index
 * fits. A filter that hardly anything fits would go through all events of a tenant, and be given up by the server.
 */
function selectReach(request: ReadRequest): Query {
  const { limit, filter } = request;
  const { driver, isExact } = planOf(filter);
  if (!driver || isExact) return { sql: 'SELECT NULL::bigint AS seq', parameters: [] };
  const order = orderOf(request);
  const wanted = filter[driver.name];
  const share = Math.max(limit, Math.ceil(ROWS / Math.max(wanted?.length ?? 0, 1)));
  const walk = walkOf(request, driver.column);
  return {
    sql:
      `SELECT ${order === 'ASC' ? 'min' : 'max'}(far.seq) AS seq FROM unnest(?::text[]) AS wanted(value) CROSS JOIN LATERAL (` +
      `SELECT candidate.seq FROM hookcast.events AS candidate WHERE ${walk.sql} ` +
      `ORDER BY candidate.${driver.column} ${order}, candidate.seq ${order} LIMIT 1 OFFSET ?::bigint) AS far`,
    parameters: [listOf(wanted), ...walk.parameters, share - 1],
  };
}

/**
 * `tenant = ANY (…) ORDER BY seq LIMIT n` would have PostgreSQL choose between sorting all of those tenants' events and
 * walking the whole log for them. So each wanted value of the driving list gives up its own first n, and only those are
 * merged. Comparing rows instead of asking for equality leaves (value, seq) as the only order that serves, however common
 * or rare the statistics say that the value is: the cost grows with the values and the page, not with the log.
 */
function selectEvents(request: ReadRequest): Query {
  const { after, before, limit, filter } = request;
  const order = orderOf(request);
  const { driver, others, isExact } = planOf(filter);

  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (driver) {
    const walk = walkOf(request, driver.column);
    where(walk.sql, ...walk.parameters);
    const isWithin = order === 'ASC' ? 'candidate.seq <=' : 'candidate.seq >=';
    if (!isExact) where(`${isWithin} coalesce((SELECT seq FROM reach), ${order === 'ASC' ? BEYOND : '0'})`);
  } else {
    where('candidate.seq > ?::bigint AND candidate.seq < ?::bigint', after?.seq ?? 0, before?.seq ?? BEYOND);
    if (filter.kinds) where('candidate.kind IS NOT NULL');
  }
  if (filter.occurredFrom !== undefined) where('candidate.occurred_at >= ?::bigint', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('candidate.occurred_at < ?::bigint', filter.occurredBefore);
  for (const list of others) where(`candidate.${list.column} = ANY (?::text[])`, listOf(filter[list.name]));

  const candidates = `FROM hookcast.events AS candidate WHERE ${conditions.join(' AND ')}`;
  const columns = RECORDED_COLUMNS.map((column) => `candidate.${column}`).join(', ');
  if (!driver) {
    return {
      sql: `SELECT ${columns} ${candidates} ORDER BY candidate.seq ${order} LIMIT ?::bigint`,
      parameters: [...parameters, limit],
    };
  }
  return {
    sql:
      'SELECT event.* FROM unnest(?::text[]) AS wanted(value) CROSS JOIN LATERAL (' +
      `SELECT ${columns} ${candidates} ` +
      `ORDER BY candidate.${driver.column} ${order}, candidate.seq ${order} LIMIT ?::bigint) AS event ` +
      `ORDER BY event.seq ${order} LIMIT ?::bigint`,
    parameters: [listOf(filter[driver.name]), ...parameters, limit, limit],
  };
}

/** The first erasures of the stretch that the page covers, as JSON. Events of any type may have lost something. */
function selectErasures({ after, limit, filter }: ReadRequest): Query {
  const conditions = [
    'erasures.seq > ?::bigint',
    // Neither full nor cut off.
    'erasures.seq <= CASE WHEN (SELECT count(*) FROM found) < ?::bigint ' +
      'AND (SELECT count(*) FROM found) = (SELECT count(*) FROM page) ' +
      'THEN coalesce((SELECT seq FROM reach), head) ELSE (SELECT max(seq) FROM page) END',
  ];
  const parameters: Value[] = [after?.seq ?? 0, limit];
  for (const list of LISTS) {
    if (list.name === 'types' || list.name === 'kinds' || filter[list.name] === undefined) continue;
    conditions.push(`erasures.${list.column} = ANY (?::text[])`);
    parameters.push(listOf(filter[list.name]));
  }
  return {
    sql:
      `(SELECT json_agg(json_build_array(${ERASURE_COLUMNS.join(', ')}) ORDER BY first.seq) FROM (` +
      `SELECT * FROM hookcast.erasures WHERE ${conditions.join(' AND ')} ORDER BY erasures.seq LIMIT ${MOST_ERASURES}) AS first)`,
    parameters,
  };
}

/** Without repetitions: a value named twice must not give its events twice. */
export function listOf(values: readonly string[] | undefined): string {
  return toTextArray([...new Set(values)].map(toText));
}
