import { type ListedEvent, happenedOf, titleOf, whoOf } from './event.ts';
import { HAPPENINGS, type Happening, isWholeTypes, typesOfHappening } from './happened.ts';

export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

/** What is wanted in a list, as the address holds it. */
export interface Filter {
  readonly source: string | null;
  readonly tenant: string | null;
  readonly kind: Kind | null;
  /** Events of a type, by its name. */
  readonly type: string | null;
  readonly what: Happening | null;
  /** Looked for here and not by the gateway, in what is loaded. */
  readonly text: string | null;
}

/** Stood for every type in addresses of before, when it was cancellations that were listed unless one asked for more. */
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

/** What the gateway is asked for. */
export function eventFilterOf({ source, tenant, kind, type, what }: Filter) {
  const types = type ? [type] : what && !kind && what !== 'cancelled' ? typesOfHappening(what) : null;
  return {
    ...(source && { sources: [source] }),
    ...(tenant && { tenants: [tenant] }),
    ...(types && { typenames: [...types] }),
    ...(kind ? { kinds: [kind] } : what === 'cancelled' && !type && { kinds: [...KINDS] }),
  };
}

/**
 * What the gateway can't be asked for: the text, and what happened where a type tells of several things. Null where it has said it all.
 */
export function matcherOf({ text, what }: Filter): ((event: ListedEvent) => boolean) | null {
  const isText = Boolean(text?.trim());
  const isLooked = what !== null && !isWholeTypes(what);
  if (!isText && !isLooked) return null;
  const hasText = textMatcher(text);
  return (event) => (!isLooked || happenedOf(event) === what) && hasText(event);
}

/** An address of before: what was listed there without a word were cancellations. */
export function addressNow(search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  if (!next.has('type') && !next.has('kind')) next.set('what', 'cancelled');
  if (next.get('type') === EVERY) next.delete('type');
  return next.size > 0 ? `?${next}` : '';
}

/** Whether what is asked for wants an event that has become another. It is of the same source and tenant still. */
export function isWantedBy(asked: ReturnType<typeof eventFilterOf>, { __typename, kind }: ListedEvent): boolean {
  if ('typenames' in asked && asked.typenames && !asked.typenames.includes(__typename)) return false;
  return !('kinds' in asked) || !asked.kinds || (kind !== undefined && asked.kinds.includes(kind));
}

/** The filter as the end of an address; empty where nothing is filtered. */
export function addressOf(filter: Filter): string {
  const search = new URLSearchParams(NAMES.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  return search.size > 0 ? `?${search}` : '';
}

/** Whether each of the words stands somewhere in what is shown of it. */
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

/** What is looked through of each, made once: a thousand are, several times a second. */
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

/** Without case and accents: a search for Joao finds João. */
export function textFolded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
