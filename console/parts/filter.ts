import { KINDS, type Kind, type ListedEvent, happenedOf, titleOf, whoOf } from './event.ts';
import { HAPPENINGS, type Happening, toldBy } from './happened.ts';

/** The filter of a list, as it is in the address. */
export interface Filter {
  readonly source: string | null;
  readonly tenant: string | null;
  readonly kind: Kind | null;
  /** The name of a type of events. */
  readonly type: string | null;
  readonly what: Happening | null;
  /** Searched here in the loaded rows, and not by the gateway. */
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
export function eventFilterOf({ source, tenant, kind, type, what }: Filter) {
  const isCancelled = what === 'cancelled';
  const told = what === null || what === 'other' || isCancelled ? null : toldBy(what);
  const typenames = !type ? told?.typenames : told ? told.typenames.filter((name) => name === type) : [type];
  return {
    ...(source && { sources: [source] }),
    ...(tenant && { tenants: [tenant] }),
    ...(typenames && { typenames: [...typenames] }),
    ...(told?.happened && { happened: [...told.happened] }),
    ...(kind ? { kinds: [kind] } : isCancelled && { kinds: [...KINDS] }),
  };
}

/**
 * The part of the filter that the gateway can't check: the text, and the events that tell of nothing that has a word here. Null if there is
 * no such part.
 */
export function matcherOf({ text, what }: Filter): ((event: ListedEvent) => boolean) | null {
  const isOther = what === 'other';
  if (!text?.trim() && !isOther) return null;
  const hasText = textMatcher(text);
  return (event) => (!isOther || happenedOf(event) === what) && hasText(event);
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

/** Whether each word is in the visible text of an event. */
export function textMatcher(text: string | null): (event: ListedEvent) => boolean {
  const words = textFolded(text ?? '')
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0) return () => true;
  return (event) => {
    const said = saidOf(event);
    return words.every((word) => said.includes(word));
  };
}

/** The searched text of each event, made once, since a thousand are searched several times a second. */
const known = new WeakMap<ListedEvent, string>();

function saidOf(event: ListedEvent): string {
  let said = known.get(event);
  if (said === undefined) {
    const { reference, type, source, tenant } = event;
    const who = whoOf(event);
    const parts = [titleOf(event), reference, type, source, tenant.id, tenant.name, who?.name, who?.email];
    known.set(event, (said = textFolded(parts.filter(Boolean).join('\n'))));
  }
  return said;
}

/** Without case and accents, so that a search for Joao finds João. */
export function textFolded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
