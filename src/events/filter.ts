import type { Kind } from './cancellation.ts';
import type { Subject } from './erasure.ts';
import type { Content, Envelope } from './event.ts';
import type { Former, Revision } from './revision.ts';

/**
 * Which events are wanted. A list that is absent wants all, an empty one wants none, and an event must be wanted by
 * every list. Times compare with `occurredAt`, in milliseconds since 1970: from inclusive, before exclusive.
 */
export interface EventFilter {
  readonly providers?: readonly string[];
  readonly sources?: readonly string[];
  readonly tenants?: readonly string[];
  /** The providers' own names. */
  readonly types?: readonly string[];
  /** Names of our types, of every provider: the shapes of the events. */
  readonly typenames?: readonly string[];
  /** Words of what happened, such as `PAID`. An event that tells of one thing only has none, and is in no such list. */
  readonly happened?: readonly string[];
  readonly kinds?: readonly Kind[];
  readonly subjects?: readonly string[];
  readonly occurredFrom?: number;
  readonly occurredBefore?: number;
}

/** A filter for what is at hand already. It finds what a log finds: the contract suite holds every adapter to it. */
export interface Matcher {
  event(event: Envelope & Pick<Content, 'shape' | 'kind' | 'happened'>): boolean;
  /** Events of any type, kind and time may have lost something, so only the other lists count. */
  erasure(erasure: Subject): boolean;
  /**
   * For an event that is wanted as it is now, or was wanted before: a subscriber that has it must hear that it changed. What had happened by
   * its former form is not kept, so that it may have been anything.
   */
  revision(revision: Pick<Revision, 'event' | 'former'>): boolean;
}

/** Prepares a filter for many questions: a token may name thousands of tenants. */
export function matcher(filter: EventFilter): Matcher {
  const providers = wanted(filter.providers);
  const sources = wanted(filter.sources);
  const tenants = wanted(filter.tenants);
  const subjects = wanted(filter.subjects);
  const types = wanted(filter.types);
  const typenames = wanted(filter.typenames);
  const kinds = wanted(filter.kinds);
  const happened = wanted(filter.happened);
  const { occurredFrom = -Infinity, occurredBefore = Infinity } = filter;
  const isOf = ({ type, shape, kind, subject }: Former) =>
    types(type) && typenames(shape) && kinds(kind) && subjects(subject);
  const happenedIn = ({ at }: Envelope['occurredAt']) => at >= occurredFrom && at < occurredBefore;
  const belongs = (what: { provider: string; source: string; tenant: string }) =>
    tenants(what.tenant) && providers(what.provider) && sources(what.source);
  return {
    event: (event) => belongs(event) && isOf(event) && happened(event.happened) && happenedIn(event.occurredAt),
    erasure: (erasure) => belongs(erasure) && subjects(erasure.subject),
    revision: ({ event, former }) =>
      belongs(event) && happenedIn(event.occurredAt) && ((isOf(event) && happened(event.happened)) || isOf(former)),
  };
}

function wanted(list: readonly string[] | undefined): (value: string | null) => boolean {
  if (!list) return () => true;
  const values = new Set<string | null>(list);
  return (value) => values.has(value);
}
