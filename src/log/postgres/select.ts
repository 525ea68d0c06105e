import { KINDS } from '../../events/cancellation.ts';
import type { ReadRequest } from '../../events/event-log.ts';
import { ERASURE_COLUMNS, RECORDED_COLUMNS, type Value } from '../row.ts';
import { typeOf } from './row.ts';
import { toText, toTextArray } from './text.ts';

const BEYOND = '9223372036854775807';

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
 * A page and the log's extent in one statement, so that both are of one moment: first a row with the extent and the
 * erasures of the page's stretch as JSON, then the events.
 */
export function selectPage(request: ReadRequest): Query {
  const events = selectEvents(request);
  const erasures = request.direction === 'forward' ? selectErasures(request) : { sql: 'NULL::json', parameters: [] };
  // Asked for where there is something to compare it with.
  const marked = [request.after, request.before].map((cursor) => (cursor?.mark === undefined ? null : cursor.seq));
  const nothing = RECORDED_COLUMNS.slice(1)
    .map((column) => `NULL::${typeOf(column)}`)
    .join(', ');
  return {
    sql:
      `WITH page AS MATERIALIZED (${events.sql}), extent AS MATERIALIZED (SELECT * FROM hookcast.extent) ` +
      'SELECT json_build_array(epoch, floor, head, mark, lineage, hookcast.mark_at(?::bigint), hookcast.mark_at(?::bigint), ' +
      `${erasures.sql})::text, NULL::bigint AS seq, ${nothing} ` +
      `FROM extent UNION ALL SELECT NULL, ${RECORDED_COLUMNS.join(', ')} FROM page ORDER BY seq NULLS FIRST`,
    parameters: [...events.parameters, ...marked, ...erasures.parameters],
  };
}

/**
 * `tenant = ANY (…) ORDER BY seq LIMIT n` would have PostgreSQL choose between sorting all of those tenants' events and
 * walking the whole log for them. So each wanted value of the driving list gives up its own first n, and only those are
 * merged. Comparing rows instead of asking for equality leaves (value, seq) as the only order that serves, however common
 * or rare the statistics say that the value is: the cost grows with the values and the page, not with the log.
 */
function selectEvents({ direction, after, before, limit, filter }: ReadRequest): Query {
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  const [driver, ...others] = LISTS.filter((list) => filter[list.name] !== undefined);

  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  const bounds = [after?.seq ?? 0, before?.seq ?? BEYOND];
  if (driver) {
    const { column } = driver;
    where(`(candidate.${column}, candidate.seq) > (wanted.value, ?::bigint)`, bounds[0]!);
    where(`(candidate.${column}, candidate.seq) < (wanted.value, ?::bigint)`, bounds[1]!);
  } else {
    where('candidate.seq > ?::bigint AND candidate.seq < ?::bigint', ...bounds);
  }
  if (filter.occurredFrom !== undefined) where('candidate.occurred_at >= ?::bigint', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('candidate.occurred_at < ?::bigint', filter.occurredBefore);
  for (const list of others) {
    if (list.name === 'kinds' && KINDS.every((kind) => filter.kinds?.includes(kind))) continue;
    where(`candidate.${list.column} = ANY (?::text[])`, listOf(filter[list.name]));
  }
  // Said apart from the list: this is what the partial indexes are about.
  if (filter.kinds) where('candidate.kind IS NOT NULL');
  if (driver?.name === 'subjects') where('candidate.subject IS NOT NULL');

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

/** The erasures of the stretch that the page covers, as JSON. Events of any type may have lost something. */
function selectErasures({ after, limit, filter }: ReadRequest): Query {
  const conditions = [
    'erasures.seq > ?::bigint',
    'erasures.seq <= CASE WHEN (SELECT count(*) FROM page) < ?::bigint THEN head ELSE (SELECT max(seq) FROM page) END',
  ];
  const parameters: Value[] = [after?.seq ?? 0, limit];
  for (const list of LISTS) {
    if (list.name === 'types' || list.name === 'kinds' || filter[list.name] === undefined) continue;
    conditions.push(`erasures.${list.column} = ANY (?::text[])`);
    parameters.push(listOf(filter[list.name]));
  }
  return {
    sql:
      `(SELECT json_agg(json_build_array(${ERASURE_COLUMNS.join(', ')}) ORDER BY erasures.seq) ` +
      `FROM hookcast.erasures WHERE ${conditions.join(' AND ')})`,
    parameters,
  };
}

/** Without repetitions: a value named twice must not give its events twice. */
export function listOf(values: readonly string[] | undefined): string {
  return toTextArray([...new Set(values)].map(toText));
}
