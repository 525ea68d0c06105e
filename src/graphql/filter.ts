import { HookcastError } from '../errors.ts';
import type { EventFilter } from '../events/filter.ts';
import { LONGEST_SEARCH } from '../events/words.ts';
import { MOST_LISTED } from '../execution/cost.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';

/** `EventFilter`: one filter for both queries and subscriptions. */
export function addFilter(builder: Builder, { Kind }: CancellationTypes) {
  return builder.inputType('EventFilter', {
    description:
      'Which events to return. An event must match every list, and the search. A list that is left out matches all events, and an empty ' +
      `list matches none. A list has at most ${MOST_LISTED} values. A tenant that the token does not include is an error, ` +
      'FORBIDDEN.',
    fields: (t) => ({
      providers: t.stringList(),
      sources: t.stringList(),
      tenants: t.idList(),
      types: t.stringList({ description: "The providers' own names of events." }),
      typenames: t.stringList({
        description:
          'Names of object types in this schema, such as `TicketChange`. The name of an interface is refused.',
      }),
      kinds: t.field({ type: [Kind], description: 'Only cancellations of these kinds.' }),
      happened: t.stringList({
        description:
          'Words for what happened, such as `PAID` or `REFUNDED`, as `inBrief.happened` and `TypeCount.happened` have them; `CANCELED` for a cancellation.',
      }),
      subjects: t.stringList(),
      occurredFrom: t.field({ type: 'DateTime', description: 'Inclusive.' }),
      occurredBefore: t.field({ type: 'DateTime', description: 'Exclusive.' }),
      search: t.string({
        description:
          'Words to search for: of names, titles, ids and numbers, and with `pii:read` also of people: their names, e-mail addresses, ' +
          'telephone numbers and all other personal texts. An event must have all of the words; the last one may be the beginning ' +
          'of a word. Case and accents do not matter. A text without letters and digits is as good as none. A subscription ' +
          'sends the events that have the words when they are recorded; an event that is revised is sent as `Revision` whatever ' +
          `words it has now, since it may have had them before. At most ${LONGEST_SEARCH} characters.`,
      }),
    }),
  });
}

/** A filter as clients send it. */
export type Listed =
  | (Nullable<Omit<EventFilter, 'search'>> & { readonly search?: string | null | undefined })
  | null
  | undefined;

/** What a search costs beside the lists: the log compares events with it. */
const SEARCHING = 20;

/**
 * The filter in the log's form. A list that is null counts as left out.
 *
 * @param shapes the names of the types of events.
 * @throws {HookcastError} BAD_REQUEST when a list or the search is too long, or names an unknown type, which no event would ever match.
 */
export function toFilter(input: Listed, shapes: ReadonlySet<string>): EventFilter {
  const given = Object.entries(input ?? {}).filter(([, wanted]) => wanted !== null && wanted !== undefined);
  for (const [name, wanted] of given) {
    if (!Array.isArray(wanted) || wanted.length <= MOST_LISTED) continue;
    throw new HookcastError(
      'BAD_REQUEST',
      `"${name}" of a filter may list ${MOST_LISTED} values at most. Leave it out and choose from what comes, or ask for fewer.`,
    );
  }
  const unknown = input?.typenames?.find((name) => !shapes.has(name));
  if (unknown !== undefined) {
    throw new HookcastError(
      'BAD_REQUEST',
      `No events have the type "${unknown.slice(0, 100)}" here. "typenames" lists types such as TicketChange or OtherEvent, no ` +
        'interfaces; for the names that providers use there is "types".',
    );
  }
  const { search, ...lists } = Object.fromEntries(given);
  if (typeof search !== 'string') return lists;
  if (search.length > LONGEST_SEARCH) {
    throw new HookcastError(
      'BAD_REQUEST',
      `"search" of a filter may have ${LONGEST_SEARCH} characters at most. Search for fewer words.`,
    );
  }
  // Whether people are searched too depends on the token, and is decided where the filter is narrowed to it.
  return { ...lists, search: { text: search, people: false } };
}

/** How many values the lists of a filter have together. A search counts like some. */
export function listed(input: Listed): number {
  let count = input?.search ? SEARCHING : 0;
  for (const wanted of Object.values(input ?? {})) if (Array.isArray(wanted)) count += wanted.length;
  return count;
}

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };
