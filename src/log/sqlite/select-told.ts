import type { ReadRequest } from '../../events/event-log.ts';
import { ERASURE_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Value } from '../value.ts';
import { columnsOf, withPersonal } from './select-stored.ts';
import { LISTS, OF_EVENTS, type SqlQuery, listOf } from './select.ts';

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
