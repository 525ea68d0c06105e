import { type ListedEvent, titleOf, whoOf } from './event.ts';

export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

/** What is wanted in a list, as the address holds it. */
export interface Filter {
  readonly source: string | null;
  readonly tenant: string | null;
  readonly kind: Kind | null;
  /** Events of a type that is no cancellation, by its name; or `EVERY` event. Where neither it nor a kind is wanted: cancellations. */
  readonly type: string | null;
  /** Looked for here and not by the gateway, in what is loaded. */
  readonly text: string | null;
}

/** Stands for every type. No name of one has such a letter. */
export const EVERY = '*';

export const NAMES = ['source', 'tenant', 'kind', 'type', 'text'] as const satisfies readonly (keyof Filter)[];

export function filterOf(search: URLSearchParams): Filter {
  const kind = KINDS.find((known) => known === search.get('kind')) ?? null;
  return {
    source: search.get('source') || null,
    tenant: search.get('tenant') || null,
    kind,
    type: kind ? null : search.get('type') || null,
    text: search.get('text') || null,
  };
}

/** What the gateway is asked for. */
export function eventFilterOf({ source, tenant, kind, type }: Filter) {
  return {
    ...(source && { sources: [source] }),
    ...(tenant && { tenants: [tenant] }),
    ...(type ? type !== EVERY && { typenames: [type] } : { kinds: kind ? [kind] : [...KINDS] }),
  };
}

/** Whether what is asked for wants an event that has become another. It is of the same source and tenant still. */
export function isWantedBy(asked: ReturnType<typeof eventFilterOf>, { __typename, kind }: ListedEvent): boolean {
  if ('typenames' in asked) return asked.typenames.includes(__typename);
  return !('kinds' in asked) || (kind !== undefined && asked.kinds.includes(kind));
}

/** The filter as the end of an address; empty where nothing is filtered. */
export function addressOf(filter: Filter): string {
  const search = new URLSearchParams(NAMES.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  return search.size > 0 ? `?${search}` : '';
}

/** Whether each of the words stands somewhere in what is shown of it. */
export function textMatcher(text: string | null): (event: ListedEvent) => boolean {
  const words = fold(text ?? '')
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
    known.set(event, (said = fold(parts.filter(Boolean).join('\n'))));
  }
  return said;
}

/** Without case and accents: whoever looks for Joao finds João. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
