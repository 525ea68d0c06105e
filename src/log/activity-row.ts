import { MINUTE, QUARTER, type Tally } from '../events/activity.ts';
import { SCHEDULED } from '../events/event.ts';
import type { Row } from './value.ts';

/**
 * The columns by which events are counted: each combination has one row. `kind`, `happened` and `currency` are empty texts
 * where an event has none.
 */
const SORT_COLUMNS = ['span', 'starts_at', 'source', 'provider', 'kind', 'shape', 'happened', 'currency'] as const;
/** One table counts all tenants together, so that a reader who may see all need not add them up. The other counts each tenant. */
export const ROLLUPS = [
  { table: 'activity', key: SORT_COLUMNS },
  { table: 'activity_by_tenant', key: ['tenant', ...SORT_COLUMNS] },
] as const;
/** The two lengths of a span, in milliseconds. */
export const SPANS = [MINUTE, QUARTER] as const;

/**
 * The sums of each row. An amount is summed in two parts: how often it contains `HIGH` units, and the rest. Both databases add
 * in 64 bits, and an amount has up to 53. The sum of some thousand large amounts would overflow, and every append would fail.
 */
export const MEASURES = ['events', 'refunds_expected', 'unsummed', 'amount_high', 'amount_low'] as const;
export const HIGH = 100_000_000;

/**
 * This text is in `data` if the event expects a refund. `JSON.stringify` wrote `data` and put a backslash before each quote
 * within a text, so only a member can look like this. Each append searches for it, since parsing would take longer.
 */
export const REFUND_EXPECTED = '"refundExpected":true';

/** The lists of a filter, except the tenants, and the column that each one filters. */
export const ACTIVITY_LISTS = [
  { name: 'providers', column: 'provider' },
  { name: 'sources', column: 'source' },
  { name: 'kinds', column: 'kind' },
  { name: 'typenames', column: 'shape' },
  { name: 'happened', column: 'happened' },
] as const;

/** The columns that identify a tally within its bucket, in the order of `fromTallyRow`. */
export const TALLIED = ['source', 'provider', 'kind', 'shape', 'happened', 'currency'] as const;

/** The SQL of the start of the span that contains `occurredAt`. Both databases round towards zero. */
export function startOf(occurredAt: string, span: string): string {
  return `${occurredAt} - (${occurredAt} % ${span} + ${span}) % ${span}`;
}

/**
 * The SQL of the key and the sums to which an event adds, column by column.
 *
 * @param refundExpected - the SQL of whether a cancellation expects a refund, as a number.
 */
export function countedAs(refundExpected: string): Readonly<Record<string, string>> {
  return {
    tenant: 'tenant',
    span: 'span',
    starts_at: startOf('occurred_at', 'span'),
    source: 'source',
    provider: 'provider',
    // A scheduled cancellation counts as an event and not as a cancellation: another event tells when it has taken effect.
    kind: `CASE WHEN happened = '${SCHEDULED}' THEN '' ELSE coalesce(kind, '') END`,
    shape: 'shape',
    happened: "coalesce(happened, '')",
    currency: "coalesce(currency, '')",
    events: '1',
    refunds_expected: `CASE WHEN kind IS NULL OR happened = '${SCHEDULED}' THEN 0 ELSE ${refundExpected} END`,
    unsummed: 'CASE WHEN currency IS NOT NULL AND amount IS NULL THEN 1 ELSE 0 END',
    amount_high: `coalesce(amount, 0) / ${HIGH}`,
    amount_low: `coalesce(amount, 0) % ${HIGH}`,
  };
}

/** The tally of a row with the start of its bucket, `TALLIED` and `MEASURES`. Both parts of the amount are texts. */
export function fromTallyRow(row: Row): Tally {
  const [from, source, provider, kind, shape, happened, currency, events, refundsExpected, unsummed, high, low] = row;
  return {
    from,
    source,
    provider,
    kind: kind || null,
    shape,
    happened: happened || null,
    currency: currency || null,
    events,
    refundsExpected,
    unsummed,
    units: BigInt(high ?? 0) * BigInt(HIGH) + BigInt(low ?? 0),
  } as Tally;
}
