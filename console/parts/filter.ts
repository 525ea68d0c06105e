import { KINDS, type Kind, type ListedEvent, happenedOf } from './event.ts';
import { HAPPENINGS, type Happening, toldBy } from './happened.ts';

/** The filter of a list, as it is in the address. */
export interface Filter {
  readonly source: string | null;
  readonly tenant: string | null;
  readonly kind: Kind | null;
  /** The name of a type of events. */
  readonly type: string | null;
  readonly what: Happening | null;
  readonly text: string | null;
}

/** Stood for every type in former addresses, when a list without a type showed cancellations only. */
const EVERY = '*';

export const NAMES = ['source', 'tenant', 'kind', 'type', 'what', 'text'] as const satisfies readonly (keyof Filter)[];

export function filterOf(search: URLSearchParams): Filter {
  const kind = KINDS.find((known) => known === search.get('kind')) ?? null;
  return {
    source: search.get('source') || null,
    tenant: search.get('tenant') || null,
    kind,
    type: kind || search.get('type') === EVERY ? null : search.get('type') || null,
    what: HAPPENINGS.find((known) => known === search.get('what')) ?? null,
    text: search.get('text') || null,
  };
}

/** The part of the filter that the gateway checks. */
export function eventFilterOf({ source, tenant, kind, type, what, text }: Filter) {
  const isCancelled = what === 'cancelled';
  const told = what === null || what === 'other' || isCancelled ? null : toldBy(what);
  const typenames = !type ? told?.typenames : told ? told.typenames.filter((name) => name === type) : [type];
  return {
    ...(source && { sources: [source] }),
    ...(tenant && { tenants: [tenant] }),
    ...(typenames && { typenames: [...typenames] }),
    ...(told?.happened && { happened: [...told.happened] }),
    ...(kind ? { kinds: [kind] } : isCancelled && { kinds: [...KINDS] }),
    ...(text?.trim() && { search: text.trim() }),
  };
}

/** The part of the filter that the gateway can't check: events that tell of nothing that has a word here. Null if there is no such part. */
export function matcherOf({ what }: Pick<Filter, 'what'>): ((event: ListedEvent) => boolean) | null {
  return what === 'other' ? (event) => happenedOf(event) === what : null;
}

/** Converts a former address, in which a list without a type meant cancellations. */
export function addressNow(search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  if (!next.has('type') && !next.has('kind')) next.set('what', 'cancelled');
  if (next.get('type') === EVERY) next.delete('type');
  return next.size > 0 ? `?${next}` : '';
}

/** The filter as a query string. Empty if nothing is filtered. */
export function addressOf(filter: Filter): string {
  const search = new URLSearchParams(NAMES.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  return search.size > 0 ? `?${search}` : '';
}

/** Without case and accents, so that Joao finds João. */
export function textFolded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
