import type { Kind } from './cancellation.ts';

/**
 * Which events are wanted. A list that is absent wants all, an empty one wants none, and an event must be wanted by
 * every list. Times compare with `occurredAt`, in milliseconds since 1970: from inclusive, before exclusive.
 */
export interface EventFilter {
  readonly providers?: readonly string[];
  readonly sources?: readonly string[];
  readonly tenants?: readonly string[];
  readonly types?: readonly string[];
  readonly kinds?: readonly Kind[];
  readonly subjects?: readonly string[];
  readonly occurredFrom?: number;
  readonly occurredBefore?: number;
}
