import { MINUTE, QUARTER, type Tally } from '../events/activity.ts';
import type { Row } from './row.ts';

/** What cancellations are counted by: one row for each, and for each tenant as well. */
const SORT_COLUMNS = ['span', 'starts_at', 'source', 'provider', 'kind'] as const;
/** Of all tenants together, so that who may see all need not add them up, and of each. */
export const ROLLUPS = [
  { table: 'activity', key: SORT_COLUMNS },
  { table: 'activity_by_tenant', key: ['tenant', ...SORT_COLUMNS] },
] as const;
/** Both lengths of a span, in milliseconds. */
export const SPANS = [MINUTE, QUARTER] as const;

/**
 * Stands in `data` when money is given back. It is JSON as `JSON.stringify` writes it, where a quote within a text has a
 * backslash before it: so this is a member, whatever texts say. Looked for instead of parsed, since each append does it.
 */
export const REFUND_EXPECTED = '"refundExpected":true';

/**
 * Stands in the same way in `data` when a cancellation is only scheduled. It is not counted: the event that says that it has
 * taken effect is, or one thing that was cancelled would count twice.
 */
export const SCHEDULED = '"isScheduled":true';

/** The lists of a filter, but for the tenants, and the column that each is about. */
export const ACTIVITY_LISTS = [
  { name: 'providers', column: 'provider' },
  { name: 'sources', column: 'source' },
  { name: 'kinds', column: 'kind' },
] as const;

/** The SQL of where the span begins in which something occurred. Both databases round towards zero. */
export function startOf(occurredAt: string, span: string): string {
  return `${occurredAt} - (${occurredAt} % ${span} + ${span}) % ${span}`;
}

/** The tally of a row: where its bucket begins, source, provider, kind, cancellations, and refunds that are expected. */
export function fromTallyRow([from, source, provider, kind, cancellations, refundsExpected]: Row): Tally {
  return { from, source, provider, kind, cancellations, refundsExpected } as Tally;
}
