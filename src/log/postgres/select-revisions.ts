import type { ReadRequest } from '../../events/event-log.ts';
import { ALL_PARTS } from '../../events/event.ts';
import { RECORDED_COLUMNS, REVISION_COLUMNS } from '../row.ts';
import { MOST_REVISIONS } from '../told.ts';
import type { Value } from '../value.ts';
import { typeOf } from './row.ts';
import { LISTS, type SqlQuery, bytesOf, columnsOf, listOf } from './select.ts';

/** Lists whose value a revision may change. The former values are kept, except for `happened`. */
const OF_FORMER: ReadonlySet<string> = new Set(['types', 'typenames', 'kinds', 'subjects', 'happened']);
const isKept = ({ name }: (typeof LISTS)[number]) => name !== 'happened';

/** @param table `event` for the present values, or `looked` (revisions) for the former ones. */
const within = (table: string, column: string) => `${table}.${column} = ANY (?::text[])`;

/**
 * Selects the revisions from the request's `after` to a position that fit the filter, by the event's former or present form. The first
 * row says how many revisions were looked at, and where the last is. Then come the revisions, as `REVISION_COLUMNS` and the present
 * event, until they have enough bytes. A revision whose event is gone is left out.
 */
export function selectRevisions(request: ReadRequest, upTo: number, bytes: number): SqlQuery {
  const { after, limit, filter, parts = ALL_PARTS } = request;
  const conditions = ['true'];
  const parameters: Value[] = [after?.seq ?? 0, upTo];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (filter.occurredFrom !== undefined) where('event.occurred_at >= ?::bigint', filter.occurredFrom);
  if (filter.occurredBefore !== undefined) where('event.occurred_at < ?::bigint', filter.occurredBefore);
  const present = LISTS.filter(({ name }) => filter[name] !== undefined);
  for (const { name, column } of present)
    if (!OF_FORMER.has(name)) where(within('event', column), listOf(filter[name]));
  const ofFormer = present.filter(({ name }) => OF_FORMER.has(name));
  if (ofFormer.length > 0) {
    const former = ofFormer.filter(isKept);
    const fits = (table: string, lists: typeof ofFormer) =>
      ['true', ...lists.map(({ column }) => within(table, column))].join(' AND ');
    where(
      `(${fits('event', ofFormer)} OR ${fits('looked', former)})`,
      ...[...ofFormer, ...former].map(({ name }) => listOf(filter[name])),
    );
  }
  const said = REVISION_COLUMNS.map((column) => `looked.${column} AS former_${column}`).join(', ');
  const recorded = RECORDED_COLUMNS.map((column) => `event.${column}`).join(', ');
  const nothing = [...REVISION_COLUMNS, ...RECORDED_COLUMNS]
    .slice(1)
    .map((column) => `NULL::${typeOf(column)}`)
    .join(', ');
  return {
    sql:
      'WITH looked AS MATERIALIZED (SELECT * FROM hookcast.revisions WHERE seq > ?::bigint AND seq <= ?::bigint ' +
      `ORDER BY seq LIMIT ${MOST_REVISIONS}), found AS MATERIALIZED (` +
      `SELECT ${said}, ${recorded} FROM looked JOIN hookcast.events AS event ON event.seq = looked.event_seq ` +
      `WHERE ${conditions.join(' AND ')} ORDER BY looked.seq LIMIT ?::bigint), ` +
      `page AS MATERIALIZED (SELECT * FROM (SELECT *, sum(${bytesOf(parts)}) OVER (ORDER BY former_seq ` +
      'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM found) AS measured ' +
      'WHERE coalesce(before, 0) < ?::bigint) ' +
      'SELECT json_build_array((SELECT count(*) FROM looked), (SELECT count(*) FROM found), ' +
      '(SELECT json_build_array(seq, revised_at) FROM looked ORDER BY seq DESC LIMIT 1))::text, ' +
      `NULL::bigint AS former_seq, ${nothing} UNION ALL SELECT NULL, ` +
      `${REVISION_COLUMNS.map((column) => `former_${column}`).join(', ')}, ${columnsOf(parts)} ` +
      'FROM page ORDER BY former_seq NULLS FIRST',
    parameters: [...parameters, limit, bytes],
  };
}
