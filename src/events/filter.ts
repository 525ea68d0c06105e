import type { Kind } from './cancellation.ts';
import type { Subject } from './erasure.ts';
import type { Content, Envelope } from './event.ts';
import type { Former, Revision } from './revision.ts';
import { matches, openWordsOf, personalWordsOf, wantedIn } from './words.ts';

/**
 * Which events are wanted. An absent list wants all events, and an empty list wants none. An event must be wanted by every
 * list. Times compare with `occurredAt`, in milliseconds since 1970: from inclusive, before exclusive.
 */
export interface EventFilter {
  readonly providers?: readonly string[];
  readonly sources?: readonly string[];
  readonly tenants?: readonly string[];
  /** The providers' own names of types. */
  readonly types?: readonly string[];
  /** The names of our GraphQL types, of every provider: the shapes of the events. */
  readonly typenames?: readonly string[];
  /**
   * Words of what happened, such as `PAID`. An event whose type tells of one thing only has no such word, so no list finds it.
   */
  readonly happened?: readonly string[];
  readonly kinds?: readonly Kind[];
  readonly subjects?: readonly string[];
  readonly occurredFrom?: number;
  readonly occurredBefore?: number;
  readonly search?: Search;
}

/** A search for words: see `wantedIn`. A text without letters and digits wants all events. */
export interface Search {
  readonly text: string;
  /** Whether the personal words of events are searched too. Otherwise nobody is found by them. */
  readonly people: boolean;
}

/** As much of an event as a filter looks at. */
export type Matched = Envelope & Pick<Content, 'shape' | 'kind' | 'happened' | 'data' | 'personal'>;

/** A filter for items in memory. It finds the same as a log: the contract suite compares every adapter with it. */
export interface Matcher {
  event(event: Matched): boolean;
  /** An erasure may concern events of any type, kind and time, so only the other lists count. */
  erasure(erasure: Subject): boolean;
  /**
   * Whether the event is wanted as it is now or was wanted before: a subscriber that has the event must learn that it changed.
   * The former value of `happened` and the former words are not kept, so they may have been any.
   */
  revision(revision: Pick<Revision, 'event' | 'former'>): boolean;
}

/** Prepares a filter for many calls: a token may name thousands of tenants. */
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
  const isFound = searchIn(filter.search);
  const happenedIn = ({ at }: Envelope['occurredAt']) => at >= occurredFrom && at < occurredBefore;
  const belongs = (what: { provider: string; source: string; tenant: string }) =>
    tenants(what.tenant) && providers(what.provider) && sources(what.source);
  return {
    event: (event) =>
      belongs(event) && isOf(event) && happened(event.happened) && happenedIn(event.occurredAt) && isFound(event),
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

function searchIn(search: Search | undefined): (event: Matched) => boolean {
  const wanted = search && wantedIn(search.text);
  if (!wanted) return () => true;
  return (event) => matches(wanted, openWordsOf(event), search.people ? () => personalWordsOf(event) : null);
}
