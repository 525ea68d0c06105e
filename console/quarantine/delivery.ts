import type { FragmentOf } from 'gql.tada';
import { graphql } from '../gateway/graphql.ts';

export const DeliveryRow = graphql(`
  fragment DeliveryRow on QuarantinedDelivery @_unmask {
    id
    state
    provider
    source
    type
    eventId
    issues {
      path
      message
    }
    receivedAt
    settledAt
    personalData
  }
`);

/** What is shown of a delivery in quarantine. What it says of people is asked for one by one. */
export interface Delivery extends FragmentOf<typeof DeliveryRow> {
  /** The cursor of the one before it in its list, by which it is found again; null for the first. */
  readonly before: string | null;
}

export const STATES = ['WAITING', 'RELEASED', 'DISCARDED', 'ERASED'] as const satisfies readonly Delivery['state'][];
export type State = (typeof STATES)[number];

/** A place where deliveries of a kind don't fit, and what was said about it. */
export interface Misfit {
  readonly path: string;
  readonly messages: readonly string[];
}

/** Deliveries that don't fit for the same reason: what helps one of them helps all. */
export interface Kind {
  readonly key: string;
  readonly source: string;
  readonly provider: string;
  readonly type: string | null;
  readonly misfits: readonly Misfit[];
  /** Oldest first. */
  readonly deliveries: readonly Delivery[];
}

/** Of the same source and type, with issues in the same places. Which place of a list it is makes no difference. */
export function kindOf({ source, type, issues }: Pick<Delivery, 'source' | 'type' | 'issues'>): string {
  const places = new Set(issues.map(({ path }) => placeOf(path)));
  return JSON.stringify([source, type, [...places].toSorted()]);
}

/** In the order of the first of each: what is read stays in its place when more come. */
export function kindsOf(deliveries: readonly Delivery[]): readonly Kind[] {
  const groups = Map.groupBy(deliveries, kindOf);
  return [...groups].map(([key, deliveries]) => {
    const { source, provider, type } = deliveries[0]!;
    return { key, source, provider, type, misfits: misfitsOf(deliveries), deliveries };
  });
}

function misfitsOf(deliveries: readonly Delivery[]): readonly Misfit[] {
  const said = new Map<string, Set<string>>();
  for (const { path, message } of deliveries.flatMap(({ issues }) => issues)) {
    const place = placeOf(path);
    said.set(place, (said.get(place) ?? new Set()).add(message));
  }
  return [...said].map(([path, messages]) => ({ path, messages: [...messages] }));
}

function placeOf(path: string): string {
  return path.replaceAll(/(^|\.)\d+(?=\.|$)/g, '$1…');
}
