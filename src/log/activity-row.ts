import { MINUTE, QUARTER, type Tally } from '../events/activity.ts';
import { SCHEDULED } from '../events/event.ts';
import type { Row } from './value.ts';

/**
 * What events are counted by: one row for each, and for each tenant as well. Where an event has no kind, tells of nothing or
 * says no amount, the text is empty.
 */
const SORT_COLUMNS = ['span', 'starts_at', 'source', 'provider', 'kind', 'shape', 'happened', 'currency'] as const;
/** Of all tenants together, so that who may see all need not add them up, and of each. */
export const ROLLUPS = [
  { table: 'activity', key: SORT_COLUMNS },
  { table: 'activity_by_tenant', key: ['tenant', ...SORT_COLUMNS] },
] as const;
/** Both lengths of a span, in milliseconds. */
export const SPANS = [MINUTE, QUARTER] as const;

/**
 * What is counted of each. An amount is counted in two parts, `HIGH` units and the rest: both databases count in 64 bits, and
 * with whole amounts, which have 53, some thousand large ones would be more than that, and no append would succeed any more.
 */
export const MEASURES = ['events', 'refunds_expected', 'unsummed', 'amount_high', 'amount_low'] as const;
export const HIGH = 100_000_000;

/**
 * Stands in `data` when money is given back. It is JSON as `JSON.stringify` writes it, where a quote within a text has a
 * backslash before it: so this is a member, and no text can look like it. Looked for instead of parsed, since each append does
 * it.
 */
export const REFUND_EXPECTED = '"refundExpected":true';

/** The lists of a filter, but for the tenants, and the column that each is about. */
export const ACTIVITY_LISTS = [
  { name: 'providers', column: 'provider' },
  { name: 'sources', column: 'source' },
  { name: 'kinds', column: 'kind' },
  { name: 'typenames', column: 'shape' },
] as const;

/** What tallies are told by, besides their buckets, in the order of `fromTallyRow`. */
export const TALLIED = ['source', 'provider', 'kind', 'shape', 'happened', 'currency'] as const;

/** The SQL of where the span begins in which something occurred. Both databases round towards zero. */
export function startOf(occurredAt: string, span: string): string {
  return `${occurredAt} - (${occurredAt} % ${span} + ${span}) % ${span}`;
}

/**
 * The SQL of what a row of events counts as, column by column.
 *
 * @param refundExpected - the SQL of whether a cancellation says so, as a number.
 */
export function countedAs(refundExpected: string): Readonly<Record<string, string>> {
  return {
    tenant: 'tenant',
    span: 'span',
    starts_at: startOf('occurred_at', 'span'),
    source: 'source',
    provider: 'provider',
    // What is only scheduled to be cancelled is an event, and no cancellation: another one tells when it has taken effect.
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

/** The tally of a row: where its bucket begins, `TALLIED` and `MEASURES`. Both parts of the amount are texts. */
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
