import { KINDS } from '../../events/cancellation.ts';
import { PAGE_BYTES, type ReadRequest } from '../../events/event-log.ts';
import { ALL_PARTS, type Parts } from '../../events/event.ts';
import type { EventFilter } from '../../events/filter.ts';
import { ERASURE_COLUMNS, NOT_READ, RECORDED_COLUMNS } from '../row.ts';
import type { FoundWords } from '../found-words.ts';
import type { Value } from '../value.ts';
import { typeOf } from './row.ts';
import { toText, toTextArray } from './text.ts';

export const BEYOND = '9223372036854775807';
/** The most rows that are looked at for one page, where not every row fits. They cost the server some tens of milliseconds. */
const ROWS = 20_000;
/** The most erasures on one page. */
export const MOST_ERASURES = 500;

/** The lists of a filter, the most selective first: the first one present drives the search through its index. */
export const LISTS = [
  { name: 'subjects', column: 'subject' },
  { name: 'tenants', column: 'tenant' },
  { name: 'types', column: 'type' },
  { name: 'happened', column: 'happened' },
  { name: 'typenames', column: 'shape' },
  { name: 'kinds', column: 'kind' },
  { name: 'sources', column: 'source' },
  { name: 'providers', column: 'provider' },
] as const;

/** Lists whose index has cancellations only. */
const OF_CANCELLATIONS: ReadonlySet<string> = new Set(['tenants', 'kinds']);
/** Lists that don't filter erasures. */
const OF_EVENTS: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'happened']);

export interface SqlQuery {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

/**
 * Whether the best plan for a page depends on the values. A narrow window of time is best looked up in the index; for a wide one, it is
 * better to walk the log. Only the statistics tell, so one plan for all values would be wrong for some.
 */
export function dependsOnValues({ filter }: ReadRequest): boolean {
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  return isTimed && LISTS.every((list) => filter[list.name] === undefined);
}

/**
 * Selects a page and the log's extent in one statement, so that both are of one moment. The first row has the extent, how far the
 * search got, the erasures of the page's stretch as JSON, and the position of the newest revision. Then come the events, until they
 * have enough bytes.
 *
 * @param found the events that a search has found before, in the same snapshot.
 */
export function selectPage(request: ReadRequest, found: FoundWords | null = null): SqlQuery {
  const { direction, bytes = PAGE_BYTES, parts = ALL_PARTS } = request;
  const events = found ? selectFound(request, found) : selectEvents(request);
  const isTold = direction === 'forward' && !request.eventsOnly;
  const erasures = isTold ? selectErasures(request) : { sql: 'NULL::json', parameters: [] };
  const newest = isTold ? '(SELECT max(seq) FROM hookcast.revisions)' : 'NULL';
  // The log's mark is read only where the cursor has a mark to compare it with.
  const marked = [request.after, request.before].map((cursor) => (cursor?.mark === undefined ? null : cursor.seq));
  const nothing = RECORDED_COLUMNS.slice(1)
    .map((column) => `NULL::${typeOf(column)}`)
    .join(', ');
  return {
    sql:
      `WITH ${events.sql}, ` +
      `page AS MATERIALIZED (SELECT * FROM (SELECT *, sum(${bytesOf(parts)}) OVER (ORDER BY seq ${orderOf(request)} ` +
      'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM found) AS measured ' +
      'WHERE coalesce(before, 0) < ?::bigint), extent AS MATERIALIZED (SELECT * FROM hookcast.extent) ' +
      'SELECT json_build_array(epoch, floor, head, mark, lineage, hookcast.mark_at(?::bigint), hookcast.mark_at(?::bigint), ' +
      '(SELECT seq FROM reach), hookcast.mark_at((SELECT seq FROM reach)), (SELECT count(*) FROM found), ' +
      `${erasures.sql}, ${newest})::text, NULL::bigint AS seq, ${nothing} ` +
      `FROM extent UNION ALL SELECT NULL, ${columnsOf(parts)} FROM page ORDER BY seq NULLS FIRST`,
    parameters: [...events.parameters, bytes, ...marked, ...erasures.parameters],
  };
}

/** The columns of an event. PostgreSQL knows whether a text is there, and its length, without reading it. */
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

/** The list whose index is searched, and the others, which are compared in each row that is found. */
function planOf(filter: EventFilter) {
  const [driver, ...rest] = LISTS.filter((list) => filter[list.name] !== undefined);
  // The index of a tenant's cancellations has every kind, so a filter for every kind needs no condition. Other indexes have other events too.
  const hasEveryKind = driver?.name === 'tenants' && KINDS.every((kind) => filter.kinds?.includes(kind));
  const others = rest.filter(({ name }) => name !== 'kinds' || !hasEveryKind);
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  return { driver, others, isExact: others.length === 0 && !isTimed };
}

/**
 * Finds events, as CTEs. `reach` is how far the search got, or null if it got to the end. `found` has the events.
 *
 * With `tenant = ANY (…) ORDER BY seq LIMIT n`, PostgreSQL would either sort all of those tenants' events or walk the whole log for
 * them. So each wanted value of the driving list gives its own first n, and only those are merged. The condition compares rows and not
 * values for equality, so that only the index (value, seq) serves, however common or rare the value is by the statistics. The cost
 * grows with the values and the page, not with the log.
 *
 * A filter that fits hardly any event would still go through all events of a tenant, until the server gives up. So each value is
 * followed for a number of rows only. The last of those rows says how far the search got.
 */
function selectEvents(request: ReadRequest): SqlQuery {
  const { after, before, limit, filter } = request;
  const order = orderOf(request);
  const { driver, others, isExact } = planOf(filter);

  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (filter.occurredFrom !== undefined) where('candidate.occurred_at >= ?::bigint', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('candidate.occurred_at < ?::bigint', filter.occurredBefore);
  for (const list of others) where(`candidate.${list.column} = ANY (?::text[])`, listOf(filter[list.name]));

  const columns = RECORDED_COLUMNS.map((column) => `candidate.${column}`).join(', ');
  const everywhere = 'reach AS MATERIALIZED (SELECT NULL::bigint AS seq)';
  if (!driver) {
    if (filter.kinds) where('candidate.kind IS NOT NULL');
    const rest = conditions.map((condition) => ` AND ${condition}`).join('');
    return {
      sql:
        `${everywhere}, found AS MATERIALIZED (SELECT ${columns} FROM hookcast.events AS candidate ` +
        `WHERE candidate.seq > ?::bigint AND candidate.seq < ?::bigint${rest} ORDER BY candidate.seq ${order} LIMIT ?::bigint)`,
      parameters: [after?.seq ?? 0, before?.seq ?? BEYOND, ...parameters, limit],
    };
  }
  const { column, name } = driver;
  const wanted = listOf(filter[name]);
  const each = 'FROM unnest(?::text[]) AS wanted(value) CROSS JOIN LATERAL';
  // These are the conditions of the partial indexes. Another index would pass over rows that are not counted.
  const ofKind = filter.kinds && OF_CANCELLATIONS.has(name) ? ' AND candidate.kind IS NOT NULL' : '';
  const isThere = name === 'subjects' || name === 'happened' ? ` AND candidate.${column} IS NOT NULL` : '';
  const ordered = `ORDER BY candidate.${column} ${order}, candidate.seq ${order}`;
  const candidates =
    `SELECT ${columns} FROM hookcast.events AS candidate WHERE (candidate.${column}, candidate.seq) > (wanted.value, ?::bigint) ` +
    `AND (candidate.${column}, candidate.seq) < (wanted.value, ?::bigint)${ofKind}${isThere} ${ordered} LIMIT ?::bigint`;
  const bounds = [after?.seq ?? 0, before?.seq ?? BEYOND];
  if (isExact) {
    return {
      sql:
        `${everywhere}, found AS MATERIALIZED (SELECT event.* ${each} (${candidates}) AS event ` +
        `ORDER BY event.seq ${order} LIMIT ?::bigint)`,
      parameters: [wanted, ...bounds, limit, limit],
    };
  }
  const rows = Math.max(limit, Math.ceil(ROWS / Math.max(filter[name]?.length ?? 0, 1)));
  const isWithin =
    order === 'ASC' ? `<= coalesce((SELECT seq FROM reach), ${BEYOND})` : '>= coalesce((SELECT seq FROM reach), 0)';
  return {
    sql:
      `looked AS MATERIALIZED (SELECT event.* ${each} (SELECT * FROM (` +
      `SELECT candidate.*, ${conditions.join(' AND ')} AS fits, row_number() OVER (${ordered}) AS place FROM (${candidates}) AS candidate` +
      `) AS candidate WHERE fits OR place = ?::bigint ${ordered} LIMIT ?::bigint) AS event), ` +
      `reach AS MATERIALIZED (SELECT ${order === 'ASC' ? 'min' : 'max'}(seq) AS seq FROM looked WHERE place = ?::bigint), ` +
      `found AS MATERIALIZED (SELECT * FROM looked WHERE fits AND seq ${isWithin} ORDER BY seq ${order} LIMIT ?::bigint)`,
    parameters: [wanted, ...parameters, ...bounds, rows, rows, limit, rows, limit],
  };
}

/** The events that a search has found, as the CTEs of `selectEvents`. */
function selectFound(request: ReadRequest, { seqs, reach }: FoundWords): SqlQuery {
  return {
    sql:
      'reach AS MATERIALIZED (SELECT ?::bigint AS seq), found AS MATERIALIZED (' +
      `SELECT ${RECORDED_COLUMNS.join(', ')} FROM hookcast.events WHERE seq = ANY (?::bigint[]) ` +
      `ORDER BY seq ${orderOf(request)} LIMIT ?::bigint)`,
    parameters: [reach, `{${seqs.join(',')}}`, request.limit],
  };
}

/** Selects the first erasures of the page's stretch, as JSON. Filters of types don't apply: events of any type may have lost something. */
function selectErasures({ after, limit, filter }: ReadRequest): SqlQuery {
  const conditions = [
    'erasures.seq > ?::bigint',
    // The first case is a page that is neither full nor cut off.
    'erasures.seq <= CASE WHEN (SELECT count(*) FROM found) < ?::bigint ' +
      'AND (SELECT count(*) FROM found) = (SELECT count(*) FROM page) ' +
      'THEN coalesce((SELECT seq FROM reach), head) ELSE (SELECT max(seq) FROM page) END',
  ];
  const parameters: Value[] = [after?.seq ?? 0, limit];
  for (const list of LISTS) {
    if (OF_EVENTS.has(list.name) || filter[list.name] === undefined) continue;
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

/** Makes an array without repetitions: a value named twice must not give its events twice. */
export function listOf(values: readonly string[] | undefined): string {
  return toTextArray([...new Set(values)].map(toText));
}
