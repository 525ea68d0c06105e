import type { Members } from './event.ts';

/** How an event came to the log: by a delivery, or found in the provider's API since no delivery had told of it. */
export type Origin = 'DELIVERED' | 'RECONCILED';

/** GraphQL has no such name, so that no declared member has it. A member and not a column: hardly any event has one. */
const ORIGIN = '$origin';

export function withOrigin(data: Members, origin: Origin): Members {
  return origin === 'DELIVERED' ? data : { ...data, [ORIGIN]: origin };
}

export function originOf(data: Members): Origin {
  return data[ORIGIN] === 'RECONCILED' ? 'RECONCILED' : 'DELIVERED';
}
