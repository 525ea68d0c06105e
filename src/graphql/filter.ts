import type { EventFilter } from '../events/filter.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';

/** `EventFilter`: one filter for queries and subscriptions alike. */
export function addFilter(builder: Builder, { Kind }: CancellationTypes) {
  return builder.inputType('EventFilter', {
    description:
      'Which events are wanted. A list that is left out wants all, an empty one wants none, and an event must be ' +
      'wanted by every list. Asking for a tenant that the token does not name is an error, FORBIDDEN.',
    fields: (t) => ({
      providers: t.stringList(),
      sources: t.stringList(),
      tenants: t.idList(),
      types: t.stringList({ description: "The providers' own names." }),
      kinds: t.field({ type: [Kind], description: 'Cancellations of these kinds, and nothing else.' }),
      subjects: t.stringList(),
      occurredFrom: t.field({ type: 'DateTime', description: 'Inclusive.' }),
      occurredBefore: t.field({ type: 'DateTime', description: 'Exclusive.' }),
    }),
  });
}

/** The filter as the log takes it: what was given as null is as good as left out. */
export function toFilter(input: Nullable<EventFilter> | null | undefined): EventFilter {
  return Object.fromEntries(
    Object.entries(input ?? {}).filter(([, wanted]) => wanted !== null && wanted !== undefined),
  );
}

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };
