import { KINDS } from '../../events/cancellation.ts';
import type { ReadRequest } from '../../events/event-log.ts';
import type { EventFilter } from '../../events/filter.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import type { Value } from '../value.ts';
import { hashOfSubject } from './hash.ts';
import { PLACES } from './hashes.ts';
import { columnsOf, withPersonal } from './select-stored.ts';

/**
 * The lists of a filter, the most selective first. The first list that the filter has drives the search through its index. The
 * index of subjects is in `hashes.ts`.
 */
export const LISTS = [
  { name: 'subjects', column: 'subject', index: null },
  { name: 'tenants', column: 'tenant', index: 'events_by_tenant' },
  { name: 'types', column: 'type', index: 'events_by_type' },
  { name: 'happened', column: 'happened', index: 'events_by_happened' },
  { name: 'typenames', column: 'shape', index: 'events_by_shape' },
  { name: 'kinds', column: 'kind', index: 'cancellations_by_kind' },
  { name: 'sources', column: 'source', index: 'events_by_source' },
  { name: 'providers', column: 'provider', index: 'events_by_provider' },
] as const;

/** Lists with an index that has only cancellations. */
const OF_CANCELLATIONS: ReadonlySet<string> = new Set(['tenants', 'kinds']);
/** Lists that don't filter erasures, since an event of any type may have lost data. */
export const OF_EVENTS: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'happened']);

export interface SqlQuery {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

type ListName = (typeof LISTS)[number]['name'];

/**
 * How to search for a filter: by the index of one list. If `isExact`, every row that the index finds is a row of the page.
 *
 * @param by another list than the first, or the window of time; null for the first list.
 */
function planOf(filter: EventFilter, by: Search['by'] = null) {
  const present = LISTS.filter((list) => filter[list.name] !== undefined);
  const driver = by === 'time' ? undefined : (present.find(({ name }) => name === by) ?? present[0]);
  // The index of a tenant's cancellations has exactly the events of all kinds. The indexes of types and subjects have others too.
  const hasEveryKind = driver?.name === 'tenants' && wantsEveryKind(filter.kinds);
  const others = present.filter((list) => list !== driver && (list.name !== 'kinds' || !hasEveryKind));
  const isTimed = filter.occurredFrom !== undefined || filter.occurredBefore !== undefined;
  const index = driver?.name === 'tenants' && filter.kinds ? 'cancellations_by_tenant' : driver?.index;
  return { driver, index, others, isTimed, isExact: others.length === 0 && !isTimed };
}

/** Whether every row that the index finds fits the filter, so that a page examines no more rows than it has. */
export function isExact(filter: EventFilter): boolean {
  return planOf(filter).isExact;
}

/**
 * Counts the events that each other way to search would examine, up to a number. This helps a filter with one common part and one
 * rare part. A window of time has an index too, but not in the order of the log.
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
 * Selects the position that a search reaches after so many rows of its index; null if the index has fewer. Returns null if the
 * filter has no list, since there is then no such index.
 */
export function selectReach(request: ReadRequest, rows: number): SqlQuery | null {
  const { driver, index } = planOf(request.filter);
  if (!driver) return null;
  const isBySubject = driver.name === 'subjects';
  const { order, bounds, parameters } = boundsOf(request, isBySubject ? 'place' : 'candidate');
  const ofKind = request.filter.kinds && OF_CANCELLATIONS.has(driver.name) ? ' AND candidate.kind IS NOT NULL' : '';
  const wanted = request.filter[driver.name] ?? [];
  // Each value gets an equal share of the rows, and at least the page's limit.
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
  /** The position up to which it may go, from `selectReach`; null if there is no such limit. */
  readonly reach: number | null;
  /** The index to use; null for that of the filter's first list, or for the log itself. */
  readonly by: ListName | 'time' | null;
}

/**
 * The filter as SQL. `tenant IN (…) ORDER BY seq LIMIT n` would sort every event of those tenants to find n of them. So each
 * wanted value of the driving list gives its own first n in index order, and only those are merged: the cost grows with the
 * values and the page, and not with the log (`npm run bench -- query`). Only positions are merged. Events are then read one after
 * the other, until there are enough.
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
  // SQLite uses the partial indexes only with this condition: the list of kinds is not enough.
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

/** Joins the same query on both tables of hashes. Each gives its rows in its own order, so SQLite reads only as many as needed. */
function inBoth(of: (places: string) => string): string {
  return `${of(PLACES.sorted)} UNION ALL ${of(PLACES.late)}`;
}

/**
 * The bounds of the request as SQL, and its order.
 *
 * @param table the table whose positions are compared.
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

/** The values as a JSON list without repetitions: a value that is named twice must not give its events twice. */
export function listOf(values: readonly string[] | undefined): string {
  return JSON.stringify([...new Set(values)].map(toUtf8Text));
}

/** The subjects as a JSON list without repetitions. Each is a pair of its hash and its text. */
function hashedListOf(subjects: readonly string[]): string {
  const texts = [...new Set(subjects)].map(toUtf8Text);
  return JSON.stringify(texts.map((text) => [hashOfSubject(text), text]));
}

function wantsEveryKind(kinds: readonly string[] | undefined): boolean {
  return KINDS.every((kind) => kinds?.includes(kind));
}
