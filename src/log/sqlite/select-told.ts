import type { ReadRequest } from '../../events/event-log.ts';
import { ERASURE_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import type { Value } from '../value.ts';
import { columnsOf, withPersonal } from './select-stored.ts';
import { LISTS, OF_EVENTS, type SqlQuery, listOf } from './select.ts';

/** Selects the first erasures after the request's `after`, up to a position. It ignores the lists of `OF_EVENTS`. */
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

/** Selects the revision of a stretch that has so many others of the stretch before it. No row if there are fewer. */
export const SELECT_REVISED =
  'SELECT seq, revised_at FROM revisions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1 OFFSET ?';

/** The lists whose result a revision may change. The event's former `happened` is not kept. */
const OF_FORMER: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'subjects', 'happened']);
const isKept = ({ name }: (typeof LISTS)[number]) => name !== 'happened';

/** @param table `events` for the present form of an event, or `revisions` for the former one. */
const within = (table: string, column: string) => `${table}.${column} IN (SELECT value FROM json_each(?))`;

/**
 * Selects the revisions after the request's `after`, up to a position, whose event fits the filter in its former or present form.
 * The columns are `REVISION_COLUMNS`, and then `RECORDED_COLUMNS` of the present form. Revisions of deleted events are left out.
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
