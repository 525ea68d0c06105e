import type { Kind } from './cancellation.ts';
import type { Subject } from './erasure.ts';
import type { Content, Envelope } from './event.ts';

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
  readonly kinds?: readonly Kind[];
  readonly subjects?: readonly string[];
  readonly occurredFrom?: number;
  readonly occurredBefore?: number;
}

/** A filter for what is at hand already. It finds what a log finds: the contract suite holds every adapter to it. */
export interface Matcher {
  event(event: Envelope & Pick<Content, 'shape' | 'kind'>): boolean;
  /** Events of any type, kind and time may have lost something, so only the other lists count. */
  erasure(erasure: Subject): boolean;
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
  const { occurredFrom = -Infinity, occurredBefore = Infinity } = filter;
  const concerns = (what: { provider: string; source: string; tenant: string; subject: string | null }) =>
    tenants(what.tenant) && providers(what.provider) && sources(what.source) && subjects(what.subject);
  return {
    event: (event) =>
      concerns(event) &&
      types(event.type) &&
      typenames(event.shape) &&
      kinds(event.kind) &&
      event.occurredAt.at >= occurredFrom &&
      event.occurredAt.at < occurredBefore,
    erasure: concerns,
  };
}

function wanted(list: readonly string[] | undefined): (value: string | null) => boolean {
  if (!list) return () => true;
  const values = new Set<string | null>(list);
  return (value) => values.has(value);
}
