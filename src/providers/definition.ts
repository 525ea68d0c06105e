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

/** One event of a provider: which bodies fit it, and what it says. */
export interface EventDefinition<A> {
  readonly schema: z.ZodType;
  /** Given what the schema made of the body. */
  readonly normalise: (body: never, about: A) => Said;
  /** The type that it has; null where what it says decides. */
  readonly type: EventType | null;
}

/** One event of a provider: a body that fits the schema, and what it says, `said` of a type or `otherEvent`. */
export function event<S extends z.ZodType, A = AboutDelivery>(
  schema: S,
  normalise: (body: z.output<S>, about: A) => Said,
): EventDefinition<A>;
/** One event of a provider that is of one type: a body that fits the schema, and the members of the type that it says. */
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
  /** Lower case letters, digits and dashes; the first part of its tenants. */
  readonly name: string;
  readonly verify: Verifier;
  /** Says what a verified payload is; or that it is a mere check, not wanted, or not of the provider's form. */
  readonly about: (verified: Verified & { readonly headers: NamedHeaders }, place: DeliveryContext) => A | Unnormalised;
  /**
   * The headers that `about` and the mappings are given as `headers`, and that are kept with the event. Only headers that the
   * sender signs can be trusted: somebody who repeats a delivery can write anything into the others.
   */
  readonly headers?: readonly string[];
  /**
   * Takes a delivery apart that tells of several events. What it returns for each is that event's payload: `about` is asked of
   * each, and each is kept by itself. Null for a delivery that is one event as it is.
   */
  readonly each?: Each;
  /** How its sender makes sure that the address is yours: `getEcho` and the like. */
  readonly challenge?: readonly Challenge[];
  /** How what webhooks have missed is looked for in its API. */
  readonly reconcile?: Reconcile;
  /** What its sender wants to be answered, where that is not 200 and a JSON of what became of the delivery. */
  readonly respond?: Respond;
  /** The events that have a type, by the provider's names. Any other is recorded as it is. */
  readonly events: Readonly<Record<string, EventDefinition<A & AboutDelivery>>>;
  /** The types of events whose type what they say decides. */
  readonly types?: readonly EventType[];
  /** See `Provider`. */
  readonly largestBody?: number;
  /** Where in the payload the bodies stand that the events' schemas are for. Left out, it is the payload itself. */
  readonly bodyAt?: readonly string[];
  readonly samples?: readonly OwnSample[];
}
