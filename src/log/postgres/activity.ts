import { type Activity, type ActivityIndex, type ActivityRequest, spanOf } from '../../events/activity.ts';
import { ACTIVITY_LISTS, MEASURES, TALLIED, fromTallyRow } from '../activity-row.ts';
import type { Row, Value } from '../value.ts';
import { extentOf } from './answers.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { decode } from './row.ts';
import { type SqlQuery, listOf } from './select.ts';

/** The columns of a tally. `bucket` is the number of its bucket, counted from 1, and not the bucket's edge. */
const COLUMNS = ['bucket', ...TALLIED, ...MEASURES] as const;

/**
 * Selects the log's extent and the tallies, a JSON list of `COLUMNS`. One statement reads both, so they are of one moment. It reads
 * one range of the index, or one range for each wanted tenant, and sorts the rows into the buckets between the edges.
 */
export function selectActivity(request: ActivityRequest): SqlQuery {
  const { edges, filter } = request;
  const parameters: Value[] = [];
  const given = (...values: readonly Value[]) => parameters.push(...values);
  given(`{${edges.join(',')}}`);
  if (filter.tenants) given(listOf(filter.tenants));
  given(spanOf(edges), edges[0] ?? 0, edges.at(-1) ?? 0);
  const conditions = ACTIVITY_LISTS.filter(({ name }) => filter[name]).map(({ name, column }) => {
    given(listOf(filter[name]));
    return ` AND ${column} = ANY (?::text[])`;
  });
  const range = `span = ?::bigint AND starts_at >= ?::bigint AND starts_at < ?::bigint${conditions.join('')}`;
  const found = filter.tenants
    ? `unnest(?::text[]) AS wanted (tenant) JOIN hookcast.activity_by_tenant USING (tenant) WHERE ${range}`
    : `hookcast.activity WHERE ${range}`;
  const sort = TALLIED.join(', ');
  const sums = MEASURES.map((name) =>
    // Sums of amounts are read as text, because they may be beyond 2^53.
    name.startsWith('amount') ? `sum(${name})::text AS ${name}` : `sum(${name}) AS ${name}`,
  );
  return {
    sql:
      'SELECT epoch, floor, head, mark, lineage::text, (' +
      `SELECT coalesce(json_agg(json_build_array(${COLUMNS.join(', ')}) ORDER BY bucket, ${sort}), '[]')::text FROM (` +
      `SELECT width_bucket(starts_at, ?::bigint[]) AS bucket, ${sort}, ${sums.join(', ')} FROM ${found} GROUP BY bucket, ${sort}` +
      ') AS tallied) FROM hookcast.extent',
    parameters,
  };
}

/** Reads the row that `selectActivity` returns. */
export function activityOf({ edges }: ActivityRequest, [epoch, floor, head, mark, lineage, tallied]: Row): Activity {
  const rows = JSON.parse(String(tallied)) as Row[];
  return {
    tallies: rows.map((row) => {
      const [bucket, ...rest] = decode(COLUMNS, row);
      return fromTallyRow([edges[Number(bucket) - 1] ?? 0, ...rest]);
    }),
    ...extentOf(String(epoch), floor, head, mark, JSON.parse(String(lineage)) as [string, number][]),
  };
}

/** Counts of events by the time at which they occurred. */
export class PostgresActivity implements ActivityIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async count(request: ActivityRequest): Promise<Activity> {
    const { sql, parameters } = selectActivity(request);
    const [row = []] = await this.#database.ask(statement(sql, 'anew'), parameters);
    return activityOf(request, row);
  }
}
