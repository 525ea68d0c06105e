import type { z } from 'zod';
import type { EventType, GivenOf, NoMore, Said } from '../declaration/event-type.ts';
import type { AboutDelivery, Introduction } from './about.ts';
import type { Challenge } from './challenge.ts';
import type { NamedHeaders } from './kept-headers.ts';
import type { Each } from './parts.ts';
import type { Reconcile } from './reconcile.ts';
import type { DeliveryContext, Respond, Unnormalised, Verified } from './provider.ts';
import type { OwnSample } from './sample.ts';
import type { Verifier } from './verifier.ts';

/** One event of a provider: the schema of its bodies, and the mapping to what it says. */
export interface EventDefinition<A> {
  readonly schema: z.ZodType;
  /** Gets the body as the schema has parsed it. */
  readonly normalise: (body: never, about: A) => Said;
  /** Its type; null if the mapping decides. */
  readonly type: EventType | null;
}

/**
 * Defines one event of a provider: the schema of its body, and the mapping to what it says (`said` of a type, or `otherEvent`).
 */
export function event<S extends z.ZodType, A = AboutDelivery>(
  schema: S,
  normalise: (body: z.output<S>, about: A) => Said,
): EventDefinition<A>;
/** Defines one event of a provider that has one type: the schema of its body, and the mapping to the members of the type. */
export function event<S extends z.ZodType, T extends EventType, const R extends GivenOf<T>, A = AboutDelivery>(
  schema: S,
  type: T,
  map: (body: z.output<S>, about: A) => R & NoMore<R, GivenOf<T>>,
): EventDefinition<A>;
export function event<S extends z.ZodType, A>(
  schema: S,
  first: EventType | ((body: z.output<S>, about: A) => Said),
  map?: (body: z.output<S>, about: A) => object,
): EventDefinition<A> {
  if (typeof first === 'function') return { schema, normalise: first, type: null };
  const normalise = (body: z.output<S>, about: A): Said => ({
    type: first,
    members: map!(body, about) as Said['members'],
  });
  return { schema, normalise, type: first };
}

export interface ProviderDefinition<A extends Introduction> {
  /** Lower case letters, digits and dashes. The name is the first part of the provider's tenants. */
  readonly name: string;
  readonly verify: Verifier;
  /** Describes the event of a verified payload; or says that it is only a check, not wanted, or not in the provider's form. */
  readonly about: (verified: Verified & { readonly headers: NamedHeaders }, place: DeliveryContext) => A | Unnormalised;
  /**
   * The headers that `about` and the mappings get as `headers`, and that are kept with the event. Trust only headers that the
   * sender signs: an attacker who repeats a delivery can change all others.
   */
  readonly headers?: readonly string[];
  /**
   * Takes apart a delivery that tells of several events. Each returned item is the payload of one event: `about` is called for
   * each, and each is recorded separately. Returns null if the delivery is one event.
   */
  readonly each?: Each;
  /** The challenges by which the sender checks that the address is yours: `getEcho` and the like. */
  readonly challenge?: readonly Challenge[];
  /** How to find events in the provider's API that no webhook has told of. */
  readonly reconcile?: Reconcile;
  /** The answer that the sender wants, if it is not 200 and a JSON with the outcome. */
  readonly respond?: Respond;
  /** The events that have a type, by the provider's names. Any other event is recorded without a type. */
  readonly events: Readonly<Record<string, EventDefinition<A & AboutDelivery>>>;
  /** The types of events for which the mapping decides the type. */
  readonly types?: readonly EventType[];
  /** See `Provider`. */
  readonly largestBody?: number;
  /**
   * The path in the payload of the bodies to which the events' schemas apply. If it is left out, the body is the payload
   * itself.
   */
  readonly bodyAt?: readonly string[];
  readonly samples?: readonly OwnSample[];
}
