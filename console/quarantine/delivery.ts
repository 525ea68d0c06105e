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

/** The shown part of a delivery in quarantine. Its personal data is loaded for one delivery at a time. */
export interface Delivery extends FragmentOf<typeof DeliveryRow> {
  /** The cursor of the delivery before it in its list, by which it is found again. Null for the first. */
  readonly before: string | null;
}

export const STATES = ['WAITING', 'RELEASED', 'DISCARDED', 'ERASED'] as const satisfies readonly Delivery['state'][];
export type State = (typeof STATES)[number];

/** A path at which deliveries of a kind don't fit, with the messages about it. */
export interface Misfit {
  readonly path: string;
  readonly messages: readonly string[];
}

/** Deliveries that don't fit for the same reason, so that one fix helps all of them. */
export interface Kind {
  readonly key: string;
  readonly source: string;
  readonly provider: string;
  readonly type: string | null;
  readonly misfits: readonly Misfit[];
  /** Oldest first. */
  readonly deliveries: readonly Delivery[];
}

/** The key of a delivery's kind: the source, the type, and the paths of the issues. Indexes of lists make no difference. */
export function kindOf({ source, type, issues }: Pick<Delivery, 'source' | 'type' | 'issues'>): string {
  const places = new Set(issues.map(({ path }) => placeOf(path)));
  return JSON.stringify([source, type, [...places].toSorted()]);
}

/** Sorted by the first delivery of each kind, so that what is being read stays in place when more arrive. */
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
