import { type Activity, type ActivityIndex, type ActivityRequest, spanOf } from '../../events/activity.ts';
import { ACTIVITY_LISTS, MEASURES, TALLIED, fromTallyRow } from '../activity-row.ts';
import type { Value } from '../value.ts';
import { readExtent } from './page.ts';
import type { Reader } from './reader.ts';
import { type SqlQuery, listOf } from './select.ts';

/**
 * Selects tallies, in the order of `fromTallyRow`. The query reads one range of the index for all tenants, or one for each wanted
 * tenant. It then sorts these rows together with the edges, so that each row gets the last edge before it. One range for each
 * bucket and tenant took seconds with the thousands of tenants that a token may name.
 */
export function selectActivity(request: ActivityRequest): SqlQuery {
  const { edges, filter } = request;
  const { tenants } = filter;
  const conditions: string[] = [];
  const parameters: Value[] = [];
  for (const { name, column } of ACTIVITY_LISTS) {
    const wanted = filter[name];
    if (!wanted) continue;
    conditions.push(` AND ${column} IN (SELECT value FROM json_each(?))`);
    parameters.push(listOf(wanted));
  }
  const found =
    (tenants
      ? 'FROM json_each(?) AS wanted CROSS JOIN activity_by_tenant ON tenant = wanted.value AND '
      : 'FROM activity WHERE ') + `span = ? AND starts_at >= ? AND starts_at < ?${conditions.join('')}`;
  const sort = TALLIED.join(', ');
  const columns = [...TALLIED, ...MEASURES];
  const sums = MEASURES.map((name) =>
    // As texts, since a sum may be beyond 2^53.
    name.startsWith('amount') ? `CAST(sum(${name}) AS TEXT)` : `sum(${name})`,
  );
  return {
    sql:
      `SELECT edge, ${sort}, ${sums.join(', ')} FROM (` +
      `SELECT max(edge) OVER (ORDER BY starts_at, edge IS NULL ROWS UNBOUNDED PRECEDING) AS edge, ${columns.join(', ')} FROM (` +
      `SELECT value AS starts_at, value AS edge, ${columns.map((column) => `NULL AS ${column}`).join(', ')} ` +
      'FROM json_each(?) UNION ALL ' +
      `SELECT starts_at, NULL, ${columns.join(', ')} ${found})` +
      `) WHERE shape IS NOT NULL GROUP BY edge, ${sort} ORDER BY edge, ${sort}`,
    parameters: [
      JSON.stringify(edges),
      // `listOf` drops repetitions, so that a tenant that is named twice counts once.
      ...(tenants ? [listOf(tenants)] : []),
      spanOf(edges),
      edges[0] ?? 0,
      edges.at(-1) ?? 0,
      ...parameters,
    ],
  };
}

/** Counts events by the time at which they occurred. */
export class SqliteActivity implements ActivityIndex {
  readonly #reader: Reader;
  readonly #epoch: string;

  constructor(reader: Reader, epoch: string) {
    this.#reader = reader;
    this.#epoch = epoch;
  }

  async count(request: ActivityRequest): Promise<Activity> {
    const { sql, parameters } = selectActivity(request);
    return this.#reader.snapshot(() => {
      const rows = this.#reader.all(sql, ...parameters);
      return { tallies: rows.map(fromTallyRow), ...readExtent(this.#reader, this.#epoch) };
    });
  }
}
