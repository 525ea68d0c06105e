import type { Members } from './event.ts';

/**
 * How an event came to the log: a delivery told of it; or reconciliation found it in the provider's API, since no delivery had.
 */
export type Origin = 'DELIVERED' | 'RECONCILED';

/**
 * GraphQL allows no such name, so no declared member has it. It is a member and not a column, since hardly any event has it.
 */
const ORIGIN = '$origin';

export function withOrigin(data: Members, origin: Origin): Members {
  return origin === 'DELIVERED' ? data : { ...data, [ORIGIN]: origin };
}

export function originOf(data: Members): Origin {
  return data[ORIGIN] === 'RECONCILED' ? 'RECONCILED' : 'DELIVERED';
}
