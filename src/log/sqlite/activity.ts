import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ActivityRequest, MINUTE, spanOf } from '../../events/activity.ts';
import { ACTIVITY_LISTS, REFUND_EXPECTED, ROLLUPS, SCHEDULED, SPANS, startOf } from '../activity-row.ts';
import type { Row, Value } from '../row.ts';
import { type Query, listOf } from './select.ts';

/** A cancellation as far as it is counted. */
export interface Counted {
  readonly tenant: string;
  readonly source: string;
  readonly provider: string;
  readonly kind: string;
  readonly occurredAt: number;
  readonly refundExpected: boolean;
}

interface Sum extends Omit<Counted, 'occurredAt' | 'refundExpected'> {
  readonly startsAt: number;
  cancellations: number;
  refundsExpected: number;
}

/** Cancellations that are read at once when many are counted. */
const PIECE = 10_000;

/** Which events are counted. */
const IS_COUNTED = `kind IS NOT NULL AND instr(data, '${SCHEDULED}') = 0`;

/** Cancellations of a stretch, at most so many. As doubles, as which times came: node:sqlite reads no integer beyond 2^53. */
const STRETCH =
  'SELECT seq, tenant, source, provider, kind, CAST(occurred_at AS REAL), ' +
  `instr(data, '${REFUND_EXPECTED}') FROM events NOT INDEXED ` +
  `WHERE ${IS_COUNTED} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`;

/**
 * Keeps the count of cancellations by when they occurred, in the transactions that record and forget them. Added up here
 * first: done by SQLite, one by one or sorted into groups, it cost several times as much.
 */
export class ActivityCounter {
  readonly #stretch: StatementSync;
  readonly #add: readonly StatementSync[];
  readonly #sweep: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    this.#stretch = database.prepare(STRETCH);
    this.#stretch.setReturnArrays(true);
    this.#add = ROLLUPS.map(({ table, key }) =>
      database.prepare(
        `INSERT INTO ${table} (cancellations, refunds_expected, ${key.join(', ')}) ` +
          `VALUES (?, ?, ${key.map(() => '?').join(', ')}) ` +
          'ON CONFLICT DO UPDATE SET cancellations = cancellations + excluded.cancellations, ' +
          'refunds_expected = refunds_expected + excluded.refunds_expected',
      ),
    );
    this.#sweep = ROLLUPS.map(({ table, key }) =>
      database.prepare(
        `DELETE FROM ${table} WHERE cancellations <= 0 AND ${key.map((column) => `${column} = ?`).join(' AND ')}`,
      ),
    );
  }

  /** Counts cancellations, in the transaction that records them. */
  add(cancellations: Iterable<Counted>): void {
    this.#count(cancellations, 1);
  }

  /** Takes away what is there up to a position, in the transaction that forgets it. */
  takeAway(last: number): void {
    for (const piece of this.#pieces(last)) this.#count(piece, -1);
  }

  *#pieces(last: number): Iterable<readonly Counted[]> {
    for (let after = 0, full = true; full;) {
      const rows = this.#stretch.all(after, last, PIECE) as unknown as Row[];
      yield rows.map(
        ([, tenant, source, provider, kind, occurredAt, refund]) =>
          ({ tenant, source, provider, kind, occurredAt, refundExpected: refund !== 0 }) as Counted,
      );
      full = rows.length === PIECE;
      after = Number(rows.at(-1)?.[0]);
    }
  }

  #count(cancellations: Iterable<Counted>, sign: 1 | -1): void {
    const minutes = summed(
      Array.from(cancellations, ({ occurredAt, refundExpected, ...of }) => ({
        ...of,
        startsAt: occurredAt,
        cancellations: sign,
        refundsExpected: refundExpected ? sign : 0,
      })),
      MINUTE,
    );
    for (const span of SPANS) {
      const ofTenants = span === MINUTE ? minutes : summed(minutes, span);
      const ofAll = summed(
        ofTenants.map((sum) => ({ ...sum, tenant: '' })),
        span,
      );
      for (const [index, sums] of [ofAll, ofTenants].entries()) {
        for (const { tenant, startsAt, source, provider, kind, cancellations: count, refundsExpected } of sums) {
          const key = [...(index === 0 ? [] : [tenant]), span, startsAt, source, provider, kind];
          this.#add[index]?.run(count, refundsExpected, ...key);
          if (sign < 0) this.#sweep[index]?.run(...key);
        }
      }
    }
  }
}

/** Adds up those of one sort whose span is the same. */
function summed(sums: readonly Sum[], span: number): Sum[] {
  const bySort = new Map<string, Sum>();
  for (const sum of sums) {
    const { tenant, source, provider, kind } = sum;
    const startsAt = sum.startsAt - (((sum.startsAt % span) + span) % span);
    // Their lengths keep apart what would be one text: JSON would do the same for more.
    const key = `${startsAt} ${kind} ${source.length} ${tenant.length} ${source}${tenant}${provider}`;
    const known = bySort.get(key);
    if (known) {
      known.cancellations += sum.cancellations;
      known.refundsExpected += sum.refundsExpected;
    } else bySort.set(key, { ...sum, startsAt });
  }
  return [...bySort.values()];
}

/** Each cancellation, once for each span that it is counted in. */
const EACH =
  `SELECT tenant, span, ${startOf('occurred_at', 'span')} AS starts_at, source, provider, kind, ` +
  `instr(data, '${REFUND_EXPECTED}') > 0 AS refund_expected ` +
  `FROM events NOT INDEXED CROSS JOIN (${SPANS.map((span) => `SELECT ${span} AS span`).join(' UNION ALL ')}) WHERE ${IS_COUNTED}`;

/** How many counts of each table are not what the events say. It reads all of them. */
export const COUNT_WRONG = ROLLUPS.map(({ table, key }) => {
  const columns = key.join(', ');
  return (
    `SELECT count(*) AS wrong FROM (SELECT 1 FROM (SELECT ${columns}, cancellations, refunds_expected FROM ${table} UNION ALL ` +
    `SELECT ${columns}, -1, -refund_expected FROM (${EACH})) ` +
    `GROUP BY ${columns} HAVING sum(cancellations) <> 0 OR sum(refunds_expected) <> 0)`
  );
});

/**
 * Tallies, in the order of `fromTallyRow`. One range of the index for all tenants, or for each that is wanted; what lies in it and
 * the edges are then laid out in order, so that each has the last edge before it. Looking up a range for each bucket and
 * tenant took seconds with the thousands of tenants that a token may name.
 */
export function selectActivity(request: ActivityRequest): Query {
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
  const sort = 'source, provider, kind';
  return {
    sql:
      `SELECT edge, ${sort}, sum(cancellations) AS cancellations, sum(refunds_expected) AS refunds_expected FROM (` +
      `SELECT max(edge) OVER (ORDER BY starts_at, edge IS NULL ROWS UNBOUNDED PRECEDING) AS edge, ${sort}, ` +
      'cancellations, refunds_expected FROM (' +
      'SELECT value AS starts_at, value AS edge, NULL AS source, NULL AS provider, NULL AS kind, ' +
      'NULL AS cancellations, NULL AS refunds_expected FROM json_each(?) UNION ALL ' +
      `SELECT starts_at, NULL, ${sort}, cancellations, refunds_expected ${found})` +
      `) WHERE kind IS NOT NULL GROUP BY edge, ${sort} ORDER BY edge, ${sort}`,
    parameters: [
      JSON.stringify(edges),
      // Without repetitions: a tenant that is named twice counts once.
      ...(tenants ? [listOf(tenants)] : []),
      spanOf(edges),
      edges[0] ?? 0,
      edges.at(-1) ?? 0,
      ...parameters,
    ],
  };
}
