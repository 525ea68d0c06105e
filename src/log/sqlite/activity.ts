import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MINUTE } from '../../events/activity.ts';
import { SCHEDULED } from '../../events/event.ts';
import { HIGH, MEASURES, REFUND_EXPECTED, ROLLUPS, SPANS, countedAs } from '../activity-row.ts';
import type { Row } from '../value.ts';

/** The values of an event by which it is counted. */
export interface Counted {
  readonly tenant: string;
  readonly source: string;
  readonly provider: string;
  /** Empty if the event has none. The same is true for `happened` and `currency`. */
  readonly kind: string;
  readonly shape: string;
  readonly happened: string;
  readonly currency: string;
  readonly occurredAt: number;
  readonly refundExpected: boolean;
  readonly unsummed: boolean;
  /** Zero if there is no amount that can be summed. */
  readonly units: number;
}

interface Sum {
  readonly of: Omit<Counted, 'tenant'>;
  readonly tenant: string;
  readonly startsAt: number;
  events: number;
  refundsExpected: number;
  unsummed: number;
  high: number;
  low: number;
}

/** How many events one query reads when many are counted. */
const PIECE = 10_000;

const IS_SCHEDULED = `CASE WHEN happened = '${SCHEDULED}'`;

/** Selects events of a stretch, up to a number. It casts numbers to doubles, since node:sqlite reads no integer beyond 2^53. */
const STRETCH =
  `SELECT seq, tenant, source, provider, ${IS_SCHEDULED} THEN '' ELSE coalesce(kind, '') END, shape, coalesce(happened, ''), coalesce(currency, ''), ` +
  `CAST(occurred_at AS REAL), kind IS NOT NULL AND happened IS NOT '${SCHEDULED}' AND instr(data, '${REFUND_EXPECTED}'), ` +
  'currency IS NOT NULL AND amount IS NULL, CAST(coalesce(amount, 0) AS REAL) FROM events NOT INDEXED ' +
  'WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?';

/**
 * Keeps the counts of events by the time at which they occurred, in the transactions that record and forget them. It adds them
 * up in memory first: additions in SQLite, one by one or sorted into groups, cost several times as much.
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
        `INSERT INTO ${table} (${[...MEASURES, ...key].join(', ')}) ` +
          `VALUES (${[...MEASURES, ...key].map(() => '?').join(', ')}) ` +
          `ON CONFLICT DO UPDATE SET ${MEASURES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
      ),
    );
    this.#sweep = ROLLUPS.map(({ table, key }) =>
      database.prepare(
        `DELETE FROM ${table} WHERE events <= 0 AND ${key.map((column) => `${column} = ?`).join(' AND ')}`,
      ),
    );
  }

  /** Counts events, in the transaction that records them. */
  add(events: readonly Counted[]): void {
    this.#count(events, 1);
  }

  /** Counts events in their new form instead of their former one, in the transaction that revises them. */
  replace(events: readonly { readonly before: Counted; readonly after: Counted }[]): void {
    // Additions come first, so that no row is deleted that is needed again at once.
    this.#count(
      events.map(({ after }) => after),
      1,
    );
    this.#count(
      events.map(({ before }) => before),
      -1,
    );
  }

  /** Subtracts all events up to a position, in the transaction that forgets them. */
  takeAway(last: number): void {
    for (const piece of this.#pieces(last)) this.#count(piece, -1);
  }

  *#pieces(last: number): Iterable<readonly Counted[]> {
    for (let after = 0, full = true; full;) {
      const rows = this.#stretch.all(after, last, PIECE) as unknown as Row[];
      yield rows.map(
        ([, tenant, source, provider, kind, shape, happened, currency, occurredAt, refund, unsummed, units]) =>
          ({
            tenant,
            source,
            provider,
            kind,
            shape,
            happened,
            currency,
            occurredAt,
            refundExpected: refund !== 0,
            unsummed: unsummed !== 0,
            units,
          }) as Counted,
      );
      full = rows.length === PIECE;
      after = Number(rows.at(-1)?.[0]);
    }
  }

  #count(events: readonly Counted[], sign: 1 | -1): void {
    const minutes = summed(
      events.map((of) => ({
        of,
        tenant: of.tenant,
        startsAt: of.occurredAt,
        events: sign,
        refundsExpected: of.refundExpected ? sign : 0,
        unsummed: of.unsummed ? sign : 0,
        high: sign * Math.trunc(of.units / HIGH),
        low: sign * (of.units % HIGH),
      })),
      MINUTE,
    );
    for (const span of SPANS) {
      const ofTenants = span === MINUTE ? minutes : summed(minutes, span);
      for (const [index, sums] of [summed(ofTenants, span, { ofAll: true }), ofTenants].entries()) {
        for (const { of, tenant, startsAt, ...count } of sums) {
          const sort = [span, startsAt, of.source, of.provider, of.kind, of.shape, of.happened, of.currency];
          const key = index === 0 ? sort : [tenant, ...sort];
          const { events: each, refundsExpected, unsummed, high, low } = count;
          this.#add[index]?.run(each, refundsExpected, unsummed, high, low, ...key);
          if (sign < 0) this.#sweep[index]?.run(...key);
        }
      }
    }
  }
}

/** Adds up the sums of one sort within one span: for each tenant, or with `ofAll` for all tenants together. */
function summed(sums: readonly Sum[], span: number, { ofAll = false } = {}): Sum[] {
  const bySort = new Map<string, Sum>();
  let last: Sum | null = null;
  for (const sum of sums) {
    const { of } = sum;
    const tenant = ofAll ? '' : sum.tenant;
    const startsAt = sum.startsAt - (((sum.startsAt % span) + span) % span);
    // Most events of one append are of one sort, and a comparison takes less time than a search by a text.
    if (last && last.startsAt === startsAt && last.tenant === tenant && isOfOneSort(last.of, of)) {
      add(last, sum);
      continue;
    }
    const { source, provider, kind, shape, happened, currency } = of;
    // The lengths make sure that different values give different keys. JSON would do so too, but costs more.
    const key =
      `${startsAt} ${kind} ${shape} ${happened} ${currency} ${source.length} ${tenant.length} ` +
      `${source}${tenant}${provider}`;
    const known = bySort.get(key);
    if (known) add(known, sum);
    last = known ?? { ...sum, tenant, startsAt };
    if (!known) bySort.set(key, last);
  }
  return [...bySort.values()];
}

function add(to: Sum, sum: Sum): void {
  to.events += sum.events;
  to.refundsExpected += sum.refundsExpected;
  to.unsummed += sum.unsummed;
  to.high += sum.high;
  to.low += sum.low;
}

function isOfOneSort(one: Sum['of'], other: Sum['of']): boolean {
  return (
    one.shape === other.shape &&
    one.kind === other.kind &&
    one.happened === other.happened &&
    one.currency === other.currency &&
    one.source === other.source &&
    one.provider === other.provider
  );
}

const AS = countedAs(`instr(data, '${REFUND_EXPECTED}') > 0`);
/** Selects columns of each event, once for each span in which it is counted. */
const each = (columns: readonly string[]) =>
  `SELECT ${columns.map((column) => `${AS[column]} AS ${column}`).join(', ')} ` +
  `FROM events NOT INDEXED CROSS JOIN (${SPANS.map((span) => `SELECT ${span} AS span`).join(' UNION ALL ')})`;

/** For each table, counts the rows that differ from the events. It reads all events. */
export const COUNT_WRONG = ROLLUPS.map(({ table, key }) => {
  const columns = key.join(', ');
  return (
    `SELECT count(*) AS wrong FROM (SELECT 1 FROM (SELECT ${columns}, ${MEASURES.join(', ')} FROM ${table} UNION ALL ` +
    `SELECT ${columns}, ${MEASURES.map((name) => `-${name}`).join(', ')} FROM (${each([...key, ...MEASURES])})) ` +
    `GROUP BY ${columns} HAVING ${MEASURES.map((name) => `sum(${name}) <> 0`).join(' OR ')})`
  );
});
