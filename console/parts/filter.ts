import type { Cancellation } from './cancellation.ts';

export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

/** What is wanted in a list, as the address holds it. */
export interface Filter {
  readonly source: string | null;
  readonly tenant: string | null;
  readonly kind: Kind | null;
  /** Looked for here and not by the gateway, in what is loaded. */
  readonly text: string | null;
}

export const NAMES = ['source', 'tenant', 'kind', 'text'] as const satisfies readonly (keyof Filter)[];

export function filterOf(search: URLSearchParams): Filter {
  const kind = KINDS.find((known) => known === search.get('kind')) ?? null;
  return {
    source: search.get('source') || null,
    tenant: search.get('tenant') || null,
    kind,
    text: search.get('text') || null,
  };
}

/** What the gateway is asked for. */
export function eventFilterOf({ source, tenant, kind }: Filter) {
  return {
    ...(source && { sources: [source] }),
    ...(tenant && { tenants: [tenant] }),
    ...(kind && { kinds: [kind] }),
  };
}

/** The filter as the end of an address; empty where nothing is filtered. */
export function addressOf(filter: Filter): string {
  const search = new URLSearchParams(NAMES.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  return search.size > 0 ? `?${search}` : '';
}

/** Whether each of the words stands somewhere in what is shown of it. */
export function textMatcher(text: string | null): (cancellation: Cancellation) => boolean {
  const words = fold(text ?? '')
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0) return () => true;
  return (cancellation) => {
    const said = saidOf(cancellation);
    return words.every((word) => said.includes(word));
  };
}

/** What is looked through of each, made once: a thousand are, several times a second. */
const known = new WeakMap<Cancellation, string>();

function saidOf(cancellation: Cancellation): string {
  let said = known.get(cancellation);
  if (said === undefined) {
    const { title, reference, type, source, tenant, customer } = cancellation;
    const parts = [title, reference, type, source, tenant.id, tenant.name, customer?.name, customer?.email];
    known.set(cancellation, (said = fold(parts.filter(Boolean).join('\n'))));
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
